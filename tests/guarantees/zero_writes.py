"""A1: a full session under strace opens nothing for writing, creates, renames, links, truncates nothing."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack

from leaddesk.demo.child import DemoPerson, DemoServer, start_demo_server
from leaddesk.demo.tour.eyes import Eyes
from leaddesk.demo.tour.hands import Hands
from leaddesk.demo.tour.stage import end, open_display
from tests.guarantees.figure import Figure
from tests.support.folders import short_folder

LEADS = 500
PATIENCE = 60.0
CALLS = (
    "open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,mknod,mknodat,"
    "truncate,ftruncate,setxattr,lsetxattr,fsetxattr,unlink,unlinkat,memfd_create"
)
TRACING = ("-f", "-qq", "-s", "300", "-e", f"trace={CALLS}")
CALL = re.compile(r"^\d+ +(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)")
WRITING = re.compile(r"\bO_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)\b")
PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
ALLOWED = re.compile(r"^(/proc/(self|\d+)/|/dev/(null|tty|shm/\.?$))")
OPENING = {"open", "openat", "openat2", "creat"}
HARMLESS = {"memfd_create", "ftruncate"}
"""ftruncate needs a descriptor that an allowed opening gave: sizes of memory files."""

PLANTED = """
import pathlib, runpy, sys
import leaddesk.guard.entering as guard
guard.begin = lambda: None
from leaddesk.ui.shell.stages import Stages
lock = Stages.lock
def writing_lock(self, *how):
    pathlib.Path.home().joinpath("leads.csv").write_text("Anna Meyer")
    lock(self, *how)
Stages.lock = writing_lock
runpy.run_module("leaddesk.demo.player", run_name="__main__")
"""
"""The product with two broken parts: its lock writes a file, and nobody enters the guard that refuses it."""


def writes(trace: str) -> Iterator[tuple[bool, str]]:
    """Yield every traced call that succeeded: whether it writes, and its line without the process number."""
    for line in trace.splitlines():
        call = CALL.match(line)
        if call is None or int(call["result"]) < 0:
            continue
        name, arguments = call["name"], call["arguments"]
        paths = PATH.findall(arguments)
        allowed = bool(paths) and all(ALLOWED.match(path) for path in paths)
        opens = name in OPENING
        bad = (not opens and name not in HARMLESS) or (opens and bool(WRITING.search(arguments)))
        yield bad and not allowed, f"{name}({arguments})"


Play = Callable[[Eyes, Hands, DemoServer], Awaitable[None]]
"""What is done at the window."""


async def guarantee(env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Trace one client through a session on the display and bus of ``env``; FULL=1: through the full one."""
    if os.environ.get("FULL") == "1" and not planted:
        from tests.guarantees.full_session import traced

        return _figure(*await traced(dict(env)))
    server = await start_demo_server(LEADS)
    try:
        return _figure(await traced_session(dict(env), server, _play, planted=planted))
    finally:
        await server.stop()


def _figure(*traces: str) -> Figure:
    found = [call for trace in traces for call in writes(trace)]
    findings = tuple(line for bad, line in found if bad)
    return Figure("zero-writes: {found} of {looked:,} calls", len(found), findings)


async def _play(eyes: Eyes, hands: Hands, server: DemoServer) -> None:
    await _session(eyes, hands, server.tenants[0].people[0])


async def traced_session(
    env: dict[str, str], server: DemoServer, play: Play, *, planted: bool = False, url: str = ""
) -> str:
    """Play at one client under strace; return the trace. ``url``: the way to the server, if not its own."""
    part = ("-c", PLANTED) if planted else ("-m", "leaddesk.demo.player")
    async with AsyncExitStack() as stack:
        env |= {"DISPLAY": await open_display(stack)}  # keys go to whoever has the keyboard: nobody else here
        if planted:  # what it writes is found here and by nobody else
            env["HOME"] = str(stack.enter_context(short_folder("planted-")))
        painted, painting = os.pipe()
        traced, tracing = os.pipe()
        process = await asyncio.create_subprocess_exec(
            "strace",
            *(*TRACING, "-o", f"/proc/self/fd/{tracing}"),
            *(sys.executable, "-B", *part, str(painting)),
            env=env,
            stdin=asyncio.subprocess.PIPE,
            pass_fds=(painting, tracing),
        )
        for mine in (painting, tracing):
            os.close(mine)
        stack.push_async_callback(end, process)
        log = asyncio.create_task(asyncio.to_thread(read_all, traced))
        assert process.stdin is not None
        look = {"url": url or server.url, "email": None, "theme": "light", "language": "de"}
        process.stdin.write(json.dumps(look).encode() + b"\n")
        await play(await _eyes(stack, painted), Hands(env), server)
        process.stdin.close()
        await asyncio.wait_for(process.wait(), PATIENCE)
        return await log


async def _eyes(stack: AsyncExitStack, painted: int) -> Eyes:
    reader = asyncio.StreamReader(limit=8_000_000)
    pipe = os.fdopen(painted, "rb")
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    eyes = Eyes(reader, "the traced client")
    watching = asyncio.create_task(eyes.watch())
    stack.callback(watching.cancel)
    return eyes


async def sign_in(eyes: Eyes, hands: Hands, person: DemoPerson) -> None:
    """Type who one is, and wait for all leads."""
    await eyes.see("Anmelden", PATIENCE)
    await hands.focus()
    await hands.type(person.email)
    await hands.press("Tab")
    await hands.type(person.password.reveal())
    await hands.press("Return")
    await eyes.see("alle im Arbeitsspeicher", PATIENCE)


async def _session(eyes: Eyes, hands: Hands, person: DemoPerson) -> None:
    """Sign in, list, search, open, step, note, copy, walk, help, lock, unlock, sign out."""
    await sign_in(eyes, hands, person)
    await hands.press("slash")
    await hands.type("meyer")
    await hands.press("Return")
    await eyes.see("Anna Meyer", PATIENCE)
    await press_words(eyes, hands, "Anna Meyer")
    await eyes.see("Journal", PATIENCE)
    await hands.press("s", "Right", "Return")
    await hands.press("n")
    await hands.type("Rückruf")
    await hands.press("ctrl+a", "ctrl+c", "ctrl+Return", "Escape")
    await hands.press("alt+Right", "alt+Right", "F1", "Escape", "ctrl+l")
    await eyes.see("Gesperrt seit", PATIENCE)
    await hands.type(person.password.reveal())
    await hands.press("Return")
    await eyes.see("alle im Arbeitsspeicher", PATIENCE)
    await hands.press("ctrl+l")
    await eyes.see("Abmelden", PATIENCE)
    await press_words(eyes, hands, "Abmelden")
    await eyes.see("E-Mail", PATIENCE)


async def press_words(eyes: Eyes, hands: Hands, words: str) -> None:
    """Click words once they stay where they are: a page may still be arranging itself."""
    before, now = None, eyes.place(words)
    async with asyncio.timeout(PATIENCE):
        while now != before:
            await asyncio.sleep(1.0)
            before, now = now, eyes.place(words)
    await hands.click(*now)


def read_all(descriptor: int) -> str:
    """Read a trace to its end."""
    with os.fdopen(descriptor, "rb") as trace:
        return trace.read().decode("utf-8", "replace")
