"""The vault on a real Secret Service: kept, locked, killed, absent (guarantees B1, B2)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from leaddesk.desk.account import keeping
from leaddesk.personal.masked import Secret
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.session.tokens import Profile
from leaddesk.session.vault import VaultNote
from tests.support.secret_service import ILLS, Service, secret_service, swept  # noqa: F401 - a fixture

ADDRESS = "https://api.example"
PATIENCE = 60.0
PROFILE = Profile("leaddesk-test-profile", ADDRESS, Secret("token"))


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """An unlocked keyring on a private bus."""
    with secret_service(tmp_path, monkeypatch) as found:
        found.start()
        yield found


@pytest.fixture
def nobody_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A private bus on which a keyring may appear."""
    with secret_service(tmp_path, monkeypatch, bare=True) as found:
        yield found


async def test_a_profile_outlives_the_vault(service: Service) -> None:
    await KeyringVault(seconds=PATIENCE).store(PROFILE)
    later = KeyringVault(seconds=PATIENCE)
    assert await later.load(ADDRESS) == PROFILE
    assert later.note is VaultNote.KEPT
    await later.remove(PROFILE)
    assert await KeyringVault(seconds=PATIENCE).load(ADDRESS) is None


async def test_attributes_and_labels_name_nobody(service: Service) -> None:
    await KeyringVault(seconds=PATIENCE).store(PROFILE)
    dump = await asyncio.to_thread(attributes)
    assert "leaddesk-test-profile" in dump
    assert "@" not in dump.replace("'@'", "")
    assert "token" not in dump


async def test_a_killed_keyring_is_noticed_and_holds_nobody_up(service: Service) -> None:
    vault = KeyringVault()
    await vault.store(PROFILE)
    service.kill()
    async with asyncio.timeout(PATIENCE):
        await vault.store(Profile(PROFILE.profile_id, ADDRESS, Secret("newer")))
    assert vault.note is not VaultNote.KEPT


async def test_a_locked_keyring_without_a_prompt_is_a_note(service: Service) -> None:
    vault = KeyringVault()
    await vault.store(PROFILE)
    service.lock()
    async with asyncio.timeout(PATIENCE):
        assert await KeyringVault().load(ADDRESS) is None


@pytest.mark.parametrize("address", ["", "unix:path=/nonexistent/bus", "unix:abstract=nobody"])
async def test_without_a_bus_the_session_goes_on_in_memory(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    vault = KeyringVault()
    async with asyncio.timeout(PATIENCE):
        await vault.store(PROFILE)
    assert vault.note in {VaultNote.NO_SERVICE, VaultNote.SLOW}


async def test_a_keyring_that_appears_later_is_picked_up(nobody_yet: Service) -> None:
    vault = KeyringVault(seconds=PATIENCE)
    await vault.store(PROFILE)
    assert vault.note is VaultNote.NO_SERVICE
    nobody_yet.start()
    await vault.store(Profile(PROFILE.profile_id, ADDRESS, Secret("newer")))
    assert vault.note is VaultNote.KEPT
    found = await KeyringVault(seconds=PATIENCE).load(ADDRESS)
    assert found is not None
    assert found.refresh == Secret("newer")


@pytest.mark.parametrize("ill", ILLS)
async def test_what_could_not_be_removed_goes_once_the_keyring_is_well_whoever_is_signed_in(
    nobody_yet: Service, monkeypatch: pytest.MonkeyPatch, ill: str
) -> None:
    monkeypatch.setattr(keeping, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(keeping, "LONGEST_PAUSE", 0.2)
    nobody_yet.start()
    vault = KeyringVault(seconds=PATIENCE)
    work = asyncio.create_task(keeping.Keeping(vault).run())
    await vault.store(PROFILE)
    mend = nobody_yet.falls_ill(ill)
    await vault.remove(PROFILE)
    assert vault.doomed == {PROFILE.profile_id} and vault.note is not VaultNote.KEPT
    other = Profile("leaddesk-test-other", ADDRESS, Secret("another"))
    await vault.store(other)
    await asyncio.to_thread(mend)
    async with asyncio.timeout(PATIENCE):
        while vault.doomed:  # noqa: ASYNC110 - the vault tells of notes, not of this
            await asyncio.sleep(0.02)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    later = KeyringVault(seconds=PATIENCE)
    assert await later.names() == (other.profile_id,)
    assert await later.read(PROFILE.profile_id) is None and await later.load(ADDRESS) == other
    assert "leaddesk-test-profile" not in await asyncio.to_thread(attributes)


def attributes() -> str:
    """Everything of the entries but the secrets."""
    import secretstorage

    with contextlib.closing(secretstorage.dbus_init()) as bus:
        found = secretstorage.get_default_collection(bus).get_all_items()
        return repr([(item.get_label(), item.get_attributes()) for item in found])
