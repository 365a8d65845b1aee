"""A6, killed: a client that is ended at any moment of its lock leaves nothing behind.

Real processes with the product's guard, keeper and way to begin anew, a real keyring on a bus of its own.
After each end another process asks that keyring, as the next start does: then no key is in it. What delays a
sleep has to be closed, no typed word may lie on the disk, and who lives on finds again what was typed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from signal import SIGKILL
from time import monotonic
from typing import Any, NamedTuple
from uuid import uuid4

import secretstorage

from leaddesk.personal.masked import Secret
from leaddesk.session.keeper.book import KeyringBook
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.session.sealing.owners import this_process
from leaddesk.session.tokens import Profile, only_named
from tests.guarantees.memory.departing import MARK, NOTES
from tests.support.secret_service import Service, lonely_secret_service

PATIENCE = 120.0
STAYS, PLANTED_STAYS = 60.0, 3.0
"""Seconds after which what should have gone will stay."""
GONE = "key-of-a-process-that-is-over"
DEADLY = (
    *("before anything is sealed", "while the key is written", "when the key is kept", "when all is sealed"),
    *("before it is executed", "just after it was executed", "before the sleep is let go"),
    *("when the sleep was let go", "at the lock page", "before the key is read", "when the key was read"),
)
"""Where the client is killed."""
SURVIVED = (
    *("the keeper dies while the key is written", "the keyring dies before the key"),
    *("the keyring dies while the key is written", "it cannot be executed", "another one starts meanwhile"),
)
"""Where something else fails: the client lives on, and nothing that was typed is lost."""
MOMENTS = DEADLY + SURVIVED
ROUNDS = 20
"""Of all moments, in a full count."""
PLAIN = ("-m", "tests.guarantees.memory.departing")
STARTED = "\nfrom tests.guarantees.memory.departing import main\nmain()\n"
UNLISTED = """
from leaddesk.session.keeper.keeper import Keeper
Keeper.put_aside = lambda self, key, _owner: self.write(key, False)
"""
HELD_ON = """
import leaddesk.guard.anew.beginning as anew
anew.let_go = lambda _numbers: None
"""
NOT_TAKEN_OVER = """
from leaddesk.desk.sealing.safe import Safe
Safe.take_over = lambda self, _text: None
"""
PLANTS = {
    "a key nobody lists": (UNLISTED, "at the lock page"),
    "a sleep that is held on": (HELD_ON, "another one starts meanwhile"),
    "ciphertext left behind": (NOT_TAKEN_OVER, "another one starts meanwhile"),
}
"""The product with one broken part each, and the moment that shows it."""


class Keyring:
    """The keyring of these rounds, and what of ours lies in it."""

    def __init__(self, service: Service, stays: float) -> None:
        self._service, self._stays = service, stays

    async def kill(self) -> None:
        """Take it away as a crash would."""
        await asyncio.to_thread(self._service.kill)

    async def start(self) -> None:
        """Have it there again, opened."""
        await asyncio.to_thread(self._service.start)

    async def sweep(self) -> None:
        """Be another start that tidies up; it has when the key of a process that is over is gone."""
        words = this_process().split(" ")
        gone = " ".join((*words[:3], await _ended(), "1"))
        await asyncio.to_thread(KeyringBook().put_aside, Profile(GONE, "", Secret("k")), gone)
        vault = KeyringVault(seconds=PATIENCE)
        await vault.names()
        async with asyncio.timeout(PATIENCE):
            while f"leaddesk/{GONE}" in await asyncio.to_thread(_entries):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def begin_once_more(self) -> list[str]:
        """Be the next start, and take its sign-in out; gives what of ours stays there."""
        vault, until = KeyringVault(seconds=PATIENCE), monotonic() + self._stays
        for name in await vault.names():
            await vault.remove(only_named(name))
        while (left := await asyncio.to_thread(_entries)) and monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return left


async def _ended() -> str:
    """Return the number of a process that is over."""
    process = await asyncio.create_subprocess_exec("true")
    await process.wait()
    return str(process.pid)


def _entries() -> list[str]:
    """Return the names of our entries; one that goes while they are listed makes it begin anew."""
    while True:
        with (
            contextlib.suppress(secretstorage.ItemNotFoundException),
            contextlib.closing(secretstorage.dbus_init()) as bus,
        ):
            found = secretstorage.get_default_collection(bus).get_all_items()
            names = (item.get_attributes().get("service", "") for item in found)
            return [name for name in names if name.startswith("leaddesk")]


class Line:
    """Where a client's hold on sleep ends: told when the last copy of its end is closed."""

    def __init__(self) -> None:
        self.name = f"leaddesk-test-{uuid4().hex}"
        self.went = asyncio.Event()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Line]:
        """Listen for one client."""

        async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError):
                await reader.read()
            self.went.set()
            writer.close()

        server = await asyncio.start_unix_server(hold, f"\0{self.name}")
        try:
            yield self
        finally:
            server.close()


