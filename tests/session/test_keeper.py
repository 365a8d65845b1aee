"""The keyring's library works in a process of its own: it holds nothing up, tells nobody, outlives nobody."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from leaddesk.personal.masked import Secret
from leaddesk.session.keeper import launch as room
from leaddesk.session.keeper.book import KeyringBook
from leaddesk.session.keeper.keeper import Keeper, KeeperGone
from leaddesk.session.keeper.launch import Child, launch
from leaddesk.session.keeper.messages import Garbled, receive, send
from leaddesk.session.keeper.program import GREETINGS, answer
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.session.tokens import Profile
from leaddesk.session.vault import VaultNote
from tests.support.secret_service import Service, secret_service

ADDRESS = "https://api.example"
TOKEN = "token-of-the-keepers-test"
PROFILE = Profile("keepers-profile", ADDRESS, Secret(TOKEN))

HANGING = """
import threading
from leaddesk.session.keeper import program

class Hanging:
    def open(self):
        print("a library that prints")
    def read(self, name):
        return print("and prints")
    def find(self, address, quietly):
        threading.Event().wait()

program.KeyringBook = Hanging
program.{limit} = {seconds}
raise SystemExit(program.keep())
"""
OWNER = """
import sys
from leaddesk.session.keeper.keeper import Keeper
keeper = Keeper()
keeper.start("https://api.example")
print(keeper.read("nobody"), flush=True)
sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """An unlocked keyring on a private bus."""
    with secret_service(tmp_path, monkeypatch) as found:
        found.start()
        yield found
        gc.collect()


def keepers(parent: int | None = None) -> list[int]:
    """The keepers a process started, by their numbers."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                above = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if room.ARGUMENT.encode() in words and above == (parent or os.getpid()):
                found.append(int(entry.name))
    return found


async def test_a_token_stands_in_no_argument_and_no_variable() -> None:
    before = set(keepers())
    vault = KeyringVault(Keeper(), seconds=60)
    await vault.store(PROFILE)
    (number,) = set(keepers()) - before
    place = Path(f"/proc/{number}")
    seen = (place / "cmdline").read_bytes() + (place / "environ").read_bytes()
    assert room.ARGUMENT.encode() in seen
    assert TOKEN.encode() not in seen
    assert PROFILE.profile_id.encode() not in seen
    assert {str(path.readlink()) for path in (place / "fd").iterdir()} & {"/dev/null"}
    await vault.remove(PROFILE)


async def test_the_library_is_loaded_there_and_not_here() -> None:
    program = """
import asyncio, sys
from leaddesk.session.keeper.program import GREETINGS, answer
from leaddesk.session.keyring_vault import KeyringVault
vault = KeyringVault(seconds=60)
asyncio.run(vault.load("https://nobody.example"))
print(vault.note.value, *(name for name in ("keyring", "secretstorage", "jeepney") if name in sys.modules))
"""
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["kept"]


async def test_a_keeper_that_was_killed_is_started_again() -> None:
    before, vault = set(keepers()), KeyringVault(Keeper(), seconds=60)
    await vault.store(PROFILE)
    (number,) = set(keepers()) - before
    os.kill(number, signal.SIGKILL)
    assert await vault.load(ADDRESS) == PROFILE
    assert vault.note is VaultNote.KEPT
    await vault.remove(PROFILE)


async def test_a_keeper_that_stands_still_costs_its_limit_and_goes_on() -> None:
    before, vault = set(keepers()), KeyringVault(Keeper(), seconds=2)
    await vault.store(PROFILE)
    (number,) = set(keepers()) - before
    os.kill(number, signal.SIGSTOP)
    assert await vault.load(ADDRESS) is None
    assert vault.note is VaultNote.SLOW
    os.kill(number, signal.SIGCONT)
    await until(lambda: vault.note is VaultNote.KEPT)
    assert await vault.load(ADDRESS) == PROFILE
    await vault.remove(PROFILE)


async def test_a_keeper_ends_when_its_client_is_killed() -> None:
    owner = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", OWNER), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert owner.stdout is not None
    assert (await owner.stdout.readline()).strip() == b"None"
    (number,) = keepers(owner.pid)
    owner.kill()
    await owner.wait()
    await until(lambda: not runs(number))


async def test_what_was_asked_ahead_is_asked_once_and_read_when_needed() -> None:
    await KeyringVault(Keeper(), seconds=60).store(PROFILE)
    keeper = Keeper()
    keeper.start(ADDRESS)
    announced = await asyncio.to_thread(keeper.read, PROFILE.profile_id)
    assert announced is not None, "not the answer to another"
    assert announced == replace(PROFILE, rotation_id=announced.rotation_id) != PROFILE
    assert await asyncio.to_thread(keeper.find, ADDRESS, False) == announced
    other = Keeper()
    other.start(ADDRESS)
    assert await asyncio.to_thread(other.find, ADDRESS, False) == announced, (
        "its rotation is under way already"
    )
    assert await asyncio.to_thread(other.read, PROFILE.profile_id) == announced, (
        "nothing was left in the pipe"
    )
    await asyncio.to_thread(other.remove, PROFILE.profile_id)


def test_a_rotation_that_cannot_be_announced_does_not_hide_the_profile() -> None:
    class ReadOnly(KeyringBook):
        def find(self, address: str, quietly: bool) -> Profile | None:
            return PROFILE

        def write(self, profile: Profile, listed: bool) -> None:
            raise PermissionError

    asked = {"do": "find", "address": ADDRESS, "quietly": False, "announce": True}
    assert answer(ReadOnly(), asked) == {"done": [PROFILE.profile_id, PROFILE.to_text()]}


async def test_a_bus_too_busy_to_greet_is_greeted_again_so_that_what_is_to_go_goes(service: Service) -> None:
    vault = KeyringVault(Keeper(), seconds=60)
    await vault.store(PROFILE)
    service.freeze_bus()
    asyncio.get_running_loop().call_later(1.5, service.thaw_bus)  # longer than the library waits
    await vault.remove(PROFILE)
    assert (vault.note, vault.doomed) == (VaultNote.KEPT, set())
    assert await vault.load(ADDRESS) is None
    assert vault.note is VaultNote.KEPT


class Busy(KeyringBook):
    """Behind a bus that greets nobody at first."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def ready(self) -> bool:
        self.times -= 1
        if self.times >= 0:
            raise TimeoutError
        return True


