"""The tour's stage: a display, a line and a client process for every player, all ended with the tour."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass

from leaddesk.demo.child import DemoPerson
from leaddesk.demo.tour.eyes import Eyes, NotSeen
from leaddesk.demo.tour.hands import Hands
from leaddesk.demo.tour.line import Line

SCREEN = "1440x900x24"
KEYBOARD = "de"
START_SECONDS = 60.0
END_SECONDS = 5.0
CLICKS, CLICK_SECONDS = 4, 20.0
"""So often is clicked, and so long is what it brings waited for."""
LINE_LIMIT = 8_000_000
FORGOTTEN = ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "LEADDESK_SERVER", "LEADDESK_THEME", "LEADDESK_LANGUAGE")


class StageFailed(Exception):
    """A display or a client did not start."""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A client that is spoken to by keys and pointer, and whose paintings are read."""

    process: asyncio.subprocess.Process
    hands: Hands
    eyes: Eyes

    async def click(self, words: str, nth: int = 0) -> None:
        """Click in the middle of painted words, once they are there."""
        await self.hands.click(*await self.aim(words, nth))

    async def click_until(self, words: str, follows: str) -> None:
        """Click until other words are painted: on a busy machine a page may still move under the pointer."""
        for _ in range(CLICKS):
            await self.click(words)
            try:
                await self.eyes.see(follows, CLICK_SECONDS)
            except NotSeen:
                continue
            return
        await self.eyes.see(follows)

    async def aim(self, words: str, nth: int = 0) -> tuple[int, int]:
        """Wait until words are there and nothing moves, and return where they are."""
        await self.eyes.see(words)
        await self.eyes.still()
        return self.eyes.place(words, nth)

    async def picture(self) -> bytes:
        """Return what the window shows now, as PNG."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"picture\n")
        return await self.eyes.picture()


@dataclass(frozen=True, kw_only=True)
class Player(Watched):
    """One person at one client of the tour, and the line from there to the server."""

    person: DemoPerson
    line: Line


async def open_display(stack: AsyncExitStack) -> str:
    """Start an X server with a German keyboard on a free number and return its name."""
    read_end, write_end = os.pipe()
    try:
        server = await asyncio.create_subprocess_exec(
            "Xvfb",
            *(
                "-displayfd",
                str(write_end),
                "-screen",
                "0",
                SCREEN,
                "-nolisten",
                "tcp",
                "-noreset",
                "-dpi",
                "96",
            ),
            pass_fds=(write_end,),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise StageFailed("Xvfb is not installed; `make setup` installs it") from None
    finally:
        os.close(write_end)
    stack.push_async_callback(end, server)
    with os.fdopen(read_end, "rb") as said:
        number = await asyncio.wait_for(asyncio.to_thread(said.readline), START_SECONDS)
    if not number.strip():
        raise StageFailed("the X server did not start")
    name = f":{number.decode().strip()}"
    layout = await asyncio.create_subprocess_exec("setxkbmap", "-display", name, KEYBOARD)
    if await layout.wait() != 0:
        raise StageFailed("the German keyboard could not be set")
    return name


async def enter(stack: AsyncExitStack, person: DemoPerson, url: str, look: dict[str, str]) -> Player:
    """Start a client on a display and a line of its own, at the sign-in page."""
    line = Line(url)
    stack.callback(line.close)
    await line.mend()
    environment = {name: value for name, value in os.environ.items() if name not in FORGOTTEN}
    environment["DISPLAY"] = await open_display(stack)
    read_end, write_end = os.pipe()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-B", "-m", "leaddesk.demo.player", str(write_end)),
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        pass_fds=(write_end,),
        start_new_session=True,
    )
    os.close(write_end)
    stack.push_async_callback(end, process)
    assert process.stdin is not None
    process.stdin.write(json.dumps({"url": line.url, "email": None, **look}).encode() + b"\n")
    eyes = Eyes(await _reader(read_end), person.name)
    watching = asyncio.create_task(eyes.watch())
    stack.callback(watching.cancel)
    return Player(process=process, hands=Hands(environment), eyes=eyes, person=person, line=line)


async def _reader(read_end: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=LINE_LIMIT)
    pipe = os.fdopen(read_end, "rb")
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader


async def end(process: asyncio.subprocess.Process) -> None:
    """End a process we started and wait for it."""
    if process.returncode is not None:
        return
    if process.stdin is not None:
        process.stdin.close()
    else:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), END_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
