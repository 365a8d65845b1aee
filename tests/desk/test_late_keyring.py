"""A keyring that is slow, absent or dead at the start gives the session back when it comes (guarantee B2)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from leaddesk.desk import sign_in as room
from leaddesk.desk.outcomes import Ok, SessionOver
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.session.state import SessionState
from leaddesk.session.vault import VaultNote
from tests.desk.conftest import Office, Town
from tests.support.secret_service import Service, secret_service, swept  # noqa: F401 - a fixture

LIMIT = 30.0
"""Seconds: what a question in vain may take on a busy machine; without a limit it would take for ever."""
Step = Callable[[Service], None]
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket.*dbus:ResourceWarning")  # the library's


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A private bus; the keyring is started by the test, and its files outlive it."""
    monkeypatch.setattr(room, "_FIRST_PAUSE", 0.05)
    with secret_service(tmp_path, monkeypatch, bare=True) as found:
        yield found


async def office(town: Town, first: str | None = None) -> Office:
    """An office whose session lives in the real keyring; to keep a token it may take its time."""
    found = await town.office()
    vault = KeyringVault() if first is None else KeyringVault(seconds=LIMIT)
    found.session.vault = found.session.bearer._vault = vault
    vault.watch(found.desk.sign_in.vault_changed.publish)
    if first is not None:
        await found.sign_in(first)
        assert vault.note is VaultNote.KEPT
    return found


async def resumed(later: Office) -> asyncio.Task[object]:
    """Ask in vain, within the limit, and leave the question open."""
    began = time.monotonic()
    assert await later.desk.sign_in.resume() == SessionOver()
    assert time.monotonic() - began < LIMIT
    assert later.desk.sign_in.state.value is SessionState.SIGNED_OUT
    return asyncio.create_task(later.desk.sign_in.resume_when_kept())  # type: ignore[arg-type]


async def came_back(later: Office, question: asyncio.Task[object]) -> None:
    outcome = await asyncio.wait_for(question, 60)
    assert isinstance(outcome, Ok)
    assert later.desk.sign_in.state.value is SessionState.SIGNED_IN
    assert later.desk.sign_in.me is not None
    assert later.desk.sign_in.vault_note is VaultNote.KEPT


@pytest.mark.parametrize(
    ("goes", "comes", "note"),
    [
        (Service.kill, Service.start, VaultNote.NO_SERVICE),
        (Service.freeze, Service.thaw, VaultNote.SLOW),
        (Service.lock, Service.unlock, VaultNote.LOCKED),
    ],
    ids=["started late", "thinks for long", "unlocked late"],
)
async def test_a_keyring_that_comes_late_gives_the_session_back(
    goes: Step, comes: Step, note: VaultNote, town: Town, service: Service
) -> None:
    service.start()
    await office(town, "Maren")
    goes(service)
    later = await office(town)
    question = await resumed(later)
    assert later.desk.sign_in.vault_note is note
    await asyncio.to_thread(comes, service)
    await came_back(later, question)


async def test_a_keyring_that_comes_and_keeps_nothing_leaves_the_form(town: Town, service: Service) -> None:
    later = await office(town)
    question = await resumed(later)
    await asyncio.to_thread(service.start)
    assert await asyncio.wait_for(question, 60) == SessionOver()
    assert later.desk.sign_in.state.value is SessionState.SIGNED_OUT


async def test_somebody_who_signs_in_meanwhile_stays_signed_in(town: Town, service: Service) -> None:
    service.start()
    await office(town, "Maren")
    service.freeze()
    later = await office(town)
    question = await resumed(later)
    signing_in = asyncio.create_task(later.sign_in("Jens"))
    await asyncio.sleep(0.2)
    service.thaw()
    await asyncio.wait_for(asyncio.gather(signing_in, question), 60)
    assert later.desk.sign_in.state.value is SessionState.SIGNED_IN
    assert later.desk.sign_in.me is not None
    assert later.desk.sign_in.me.person.name == "Jens Kröger"
