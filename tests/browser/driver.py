"""A real Chromium, spoken to by W3C WebDriver over plain HTTP: no library between."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
NAMES = ("chromium", "google-chrome", "chromium-browser")
PATIENCE = 60.0
ENTER, TAB = "\ue007", "\ue004"


class Browser:
    """One window. Looking waits until there is something to see."""

    def __init__(self, line: httpx.AsyncClient, session: str) -> None:
        self._line = line
        self._session = session

    async def ask(self, method: str, path: str, **sent: Any) -> Any:
        """Send one command."""
        body = {"json": sent} if method == "POST" else {}
        answer = (await self._line.request(method, f"/session/{self._session}{path}", **body)).json()["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise LookupError(answer["error"])
        return answer

    async def go(self, address: str) -> None:
        """Open an address."""
        await self.ask("POST", "/url", url=address)

    async def address(self) -> str:
        """Tell where the window is."""
        return str(await self.ask("GET", "/url"))

    async def find(self, selector: str) -> str:
        """Wait for an element."""
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    found = await self.ask("POST", "/element", using="css selector", value=selector)
                    return str(found[ELEMENT])
                except LookupError:
                    await asyncio.sleep(0.05)

    async def type(self, selector: str, text: str) -> None:
        """Type into an element."""
        await self.ask("POST", f"/element/{await self.find(selector)}/value", text=text)

    async def press(self, keys: str) -> None:
        """Press keys where the focus is."""
        focused = (await self.ask("GET", "/element/active"))[ELEMENT]
        await self.ask("POST", f"/element/{focused}/value", text=keys)

    async def click(self, selector: str) -> None:
        """Click an element."""
        await self.ask("POST", f"/element/{await self.find(selector)}/click")

    async def run(self, script: str) -> Any:
        """Look with a script; the page itself has none."""
        return await self.ask("POST", "/execute/sync", script=script, args=[])

    async def emulate(self, command: str, **how: Any) -> None:
        """Pretend another screen or taste."""
        await self.ask("POST", "/goog/cdp/execute", cmd=f"Emulation.{command}", params=how)

    async def complaints(self) -> list[str]:
        """Return what the browser complained of: broken policies, refused forms."""
        return [entry["message"] for entry in await self.ask("POST", "/se/log", type="browser")]


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """Open a window without a screen that reaches nothing but this machine."""
    program = next(found for name in NAMES if (found := shutil.which(name)))
    driver = await asyncio.create_subprocess_exec(
        "chromedriver", "--port=0", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        assert driver.stdout is not None
        port = ""
        async with asyncio.timeout(PATIENCE):
            while not port:
                found = re.search(rb"successfully on port (\d+)", await driver.stdout.readline())
                port = found[1].decode() if found else ""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as line:
            options = {"binary": program, "args": ARGUMENTS}
            wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
            asked = {"capabilities": {"alwaysMatch": wanted}}
            session = (await line.post("/session", json=asked)).json()["value"]["sessionId"]
            browser = Browser(line, session)
            try:
                yield browser
            finally:
                await browser.ask("DELETE", "")
    finally:
        driver.terminate()
        await driver.wait()


ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-proxy-server",
]
