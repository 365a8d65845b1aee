"""Only vetted keyrings hold a token, none can hold up the session, and none can lose it."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import SecretService, chainer, libsecret
from keyring.errors import KeyringLocked

from leaddesk.personal.masked import Secret
from leaddesk.session import keyring_backends
from leaddesk.session.keeper import book
from leaddesk.session.keeper.book import KeyringBook
from leaddesk.session.keyring_backends import choose_backend, is_vetted
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.session.tokens import PROFILE_CAP, Profile
from leaddesk.session.vault import VaultNote

ADDRESS, PATIENCE = "https://api.example", 60.0


class FakeKeyring(KeyringBackend):
    """A keyring in a dictionary; ``wait`` holds every call up, ``failure`` is raised."""

    priority = 5.0  # type: ignore[assignment]

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.gate = threading.Event()
        self.gate.set()
        self.failure: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        self._pass()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._pass()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._pass()
        del self.entries[service, username]

    def _pass(self) -> None:
        self.gate.wait(60)
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeKeyring:
    """A fake that counts as vetted on this platform."""
    monkeypatch.setitem(keyring_backends.VETTED, sys.platform, ((__name__, "FakeKeyring"),))
    return FakeKeyring()


@pytest.fixture
def vault(fake: FakeKeyring) -> KeyringVault:
    return KeyringVault(KeyringBook(lambda: fake), seconds=PATIENCE)


@contextmanager
def hanging(vault: KeyringVault, fake: FakeKeyring) -> Iterator[None]:
    """Within the block the keyring answers nothing and is not waited for long; then it answers it all."""
    fake.gate.clear()
    vault._seconds = 0.2
    yield
    vault._seconds = PATIENCE
    fake.gate.set()


def profile(name: str = "p", token: str = "t0") -> Profile:
    return Profile(name, ADDRESS, Secret(token))


async def test_an_announced_rotation_is_kept_and_its_successor_is_listed_again(
    vault: KeyringVault, fake: FakeKeyring
) -> None:
    await vault.store(profile())
    del fake.entries["leaddesk", "profiles"]
    await vault.store(replace(profile(), rotation_id="r"))
    assert await vault.reread(profile()) == replace(profile(), rotation_id="r")
    await vault.store(profile(token="t1"))
    assert await vault.load(ADDRESS) == profile(token="t1")


async def test_what_is_stored_is_found_and_names_nobody(vault: KeyringVault, fake: FakeKeyring) -> None:
    await vault.store(profile())
    assert await vault.load(ADDRESS) == profile()
    assert set(fake.entries) == {("leaddesk", "profiles"), ("leaddesk/p", "p")}
    assert vault.note is VaultNote.KEPT


async def test_the_list_goes_with_the_last_profile(vault: KeyringVault, fake: FakeKeyring) -> None:
    await vault.store(profile("p"))
    await vault.store(profile("q"))
    await vault.remove(profile("p"))
    assert fake.entries["leaddesk", "profiles"] == '["q"]'
    await vault.remove(profile("q"))
    assert fake.entries == {}


async def test_the_list_begins_with_the_sign_in_that_was_in_front_last(
    vault: KeyringVault, fake: FakeKeyring
) -> None:
    for name in ("p", "q", "r"):
        await vault.store(profile(name))
    assert await vault.names() == ("r", "q", "p")
    await vault.prefer(profile("p"))
    assert await vault.names() == ("p", "r", "q")
    assert await vault.load("") == profile("p")
    await vault.prefer(profile("gone"))
    assert await vault.names() == ("p", "r", "q"), "what is not listed is not put there"
    assert await vault.read("q") == profile("q")
    assert {user for service, user in fake.entries if service != "leaddesk"} == {"p", "q", "r"}


async def test_two_sign_ins_that_could_not_be_written_in_time_are_both_written_later(
    vault: KeyringVault, fake: FakeKeyring
) -> None:
    back = asyncio.Event()
    with hanging(vault, fake):
        await vault.store(profile("p"))
        await vault.store(profile("q"))
        assert vault.note is VaultNote.SLOW
        vault.watch(lambda note: back.set() if note is VaultNote.KEPT else None)
    async with asyncio.timeout(60):
        await back.wait()
    assert set(await vault.names()) == {"p", "q"}


async def test_unlisted_profiles_are_found_by_nobody(fake: FakeKeyring) -> None:
    vault = KeyringVault(KeyringBook(lambda: fake), listed=False)
    await vault.store(profile())
    assert set(fake.entries) == {("leaddesk/p", "p")}
    assert await vault.load(ADDRESS) is None
    await vault.remove(profile())
    assert fake.entries == {}


@pytest.mark.parametrize("length", [1, 100, 1_100, 1_200, 5_000, 10_000])
async def test_any_length_is_kept_whole_or_not_at_all(
    vault: KeyringVault, fake: FakeKeyring, length: int
) -> None:
    await vault.store(profile(token="a"))
    long = profile(token="x" * length)
    await vault.store(long)
    kept = await vault.load(ADDRESS)
    if len(long.to_text()) <= PROFILE_CAP:
        assert kept == long
    else:
        assert kept is None
        assert await vault.reread(long) == long
    assert all(len(text) <= PROFILE_CAP for text in fake.entries.values())


@pytest.mark.parametrize(
    ("failure", "note"),
    [
        (KeyringLocked("secret text"), VaultNote.LOCKED),
        (FileNotFoundError("/run/user/0/bus"), VaultNote.NO_SERVICE),
        (RuntimeError("boom"), VaultNote.NO_SERVICE),
    ],
)
async def test_failures_become_a_note(
    vault: KeyringVault, fake: FakeKeyring, failure: Exception, note: VaultNote
) -> None:
    fake.failure = failure
    await vault.store(profile())
    assert (await vault.load(ADDRESS), vault.note) == (None, note)
    assert await vault.reread(profile()) == profile()


async def test_no_keyring_at_all_is_a_note() -> None:
    vault = KeyringVault(KeyringBook(lambda: None))
    await vault.store(profile())
    assert vault.note is VaultNote.NO_SERVICE


def test_a_bus_too_busy_to_greet_does_not_count_as_no_keyring(
    fake: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Busy(type):
        @property
        def priority(cls) -> float:
            raise TimeoutError

    monkeypatch.setattr(keyring_backends, "_load", lambda _module, _name: Busy("Keyring", (), {}))
    with pytest.raises(TimeoutError):
        choose_backend()


async def test_what_a_keyring_is_still_to_forget_is_not_told_as_kept(
    vault: KeyringVault, fake: FakeKeyring
) -> None:
    told: list[VaultNote] = []
    await vault.store(profile())
    with hanging(vault, fake):
        await vault.load(ADDRESS)
        await vault.remove(profile())
        vault.watch(told.append)
        fake.failure = RuntimeError("boom")
    await vault._blocking.back(60)
    assert (vault.doomed, vault.note, told) == ({"p"}, VaultNote.SLOW, [])


async def test_a_hanging_keyring_costs_its_limit_once(vault: KeyringVault, fake: FakeKeyring) -> None:
    with hanging(vault, fake):
        await vault.store(profile())
        vault._seconds = 10 * PATIENCE
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(vault.load(ADDRESS) for _ in range(20)))
        assert vault.note is VaultNote.SLOW
    await until(lambda: vault.note is VaultNote.KEPT)


async def test_what_a_slow_keyring_missed_is_written_when_it_comes_back(
    vault: KeyringVault, fake: FakeKeyring
) -> None:
    told: list[VaultNote] = []
    vault.watch(told.append)
    await vault.store(profile(token="old"))
    with hanging(vault, fake):
        await vault.load(ADDRESS)
        await vault.store(profile(token="new"))
    await until(lambda: told == [VaultNote.SLOW, VaultNote.KEPT])
    assert await vault.load(ADDRESS) == profile(token="new")


async def test_a_sign_out_during_a_hang_is_not_forgotten(vault: KeyringVault, fake: FakeKeyring) -> None:
    await vault.store(profile())
    with hanging(vault, fake):
        await vault.load(ADDRESS)
        await vault.remove(profile())
    await until(lambda: fake.entries == {})


async def test_a_stranger_in_the_entry_is_not_a_profile(vault: KeyringVault, fake: FakeKeyring) -> None:
    fake.entries["leaddesk", "profiles"] = '["a", "b", 3]'
    fake.entries["leaddesk/a", "a"] = "not json"
    fake.entries["leaddesk/b", "b"] = '{"a": 1, "t": []}'
    assert await vault.load(ADDRESS) is None
    fake.entries["leaddesk", "profiles"] = "{"
    assert await vault.load(ADDRESS) is None


class Wrapper:
    """Looks like a keyring, passes everything on."""

    def __init__(self) -> None:
        self.inner = SecretService.Keyring()


class Subclass(SecretService.Keyring):
    """Inherits a vetted one."""


def spoofed() -> Any:
    kind = type(
        "Keyring",
        (KeyringBackend,),
        dict.fromkeys(("get_password", "set_password", "delete_password"), id) | {"priority": 9},
    )
    kind.__module__ = "keyring.backends.SecretService"
    return kind()


def on_other_platform(module: str, name: str) -> Any:
    kind = type(name, (), {"__module__": module, "__qualname__": name})
    return kind()


REFUSED: dict[str, Callable[[], Any]] = {
    "null": keyring.backends.null.Keyring,
    "fail": keyring.backends.fail.Keyring,
    "chainer": chainer.ChainerBackend,
    "libsecret": libsecret.Keyring,
    "wrapper": Wrapper,
    "subclass": Subclass,
    "spoofed module": spoofed,
    "plaintext": lambda: on_other_platform("keyrings.alt.file", "PlaintextKeyring"),
    "encrypted file": lambda: on_other_platform("keyrings.alt.file", "EncryptedKeyring"),
    "windows on linux": lambda: on_other_platform("keyring.backends.Windows", "WinVaultKeyring"),
    "macos on linux": lambda: on_other_platform("keyring.backends.macOS", "Keyring"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_b1_unvetted_keyrings_are_refused(name: str) -> None:
    vault = KeyringVault(KeyringBook(REFUSED[name]))
    await vault.store(profile())
    assert vault.note is VaultNote.REFUSED


async def test_b1_an_environment_cannot_choose(monkeypatch: pytest.MonkeyPatch, fake: FakeKeyring) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    keyring.set_keyring(keyring.backends.null.Keyring())
    chosen = choose_backend()
    assert chosen is not None
    assert is_vetted(chosen)
    assert type(keyring.get_keyring()) is FakeKeyring


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - what is waited for happens in a thread
            await asyncio.sleep(0.01)


async def test_what_a_keyring_missed_is_written_when_it_answers_again_and_nobody_is_prompted_for_it(
    vault: KeyringVault, fake: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    await vault.store(profile())
    fake.failure = KeyringLocked()
    await vault.store(profile(token="t1"))
    fake.failure = None
    await vault.settle()
    assert vault.note is VaultNote.LOCKED, "a keyring that would prompt is left alone"
    assert await vault.reread(profile(token="t1")) == profile(token="t1")
    monkeypatch.setattr(book, "would_prompt", lambda _backend: False)
    await vault.settle()
    assert vault.note is VaultNote.KEPT
    assert "t1" in fake.entries["leaddesk/p", "p"]


async def test_a_call_under_way_is_waited_for_before_the_end(vault: KeyringVault, fake: FakeKeyring) -> None:
    vault._seconds = 0.2
    fake.gate.clear()
    await vault.store(profile())
    assert fake.entries == {}
    vault._seconds = PATIENCE
    asyncio.get_running_loop().call_later(0.05, fake.gate.set)
    await vault.settle()
    assert ("leaddesk/p", "p") in fake.entries


async def test_a_call_that_is_left_while_the_end_waits_for_its_turn_is_waited_for(
    vault: KeyringVault, fake: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "would_prompt", lambda _backend: False)
    fake.failure = KeyringLocked()
    await vault.store(profile())
    fake.failure = None
    fake.gate.clear()
    asking = asyncio.create_task(vault.names())
    await asyncio.sleep(0)
    ending = asyncio.create_task(vault.settle(60))
    await asyncio.sleep(0)
    asking.cancel()
    asyncio.get_running_loop().call_later(0.05, fake.gate.set)
    await ending
    assert ("leaddesk/p", "p") in fake.entries
    assert vault.note is VaultNote.KEPT
