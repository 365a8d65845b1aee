"""What is sealed opens with the key of the keyring alone, once, and only as it was."""

from __future__ import annotations

import asyncio
import base64
import sys
import threading

import pytest
from keyring.backend import KeyringBackend

from leaddesk.session import keyring_backends, keyring_vault
from leaddesk.session.keeper.book import KeyringBook
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.sealing.ahead import KeyAhead
from leaddesk.session.sealing.sealed import Sealed, forget_key, read_sealed, seal, unseal
from leaddesk.session.vault import VaultNote

WORDS = "Rückruf bei Anna Meyer – 🙂".encode()


class Entries(KeyringBackend):
    """A keyring in a dictionary; ``locked``: it refuses; ``gate`` holds readers up, ``writing`` writers."""

    priority = 5.0  # type: ignore[assignment]

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False
        self.gate = threading.Event()
        self.gate.set()
        self.writing = threading.Event()
        self.writing.set()

    def get_password(self, service: str, username: str) -> str | None:
        self.gate.wait(60)
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.writing.wait(60)
        if self.locked:
            raise RuntimeError
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> Entries:
    monkeypatch.setitem(keyring_backends.VETTED, sys.platform, ((__name__, "Entries"),))
    return Entries()


@pytest.fixture
def vault(entries: Entries) -> KeyringVault:
    return KeyringVault(KeyringBook(lambda: entries))


async def sealed_by(vault: KeyringVault) -> Sealed:
    sealed = await seal(KeyAhead(vault), WORDS)
    assert sealed is not None
    return sealed


async def test_what_was_sealed_comes_back_and_its_key_goes(vault: KeyringVault, entries: Entries) -> None:
    sealed = await sealed_by(vault)
    assert len(entries.kept) == 2  # and the list that names it
    assert await unseal(vault, sealed) == WORDS
    await forget_key(vault, sealed.name)
    assert entries.kept == {}
    assert await unseal(vault, sealed) is None


async def test_neither_text_nor_key_is_in_what_is_handed_over(vault: KeyringVault, entries: Entries) -> None:
    sealed = await sealed_by(vault)
    text = sealed.to_text()
    assert read_sealed(text) == sealed
    key = entries.kept[f"leaddesk/{sealed.name}", sealed.name].split('"t":"')[1].split('"')[0]
    assert key not in text and base64.b64decode(key) not in sealed.content + sealed.nonce
    assert WORDS not in base64.b64decode(text.split()[2])


async def test_the_same_words_are_sealed_differently_each_time(vault: KeyringVault) -> None:
    one, other = await sealed_by(vault), await sealed_by(vault)
    assert one.content != other.content and one.nonce != other.nonce


@pytest.mark.parametrize("at", [0, -1])
async def test_a_changed_byte_opens_nothing(vault: KeyringVault, at: int) -> None:
    sealed = await sealed_by(vault)
    content = bytearray(sealed.content)
    content[at] ^= 1
    assert await unseal(vault, sealed._replace(content=bytes(content))) is None


async def test_another_texts_key_opens_nothing(vault: KeyringVault) -> None:
    one, other = await sealed_by(vault), await sealed_by(vault)
    assert await unseal(vault, one._replace(name=other.name)) is None


async def test_a_keys_entry_is_nobodys_profile(vault: KeyringVault) -> None:
    sealed = await sealed_by(vault)
    assert await vault.load("https://leads.example") is None
    assert await vault.load("sealed") is None
    assert await unseal(vault, sealed) == WORDS


async def test_without_a_keyring_nothing_is_sealed(vault: KeyringVault, entries: Entries) -> None:
    assert await seal(KeyAhead(MemoryVault()), WORDS) is None
    entries.locked = True
    assert await seal(KeyAhead(vault), WORDS) is None
    assert vault.note is not VaultNote.KEPT


@pytest.mark.parametrize("text", ["", "a b", "a b c d", "name !! !!", "name QUI= Q"])
def test_nonsense_is_nothing_sealed(text: str) -> None:
    assert read_sealed(text) is None


async def test_a_key_is_kept_behind_a_call_that_hangs(vault: KeyringVault, entries: Entries) -> None:
    hurried = KeyringVault(KeyringBook(lambda: entries), seconds=0.01)
    entries.gate.clear()
    assert await hurried.load("https://leads.example") is None
    assert hurried.note is VaultNote.SLOW
    asyncio.get_running_loop().call_later(0.05, entries.gate.set)
    sealed = await seal(KeyAhead(hurried), WORDS)
    assert sealed is not None and await unseal(vault, sealed) == WORDS


async def test_a_key_that_is_read_too_late_stays_for_the_next_time(
    vault: KeyringVault, entries: Entries
) -> None:
    """Nobody at the unlock waits for a keyring that hangs; what it says later is not lost."""
    sealed = await sealed_by(vault)
    hurried, answered = KeyringVault(KeyringBook(lambda: entries), seconds=0.01), asyncio.Event()
    hurried.watch(lambda note: answered.set() if note is VaultNote.KEPT else None)
    entries.gate.clear()
    assert await unseal(hurried, sealed) is None and hurried.note is VaultNote.SLOW
    entries.gate.set()
    async with asyncio.timeout(60):
        await answered.wait()
    assert await unseal(vault, sealed) == WORDS


async def test_a_key_that_is_written_too_late_is_removed(
    vault: KeyringVault, entries: Entries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring_vault, "PATIENT_SECONDS", 0.01)
    answered = asyncio.Event()
    vault.watch(lambda note: answered.set() if note is VaultNote.KEPT else None)
    entries.writing.clear()
    assert await seal(KeyAhead(vault), WORDS) is None and vault.note is VaultNote.SLOW
    entries.writing.set()
    async with asyncio.timeout(60):
        await answered.wait()
    assert entries.kept == {}


async def test_a_key_that_was_laid_ready_needs_no_keyring_at_the_lock(
    vault: KeyringVault, entries: Entries
) -> None:
    keys = KeyAhead(vault)
    await keys.prepare()
    await keys.prepare()
    assert len(entries.kept) == 2  # one, and the list that names it
    entries.locked = True
    sealed = await seal(keys, WORDS)
    assert sealed is not None and await seal(keys, WORDS) is None
    entries.locked = False
    assert await unseal(vault, sealed) == WORDS
    second = await seal(keys, WORDS)
    assert second is not None and second.name != sealed.name and second.content != sealed.content


async def test_a_lock_takes_the_key_that_is_on_its_way(vault: KeyringVault, entries: Entries) -> None:
    keys = KeyAhead(vault)
    entries.writing.clear()
    preparing = asyncio.create_task(keys.prepare())
    sealing = asyncio.create_task(seal(keys, WORDS))
    await asyncio.sleep(0)
    entries.writing.set()
    await preparing
    sealed = await sealing
    assert sealed is not None and len(entries.kept) == 2
    assert await unseal(vault, sealed) == WORDS


async def test_a_key_that_was_not_needed_goes(vault: KeyringVault, entries: Entries) -> None:
    keys = KeyAhead(vault)
    await keys.forget()
    await keys.prepare()
    await keys.forget()
    await keys.forget()
    assert entries.kept == {}