class Round:
    """One client, from its start to its end."""

    def __init__(self, keyring: Keyring, moment: str, stays: float) -> None:
        self._keyring, self._moment, self._stays = keyring, moment, stays
        self._told: dict[str, Any] = {}

    async def go(self, part: Sequence[str], env: Mapping[str, str]) -> list[str]:
        """Run it; gives what is wrong."""
        wrong = list[str]()
        async with Line().listening() as line:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-B", *part, self._moment, line.name),
                stdin=PIPE,
                stdout=PIPE,
                env=dict(env),
            )
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._follow(process, line)
                    await self._let_go(line)
            except TimeoutError:
                wrong.append("came to no end" if line.went.is_set() else "a sleep is still held")
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
            ended = await process.wait()
        wrong += self._judged(ended) if not wrong else []
        wrong += [f"left in the keyring: {name}" for name in await self._keyring.begin_once_more()]
        return [f"{self._moment}: {one}" for one in wrong]

    async def _follow(self, process: Process, line: Line) -> None:
        assert process.stdin is not None and process.stdout is not None
        async for said in process.stdout:
            facts = json.loads(said)
            if facts.get("ask") == "kill the keyring":
                await self._keyring.kill()
            elif facts.get("ask") == "unlock":
                await self._before_unlock(line)
            else:
                self._told = facts
                continue
            process.stdin.write(b"x")
        await process.wait()

    async def _let_go(self, line: Line) -> None:
        async with asyncio.timeout(self._stays):
            await line.went.wait()

    async def _before_unlock(self, line: Line) -> None:
        await self._let_go(line)
        if self._moment.startswith("the keyring dies"):
            await self._keyring.start()
        if self._moment == "another one starts meanwhile":
            await self._keyring.sweep()

    def _judged(self, ended: int) -> list[str]:
        if self._moment in DEADLY:
            return [] if ended == -SIGKILL else [f"did not die there but ended with {ended}"]
        if ended:
            return [f"ended with {ended}"]
        whole = self._told.get("notes") == NOTES and self._told.get("begun") == NOTES
        return [] if whole else [f"came back with {self._told}"]


async def killed(
    env: Mapping[str, str],
    moments: Sequence[str] = MOMENTS,
    *,
    part: Sequence[str] = PLAIN,
    stays: float = STAYS,
    folder: Path | None = None,
) -> list[str]:
    """Go through the moments; gives what was wrong. ``stays``: seconds it is waited for."""
    findings = list[str]()
    async with AsyncExitStack() as stack:
        service, folder = stack.enter_context(lonely_secret_service(folder))
        await asyncio.to_thread(service.start)
        keyring = Keyring(service, stays)
        for moment in moments:
            findings += await Round(keyring, moment, stays).go(part, dict(env) | service.env)
        findings += [f"on the disk: {place.name}" for place in await asyncio.to_thread(_written, folder)]
    return findings


class Departed(NamedTuple):
    """How many clients were ended at a moment of their lock, and what was wrong after it."""

    ended: int = 0
    wrong: tuple[str, ...] = ()


NOBODY = Departed()


async def counted(env: Mapping[str, str], rounds: int) -> Departed:
    """End clients at each moment of their lock, again and again."""
    moments = MOMENTS * rounds
    return Departed(len(moments), tuple(await killed(env, moments)))


def _written(folder: Path) -> list[Path]:
    """Return the files of home and temporary folders that hold a typed word."""
    words = [MARK.encode(code) for code in ("utf-8", "utf-16-le")]
    files = [place for place in folder.rglob("*") if place.is_file()]
    return [place for place in files if any(word in place.read_bytes() for word in words)]


def planted(plant: str) -> tuple[str, ...]:
    """Return how a client with a broken part is started."""
    return ("-c", plant + STARTED)


async def caught(env: Mapping[str, str]) -> dict[str, list[str]]:
    """Break one part after the other; gives what was found of each."""
    return {
        name: await killed(env, [moment], part=planted(plant), stays=PLANTED_STAYS)
        for name, (plant, moment) in PLANTS.items()
    }
