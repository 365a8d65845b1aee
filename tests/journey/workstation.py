"""A workstation: home, display, bus and keyring of its own, and the client on it, spoken to by keys."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from leaddesk.demo.child import DemoPerson
from leaddesk.demo.tour.eyes import Eyes
from leaddesk.demo.tour.hands import Hands
from leaddesk.demo.tour.stage import LINE_LIMIT, Watched, end, open_display
from tests.support import desktop

PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True)
class Workstation(Watched):
    """One person's desktop."""

    name: str

    async def sign_in(self, person: DemoPerson) -> None:
        """Type e-mail and password into the first page, as a person does."""
        await self.eyes.see("Anmelden", PATIENCE)
        await self.hands.focus()
        await self.hands.type(person.email)
        await self.hands.press("Tab")
        await self.hands.type(person.password.reveal())
        await self.hands.press("Return")
        await self.eyes.see("Verbunden", PATIENCE)
        await self.eyes.see("alle im Arbeitsspeicher", PATIENCE)


async def workstation(stack: AsyncExitStack, folder: Path, name: str, url: str) -> Workstation:
    """Start the client at a desktop of its own, by its own command line."""
    env = await _desktop(stack, folder)
    read_end, write_end = os.pipe()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-B", "-m", "tests.journey.client", str(write_end)),
        *("--server", url, "--theme", "light", "--language", "de"),
        env=env,
        stdin=asyncio.subprocess.PIPE,
        pass_fds=(write_end,),
        start_new_session=True,
    )
    os.close(write_end)
    stack.push_async_callback(end, process)
    reader = asyncio.StreamReader(limit=LINE_LIMIT)
    pipe = os.fdopen(read_end, "rb")
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    eyes = Eyes(reader, name)
    watching = asyncio.create_task(eyes.watch())
    stack.callback(watching.cancel)
    return Workstation(name=name, process=process, hands=Hands(env), eyes=eyes)


async def _desktop(stack: AsyncExitStack, folder: Path) -> dict[str, str]:
    env = desktop.fresh_environment(folder)
    env["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="run")  # a socket's path has 107 bytes
    started: list[subprocess.Popen[bytes]] = []
    stack.callback(_end, started)
    env["DBUS_SESSION_BUS_ADDRESS"] = desktop._start_bus(env, started)
    desktop._start_keyring(env, started)
    env["DISPLAY"] = await open_display(stack)
    return env


def _end(started: list[subprocess.Popen[bytes]]) -> None:
    for process in reversed(started):
        process.terminate()
        process.wait(PATIENCE)
        if process.stdout is not None:
            process.stdout.close()