def test_a_busy_bus_is_greeted_again_but_not_for_ever() -> None:
    assert answer(Busy(GREETINGS - 1), {"do": "ready"}) == {"done": True}
    assert answer(Busy(GREETINGS), {"do": "ready"}) == {"failed": "TimeoutError"}


async def test_nothing_to_start_is_told_by_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/leaddesk")
    keeper = Keeper()
    keeper.start(ADDRESS)
    vault = KeyringVault(keeper)
    assert await vault.load(ADDRESS) is None
    assert vault.note is VaultNote.NO_SERVICE


@pytest.mark.parametrize("limit", ["PATIENCE_SECONDS", "IDLE_SECONDS"])
async def test_a_keeper_that_hangs_or_is_left_alone_ends(limit: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HANGING.format(limit=limit, seconds=0.3)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdin is not None and process.stdout is not None
    if limit == "PATIENCE_SECONDS":
        process.stdin.write(
            framed({"do": "read", "name": "x"}) + framed({"do": "find", "address": "", "quietly": False})
        )
    told = await asyncio.wait_for(process.stdout.read(), 60)
    assert told == (framed({"done": None}) if limit == "PATIENCE_SECONDS" else b""), "a print is no answer"
    await process.wait()


@pytest.mark.parametrize("said", [b"\xff\xff\xff\xff", b"\0\0\0\x01{", b"\0\0\0\x02[]"])
def test_what_is_no_message_is_refused(said: bytes) -> None:
    reading, writing = os.pipe()
    try:
        os.write(writing, said)
        with pytest.raises(Garbled):
            receive(reading)
    finally:
        os.close(reading)
        os.close(writing)


async def test_who_talks_nonsense_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "command", lambda: [sys.executable, "-c", "print('nonsense')"])
    with pytest.raises(KeeperGone):
        await asyncio.to_thread(Keeper().read, "x")


async def test_the_other_way_of_starting_one_works_too() -> None:
    child = await asyncio.to_thread(room._opened)
    send(child.questions, {"do": "read", "name": "nobody"})
    assert await asyncio.to_thread(receive, child.answers) == {"done": None}
    await asyncio.to_thread(child.end)


async def test_hanging_up_is_enough() -> None:
    before = set(keepers())
    child: Child = await asyncio.to_thread(launch)
    (number,) = set(keepers()) - before
    child.leave()
    await until(lambda: not runs(number))
    await asyncio.to_thread(os.waitpid, number, 0)


def test_a_bundle_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert room.command() == [sys.executable, room.ARGUMENT]


def framed(message: dict[str, object]) -> bytes:
    reading, writing = os.pipe()
    send(writing, message)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        return pipe.read()


def runs(number: int) -> bool:
    """A zombie does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.02)
