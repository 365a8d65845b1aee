"""The whole program under a Wayland compositor, by keyboard, inside its guard (`make test-wayland`)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from leaddesk.server.app import DemoApp, build_demo
from leaddesk.server.seed.papers.placing import place_files
from tests.guarantees.memory.scanning import held
from tests.support.serving import served
from tests.wayland.hand import Hand, Layout

PATIENCE, NOBODY = 120.0, 65534
ATTEMPTS, A_MOMENT = 12, 10.0
FORM, LEADS = "Passwort", "Leads suchen"
"""What only a page to sign in at says, and only the page of leads."""
SOCKET = "wayland-1"
CONFIG = Path(__file__).with_name("sway.config")
SCREENS = Path(__file__).resolve().parents[2] / "build" / "wayland" / "screens"
HINT = "x-kde-passwordManagerHint"


class Heard:
    """An ASGI application before another one; ``calls`` are what was asked for, in order."""

    def __init__(self, app: Any) -> None:
        self._app, self.calls = app, list[str]()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Note the call and pass it on."""
        if scope["type"] == "http":
            self.calls.append(f"{scope['method']} {scope['path']}")
        await self._app(scope, receive, send)

    def count(self, method: str, end: str) -> int:
        """Count calls whose path ends so."""
        return sum(call.startswith(f"{method} ") and call.endswith(end) for call in self.calls)


async def within(true: Callable[[], object], seconds: float) -> bool:
    """Wait for a condition; the server answers meanwhile. Tells whether it came."""
    end = asyncio.get_running_loop().time() + seconds
    while not await asyncio.to_thread(true):
        if asyncio.get_running_loop().time() > end:
            return False
        await asyncio.sleep(0.05)
    return True


async def until(true: Callable[[], object], what: str) -> None:
    """Wait for a condition, or fail for want of it."""
    assert await within(true, PATIENCE), what


@contextlib.contextmanager
def compositor() -> Iterator[dict[str, str]]:
    """Run sway without a screen, as nobody where we are root, for it refuses root; gives the environment."""
    with tempfile.TemporaryDirectory(prefix="wayland-") as folder:
        place = Path(folder)
        place.chmod(0o700)
        who: dict[str, Any] = {}
        if os.getuid() == 0:
            os.chown(place, NOBODY, NOBODY)
            for parent in place.parents[:-2]:  # the private folders around it
                parent.chmod(0o711)
            who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        headless = {"WLR_BACKENDS": "headless", "WLR_RENDERER": "pixman", "WLR_LIBINPUT_NO_DEVICES": "1"}
        plain = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": folder, "HOME": folder, "LANG": "C.UTF-8"}
        running = subprocess.Popen(
            ["sway", "-c", str(CONFIG)],
            env=plain | headless,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **who,
        )
        try:
            mine = {
                name: value for name, value in os.environ.items() if not name.startswith(("DISPLAY", "QT_"))
            }
            yield mine | {"WAYLAND_DISPLAY": str(place / SOCKET), "XDG_SESSION_TYPE": "wayland"}
        finally:
            running.terminate()
            running.wait()


def said(env: dict[str, str], *command: str) -> bytes:
    """Return what a program says, whatever it ends with."""
    return subprocess.run(command, env=env, capture_output=True, check=False, timeout=PATIENCE).stdout


