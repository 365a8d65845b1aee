"""The safe gives back to the same person what waited, whole, and to nobody else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from leaddesk.contract.notes import NoteRequest
from leaddesk.desk import outcomes
from leaddesk.desk.outbox import Entry, EntryState, Kind, Outbox, StepConflict
from leaddesk.desk.sealing.papers import read_entries, write_entries
from leaddesk.desk.sealing.safe import Opened, Safe, Stuck, Trouble
from leaddesk.desk.sending.entries import wish
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.tokens import Profile
from leaddesk.session.vault import VaultNote

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WINDOW = {"search": "Meyer", "lead_id": "l-1", "route": "leads", "draft": "Rückruf – 🙂"}


class Keys(MemoryVault):
    """A vault that keeps keys, as a keyring does, until it is ``silent``."""

    note = VaultNote.KEPT

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, Secret] = {}

    def fall_silent(self) -> None:
        self.note = VaultNote.SLOW

    def answer(self) -> None:
        self.note = VaultNote.KEPT

    async def put_aside(self, key: Secret) -> str | None:
        if self.note is not VaultNote.KEPT:
            return None
        self.keys[f"k{len(self.keys)}"] = key
        return f"k{len(self.keys) - 1}"

    async def look_up(self, name: str) -> Secret | None:
        return self.keys.get(name) if self.note is VaultNote.KEPT else None

    async def remove(self, profile: Profile) -> None:
        self.keys.pop(profile.profile_id, None)


def note(words: str, state: EntryState = EntryState.QUEUED) -> Entry:
    entry = wish(Kind.NOTE, "l-1", AT, NoteRequest(text=words, intern=False))
    return replace(entry, value=Personal(words), intern=False, state=state)


def me(person: str = "m-1") -> Any:
    return SimpleNamespace(person=SimpleNamespace(member_id=person))


class House:
    """An outbox with two notes, a vault, and the safe between them."""

    def __init__(self) -> None:
        self.outbox = Outbox(SimpleNamespace(), lambda: AT)  # type: ignore[arg-type]
        self.vault = Keys()
        self.safe = Safe(self.outbox, self.vault)
        self.notes = (note("Anna anrufen"), note("Angebot", EntryState.UNKNOWN))
        self.outbox.discard(self.notes)
        self.windows: list[dict[str, Any]] = []
        self.late: list[bool] = []
        self.troubles: list[Trouble] = []
        self.safe.opened.subscribe(self._hear)
        self.safe.trouble.subscribe(self.troubles.append)

    def _hear(self, opened: Opened) -> None:
        self.windows.append(opened.window)
        self.late.append(opened.late)


@pytest.fixture
def house() -> House:
    return House()


async def test_what_waits_is_gone_while_locked_and_back_after(house: House) -> None:
    assert await house.safe.close("m-1", WINDOW)
    assert house.outbox.entries() == () and house.outbox.waiting == 2
    assert "Anna" not in str(vars(house.safe)) and "Meyer" not in (house.safe.to_text() or "")
    await house.safe.open(me())
    assert house.outbox.entries() == house.notes and house.outbox.waiting == 2
    assert house.windows == [WINDOW] and house.vault.keys == {}


async def test_a_process_that_begins_anew_goes_on_with_it(house: House) -> None:
    await house.safe.close("m-1", WINDOW)
    text = house.safe.to_text()
    assert text is not None
    other = House()
    other.outbox.discard()
    other.vault.keys = house.vault.keys
    other.safe.take_over(text)
    assert other.outbox.waiting == 2
    await other.safe.open(me())
    assert other.outbox.entries() == house.notes and other.windows == [WINDOW]


async def test_another_person_gets_nothing_and_it_is_gone(house: House) -> None:
    await house.safe.close("m-1", WINDOW)
    await house.safe.open(me("m-2"))
    assert house.outbox.waiting == 0 and house.windows == [] and house.vault.keys == {}
    await house.safe.open(me())
    assert house.outbox.waiting == 0


async def test_without_a_keyring_nothing_is_lost_unless_it_was_given_up(house: House) -> None:
    house.vault.fall_silent()
    assert house.safe.would_lose() == 2 and house.safe.would_lose(begun=1) == 3
    assert not await house.safe.close("m-1", {})
    assert house.outbox.entries() == house.notes
    house.safe.give_up()
    assert await house.safe.close("m-1", WINDOW)
    assert house.outbox.waiting == 0
    house.outbox.discard(house.notes)
    assert not await house.safe.close("m-1", WINDOW)  # given up once is not given up for ever


async def test_without_a_keyring_a_note_that_was_begun_is_not_lost_either(house: House) -> None:
    house.outbox.discard()
    house.vault.fall_silent()
    assert not await house.safe.close("m-1", WINDOW)
    assert await house.safe.close("m-1", WINDOW | {"draft": ""})


async def test_a_lock_while_a_slow_keyring_is_read_loses_nothing(house: House) -> None:
    await house.safe.close("m-1", WINDOW)
    reads, asked = asyncio.Event(), house.vault.look_up

    async def slow(name: str) -> Secret | None:
        await reads.wait()
        return await asked(name)

    house.vault.look_up = slow  # type: ignore[method-assign]
    opening = asyncio.create_task(house.safe.open(me(), late=True))
    await asyncio.sleep(0)
    assert await house.safe.close("m-1", {})
    text = house.safe.to_text()
    reads.set()
    await opening
    assert text is not None and house.safe.to_text() == text and house.outbox.entries() == ()
    await house.safe.open(me())
    assert house.outbox.entries() == house.notes and house.vault.keys == {}


async def test_where_a_keyring_is_a_lock_costs_nothing(house: House) -> None:
    assert house.safe.would_lose() == 0


@pytest.mark.warns("leaddesk.desk.sealing.safe")
async def test_a_keyring_that_is_silent_at_unlock_loses_nothing(house: House) -> None:
    await house.safe.close("m-1", WINDOW)
    house.vault.fall_silent()
    await house.safe.open(me())
    assert house.outbox.entries() == () and house.outbox.waiting == 2
    assert house.troubles == [Trouble(Stuck.WAITS, 2)] and house.safe.is_closed
    house.vault.answer()
    later = note("danach")
    house.outbox.discard((later,))  # written while the keyring was silent
    await house.safe.open(me(), late=True)
    assert house.outbox.entries() == (*house.notes, later)
    assert house.late == [True] and not house.safe.is_closed and house.vault.keys == {}


@pytest.mark.warns("leaddesk.desk.sealing.safe")
async def test_what_two_locks_sealed_comes_back_together(house: House) -> None:
    await house.safe.close("m-1", WINDOW)
    house.vault.fall_silent()
    await house.safe.open(me())
    house.vault.answer()
    house.outbox.discard((note("danach"),))
    assert await house.safe.close("m-1", WINDOW | {"search": "Boysen"})
    text = house.safe.to_text()
    assert text is not None and house.outbox.waiting == 3
    other = House()
    other.outbox.discard()
    other.vault.keys = house.vault.keys
    other.safe.take_over(text)
    assert other.outbox.waiting == 3
    await other.safe.open(me())
    assert len(other.outbox.entries()) == 3 and other.windows[-1]["search"] == "Boysen"
    assert other.vault.keys == {}


def spoil_key(house: House) -> None:
    house.vault.keys["k0"] = Secret("AAAA")


def spoil_text(house: House) -> None:
    text = house.safe.to_text() or ""
    house.safe._lots.clear()
    house.safe.take_over(text[:-8] + "AAAAAAA=")


def lose_key(house: House) -> None:
    house.vault.keys.clear()


@pytest.mark.parametrize("spoil", [spoil_key, spoil_text, lose_key])
@pytest.mark.warns("leaddesk.desk.sealing.safe")
async def test_what_cannot_be_opened_is_said_to_be_lost_and_is_gone(
    house: House, spoil: Callable[[House], None]
) -> None:
    await house.safe.close("m-1", WINDOW)
    spoil(house)
    await house.safe.open(me())
    assert house.troubles == [Trouble(Stuck.LOST, 2)]
    assert house.outbox.waiting == 0 and not house.safe.is_closed and house.windows == []


async def test_who_signs_out_leaves_neither_text_nor_key(house: House) -> None:
    await house.safe.close("m-1", WINDOW)
    await house.safe.discard()
    assert house.vault.keys == {} and house.outbox.waiting == 0 and house.safe.to_text() is None


async def test_nothing_typed_needs_no_key(house: House) -> None:
    house.outbox.discard()
    assert await house.safe.close("m-1", {})
    assert house.vault.keys == {} and house.safe.to_text() is None


FAILURES = (
    *(outcomes.Offline(), outcomes.Unknown("e"), outcomes.Conflict("e", 4), outcomes.Gone()),
    *(outcomes.Unavailable(3.5), outcomes.Untrusted(), outcomes.SessionOver()),
    outcomes.Refused(outcomes.Reason.INVALID, "text", "short", 2.0),
)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_every_reason_is_written_and_read(failure: outcomes.Failure) -> None:
    entry = replace(note("x", EntryState.REFUSED), failure=failure)
    assert read_entries(json.loads(json.dumps(write_entries([entry])))) == (entry,)


def test_a_conflict_is_written_and_read_whole() -> None:
    conflict = StepConflict("Angebot", "Kontakt", Personal("Jens Kröger"), AT, AT)
    entry = replace(note("x", EntryState.CONFLICT), conflict=conflict, before="Neu", serial=7)
    assert read_entries(json.loads(json.dumps(write_entries([entry])))) == (entry,)


def test_what_was_under_way_is_unknown_afterwards() -> None:
    (read,) = read_entries(write_entries([note("x", EntryState.SENT)]))
    assert read.state is EntryState.UNKNOWN


def test_no_field_of_an_entry_is_forgotten() -> None:
    assert {field.name for field in fields(Entry)} == set(write_entries([note("x")])[0])
