"""A2: however a client ends, its home, its temporary folders and where it stood are as they were."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from leaddesk.demo.child import DemoServer, start_demo_server
from leaddesk.demo.tour.eyes import Eyes, NotSeen
from leaddesk.demo.tour.stage import end
from tests.guarantees.figure import Figure
from tests.support.folders import short_folder

LEADS = 200
ROUNDS_IN_FULL = 20
PATIENCE = 60.0
SURVIVAL = 5.0
"""Who goes on without memory for so long is killed."""
FOLDERS = {"HOME": "home", "TMPDIR": "tmp", "XDG_RUNTIME_DIR": "run"}
PLACES = {
    "XDG_CONFIG_HOME": "home/.config",
    "XDG_CACHE_HOME": "home/.cache",
    "XDG_DATA_HOME": "home/.local/share",
    "XDG_STATE_HOME": "home/.local/state",
}
BEFORE = {"home/.bashrc": "as it was", "home/.config/user-dirs.dirs": "as it was"}
PLANTED = """
import faulthandler, runpy
import leaddesk.guard.entering as guard
guard.begin = lambda: faulthandler.enable(open("crash.log", "w"))
runpy.run_module("leaddesk.demo.player", run_name="__main__")
"""
"""The product with a broken part: a crash handler with a file of its own, instead of the guard."""

Process = asyncio.subprocess.Process


async def _leave(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.close()


def _killed(number: signal.Signals) -> Callable[[Process], Awaitable[None]]:
    async def kill(process: Process) -> None:
        with suppress(ProcessLookupError):  # who is gone already showed no lead: that is the finding
            process.send_signal(number)

    return kill


async def _out_of_memory(process: Process) -> None:
    """No byte more than now, then work that needs many; who survives that is told to leave, then made to."""
    limit = _size(process.pid)
    resource.prlimit(process.pid, resource.RLIMIT_AS, (limit, limit))
    assert process.stdin is not None
    with suppress(ConnectionError):
        process.stdin.write(b"picture\n" * 3)
        await process.stdin.drain()
    process.stdin.close()
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), SURVIVAL)
    with suppress(ProcessLookupError):
        process.kill()


def _size(process: int) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[0])
    return pages * resource.getpagesize()


ENDINGS: dict[str, Callable[[Process], Awaitable[None]]] = {
    "exit": _leave,
    "SIGTERM": _killed(signal.SIGTERM),
    "SIGKILL": _killed(signal.SIGKILL),
    "SIGSEGV": _killed(signal.SIGSEGV),
    "abort": _killed(signal.SIGABRT),
    "out of memory": _out_of_memory,
}


async def guarantee(
    env: Mapping[str, str], *, planted: bool = False, endings: Sequence[str] = tuple(ENDINGS)
) -> Figure:
    """End a client in every way while it shows leads; count files that changed and names that were left."""
    rounds = ROUNDS_IN_FULL if os.environ.get("FULL") == "1" else 1
    findings: list[str] = []
    server = await start_demo_server(LEADS)
    try:
        for name in list(endings) * rounds:
            findings += [f"{name}: {what}" for what in await _ended(env, server, name, planted=planted)]
    finally:
        await server.stop()
    count = len(endings) * rounds
    return Figure(
        "no-traces: {found} left after {looked:,} endings", count, tuple(findings), len(endings) - 1
    )


async def _ended(env: Mapping[str, str], server: DemoServer, ending: str, *, planted: bool) -> list[str]:
    with short_folder("ld") as folder:
        root = folder
        environment = dict(env) | _fresh(root)
        before = dict(_state(root))
        names, told = await _lived(environment, server, root / "home", ENDINGS[ending], planted=planted)
        found = [f"changed: {path}" for path, state in _state(root) if before.get(path) != state]
        found += [f"gone: {path}" for path in before if not (root / path).exists()]
        contents = [content for _, (*_, content) in _state(root)]
        words = [name.encode() for name in names]
        found += [
            f"a name in {what}"
            for what, text in (("a file", b"".join(contents)), ("stderr", told))
            if any(word in text for word in words)
        ]
        return found + ([] if names else ["no lead was shown: nothing could be left"])


def _fresh(root: Path) -> dict[str, str]:
    for place in (*FOLDERS.values(), *PLACES.values()):
        (root / place).mkdir(mode=0o700, parents=True, exist_ok=True)
    for path, content in BEFORE.items():
        (root / path).write_text(content)
    return {name: str(root / place) for name, place in (FOLDERS | PLACES).items()}


async def _lived(
    env: dict[str, str],
    server: DemoServer,
    stands_in: Path,
    ending: Callable[[Process], Awaitable[None]],
    *,
    planted: bool,
) -> tuple[list[str], bytes]:
    """Sign somebody in, see the leads, end it; return the words that were shown and what it told."""
    part = ("-c", PLANTED) if planted else ("-m", "leaddesk.demo.player")
    person = server.tenants[0].people[0]
    async with AsyncExitStack() as stack:
        painted, painting = os.pipe()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-B", *part, str(painting)),
            env=env,
            cwd=stands_in,
            stdin=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            pass_fds=(painting,),
            preexec_fn=_dumps_allowed,
        )
        os.close(painting)
        stack.push_async_callback(end, process)
        assert process.stdin is not None and process.stderr is not None
        telling = asyncio.create_task(process.stderr.read())
        who = {"email": person.email, "password": person.password.reveal()}
        look = {"url": server.url, "theme": "light", "language": "de", **who}
        process.stdin.write(json.dumps(look).encode() + b"\n")
        names = await _names(await _eyes(stack, painted))
        await ending(process)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), PATIENCE)
        await end(process)
        return names, await telling


def _dumps_allowed() -> None:
    """What a person may have set: a client that does nothing about it would leave its memory behind."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


async def _names(eyes: Eyes) -> list[str]:
    """Wait for the list; return what is painted in the shape of a name."""
    try:
        await eyes.see("alle im Arbeitsspeicher", PATIENCE)
    except NotSeen:
        return []
    return [word for word in ("Anna Meyer", *eyes.words()) if eyes.shows(word) and _is_a_name(word)]


def _is_a_name(word: str) -> bool:
    parts = word.split()
    return len(parts) == 2 and all(part.istitle() and part.isalpha() for part in parts)


async def _eyes(stack: AsyncExitStack, painted: int) -> Eyes:
    reader = asyncio.StreamReader(limit=8_000_000)
    pipe = os.fdopen(painted, "rb")
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, pipe)
    stack.push_async_callback(_hang_up, transport)
    eyes = Eyes(reader, "the client that ends")
    watching = asyncio.create_task(eyes.watch())
    stack.callback(watching.cancel)
    return eyes


async def _hang_up(transport: asyncio.ReadTransport) -> None:
    """Close the pipe, and let the loop do so before it ends itself."""
    transport.close()
    await asyncio.sleep(0)


def _state(root: Path) -> Iterator[tuple[str, tuple[int, int, int, bytes]]]:
    for path in [root, *root.rglob("*")]:
        found = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        yield str(path.relative_to(root)), (found.st_mode, found.st_size, found.st_mtime_ns, content)