class Session:
    """A window on that screen, a hand at its keys, and what the server hears of both."""

    def __init__(self, env: dict[str, str], address: str, heard: Heard, layout: Layout) -> None:
        self.env, self.heard = env, heard
        self.hand = Hand(env["WAYLAND_DISPLAY"], layout)
        words = [sys.executable, "-m", "leaddesk", "--server", address, "--language", "de"]
        self.client = subprocess.Popen(words, env=env, stderr=subprocess.PIPE)

    def picture(self, name: str) -> bytes:
        """Return the screen as a PNG, kept to be looked at."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        png = said(self.env, "grim", "-t", "png", "-")
        (SCREENS / f"{name}.png").write_bytes(png)
        return png

    async def changes(self, name: str, before: bytes) -> bytes:
        """Wait until the screen shows something else."""
        await until(lambda: self.picture(name) != before, f"the screen does not change: {name}")
        return self.picture(name)

    async def comes_to(self, word: str) -> None:
        """Wait until a page with this word is there: it is a whole text of Qt then, ended by a zero."""
        await until(lambda: self._has(f"{word}\0"), f"no page says {word}")

    async def fill(self, words: str) -> None:
        """Type into the field with the cursor until it holds just that: it may only be coming."""
        for _ in range(ATTEMPTS):
            await self.hand.press("ctrl+a")
            await self.hand.type(words)
            if await within(lambda: self._has(words), A_MOMENT):
                return
        raise AssertionError("there is no field to type into")

    async def press_until(self, chord: str, true: Callable[[], object], what: str) -> None:
        """Press a key, and again if nothing comes of it: what it is for may only be coming."""
        for _ in range(ATTEMPTS):
            await self.hand.press(chord)
            if await within(true, A_MOMENT):
                return
        raise AssertionError(what)

    def _has(self, words: str) -> bool:
        """Tell whether a text of Qt lies in the program's memory."""
        return bool(held([self.client.pid], {words.encode("utf-16-le").lower(): words}))

    def has_begun_anew(self) -> bool:
        """Tell whether the process was executed over itself."""
        return b"\0--anew\0" in Path(f"/proc/{self.client.pid}/cmdline").read_bytes()

    def window(self) -> bool:
        """Tell whether it maps Qt's plugin for Wayland, and none for X."""
        maps = Path(f"/proc/{self.client.pid}/maps").read_text()
        return "libqwayland" in maps and "libqxcb" not in maps


async def test_a_day_with_a_lock_by_keyboard_alone() -> None:
    demo = await asyncio.to_thread(build_demo, 60, lambda: datetime.now(UTC))
    place_files(demo.services.office, demo.population)
    heard, layout = Heard(demo.app), Layout()
    with compositor() as env:
        await until(Path(env["WAYLAND_DISPLAY"]).exists, "the compositor did not come up")
        await day_in(env, demo, heard, layout)


async def day_in(env: dict[str, str], demo: DemoApp, heard: Heard, layout: Layout) -> None:
    """Sign in, look, copy, write, lock, unlock, quit."""
    person = demo.credentials[0].people[0]
    async with served(heard) as address:  # type: ignore[arg-type]
        empty = said(env, "grim", "-t", "png", "-")
        session = Session(env, address, heard, layout)
        hand = session.hand
        try:
            start = await session.changes("1-start", empty)
            await until(lambda: heard.calls, "nobody asks what this server is")
            assert session.window()
            await session.comes_to(FORM)
            await session.fill(person["email"])
            await hand.press("Tab")
            await session.fill(person["password"])
            await hand.press("Return")
            await until(lambda: heard.count("GET", "/leads"), "nobody has signed in")
            await session.changes("2-leads", start)
            await session.comes_to(LEADS)
            await hand.press("slash")
            await session.fill("meyer anna")
            await hand.press("Return")
            opened = partial(heard.count, "GET", "/attachments")
            await session.press_until("Return", opened, "no lead was opened")
            session.picture("3-lead")
            await hand.press("ctrl+c")
            await until(lambda: HINT in said(env, "wl-paste", "--list-types").decode(), "nothing was copied")
            await hand.press("n")
            await hand.type("Grüße aus Köln: 5 €")
            await hand.press("ctrl+Return")
            await until(lambda: heard.count("POST", "/notes"), "the note did not arrive")
            day = session.picture("4-note")
            await hand.press("ctrl+l")
            await until(session.has_begun_anew, "the process did not begin anew")
            await session.changes("5-locked", day)
            assert HINT not in said(env, "wl-paste", "--list-types").decode()
            before = heard.count("GET", "/leads")
            await session.comes_to(FORM)
            await session.fill(person["password"])
            await hand.press("Return")
            await until(lambda: heard.count("GET", "/leads") > before, "it was not unlocked")
            await session.comes_to(LEADS)
            session.picture("6-unlocked")
            await session.press_until("ctrl+q", lambda: session.client.poll() is not None, "it does not quit")
            _, complained = await asyncio.to_thread(session.client.communicate, None, PATIENCE)
            assert (session.client.returncode, complained) == (0, b"")
        finally:
            session.client.kill()
            session.client.communicate()
            hand.close()
