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

from leaddesk.contract.ids import LeadId
from leaddesk.contract.notes import NoteRequest
from leaddesk.desk import outcomes
from leaddesk.desk.outbox import Entry, EntryState, Kind, Outbox, StepConflict
from leaddesk.desk.sealing.papers import read_drafts, read_entries, write_entries
from leaddesk.desk.sealing.safe import Opened, Safe, Stuck, Trouble
from leaddesk.desk.sending.drafts import Draft, Drafts, Unsent
from leaddesk.desk.sending.entries import wish
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.sealing.ahead import KeyAhead
from leaddesk.session.sealing.sealed import seal
from leaddesk.session.tokens import Profile
from leaddesk.session.vault import VaultNote

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WINDOW = {"search": "Meyer", "lead_id": "l-1", "route": "leads"}
BEGUN = (("l-1", Draft("Rückruf – 🙂")), ("l-2", Draft("für alle", intern=False)))


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
    """An outbox with two notes, two more begun, a vault, and the safe between them."""

    def __init__(self) -> None:
        self.outbox = Outbox(SimpleNamespace(), lambda: AT)  # type: ignore[arg-type]
        self.vault = Keys()
        self.drafts = Drafts()
        self.safe = Safe(self.outbox, self.drafts, self.vault)
        self.notes = (note("Anna anrufen"), note("Angebot", EntryState.UNKNOWN))
        self.outbox.discard(self.notes)
        self.begin(*BEGUN)
        self.windows: list[dict[str, Any]] = []
        self.late: list[bool] = []
        self.troubles: list[Trouble] = []
        self.safe.opened.subscribe(self._hear)
        self.safe.trouble.subscribe(self.troubles.append)

    def begin(self, *notes: tuple[str, Draft]) -> None:
        self.drafts.discard()
        for lead, draft in notes:
            self.drafts.put(LeadId(lead), draft)

    def empty(self) -> None:
        self.outbox.discard()
        self.drafts.discard()

    def _hear(self, opened: Opened) -> None:
        self.windows.append(opened.window)
        self.late.append(opened.late)


@pytest.fixture
def house() -> House:
    return House()


async def test_what_waits_is_gone_while_locked_and_back_after(house: House) -> None:
    assert await house.safe.close("m-1", WINDOW)
    assert house.outbox.entries() == () and house.outbox.waiting == 2
    assert house.drafts.all() == () and house.drafts.count == 2
    text = house.safe.to_text() or ""
    assert "Anna" not in str(vars(house.safe)) and not [word for word in ("Meyer", "l-1") if word in text]
    await house.safe.open(me())
    assert house.outbox.entries() == house.notes and house.outbox.waiting == 2
    assert house.drafts.all() == BEGUN and house.drafts.count == 2
    assert house.windows == [WINDOW] and house.vault.keys == {}


async def test_a_process_that_begins_anew_goes_on_with_it(house: House) -> None:
    await house.safe.close("m-1", WINDOW)
    text = house.safe.to_text()
    assert text is not None
    other = House()
    other.empty()
    other.vault.keys = house.vault.keys
    other.safe.take_over(text)
    assert (other.outbox.waiting, other.drafts.count) == (2, 2)
    await other.safe.open(me())
    assert other.outbox.entries() == house.notes and other.windows == [WINDOW]
    assert other.drafts.all() == BEGUN


async def test_another_person_gets_nothing_and_it_is_gone(house: House) -> None:
    await house.safe.close("m-1", WINDOW)
    await house.safe.open(me("m-2"))
    assert house.outbox.waiting == 0 and house.windows == [] and house.vault.keys == {}
    await house.safe.open(me())
    assert house.outbox.waiting == 0 and house.drafts.count == 0


async def test_without_a_keyring_nothing_is_lost_unless_it_was_given_up(house: House) -> None:
    house.vault.fall_silent()
    assert house.safe.would_lose() == Unsent(2, 2)
    assert not await house.safe.close("m-1", {})
    assert house.outbox.entries() == house.notes and house.drafts.all() == BEGUN
    house.safe.give_up()
    assert await house.safe.close("m-1", WINDOW)
    assert house.outbox.waiting == 0 and house.drafts.count == 0
    house.outbox.discard(house.notes)
    assert not await house.safe.close("m-1", WINDOW)  # given up once is not given up for ever


async def test_without_a_keyring_a_note_that_was_begun_is_not_lost_either(house: House) -> None:
    house.outbox.discard()
    house.vault.fall_silent()
    assert not await house.safe.close("m-1", WINDOW)
    house.drafts.discard()
    assert await house.safe.close("m-1", WINDOW)


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
    assert not house.safe.would_lose()


@pytest.mark.warns("leaddesk.desk.sealing.safe")
async def test_a_keyring_that_is_silent_at_unlock_loses_nothing(house: House) -> None:
    await house.safe.close("m-1", WINDOW)
    house.vault.fall_silent()
    await house.safe.open(me())
    assert house.outbox.entries() == () and house.outbox.waiting == 2
    assert house.troubles == [Trouble(Stuck.WAITS, 4)] and house.safe.is_closed
    house.vault.answer()
    later = note("danach")
    house.outbox.discard((later,))  # written while the keyring was silent
    house.drafts.put(LeadId("l-2"), Draft("später"))
    await house.safe.open(me(), late=True)
    assert house.outbox.entries() == (*house.notes, later)
    assert dict(house.drafts.all()) == {"l-1": BEGUN[0][1], "l-2": Draft("für alle\n\nspäter", intern=True)}
    assert house.late == [True] and not house.safe.is_closed and house.vault.keys == {}


@pytest.mark.warns("leaddesk.desk.sealing.safe")
async def test_what_two_locks_sealed_comes_back_together(house: House) -> None:
    await house.safe.close("m-1", WINDOW)
    house.vault.fall_silent()
    await house.safe.open(me())
    house.vault.answer()
    later = note("danach")
    house.outbox.discard((later,))
    house.begin(("l-1", Draft("später")))
    assert await house.safe.close("m-1", WINDOW | {"search": "Boysen"})
    text = house.safe.to_text()
    assert text is not None and (house.outbox.waiting, house.drafts.count) == (3, 3)
    other = House()
    other.empty()
    other.vault.keys = house.vault.keys
    other.safe.take_over(text)
    assert (other.outbox.waiting, other.drafts.count) == (3, 3)
    await other.safe.open(me())
    assert other.outbox.entries() == (*house.notes, later) and other.windows[0]["search"] == "Boysen"
    assert dict(other.drafts.all())["l-1"].words == "Rückruf – 🙂\n\nspäter"
    assert other.vault.keys == {} and other.drafts.count == 2


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
    assert house.troubles == [Trouble(Stuck.LOST, 4)]
    assert (
        house.drafts.count == house.outbox.waiting == 0 and not house.safe.is_closed and house.windows == []
    )


async def test_who_signs_out_leaves_neither_text_nor_key(house: House) -> None:
    await house.safe.close("m-1", WINDOW)
    await house.safe.discard()
    assert house.vault.keys == {} and house.safe.to_text() is None
    assert house.outbox.waiting == house.drafts.count == 0


FOREIGN: tuple[bytes, ...] = (
    b"", b"[]", b"{", b"null", b'{"person": "m-1", "window": [1], "entries": []}',
    *(
        json.dumps({"person": "m-1", "window": WINDOW, "entries": [], "drafts": drafts}).encode()
        for drafts in (None, 7, ["x"], [{}], [{"lead": 1, "words": "x", "intern": True}], [{"lead": "l-1"}])
    ),
)  # fmt: skip


@pytest.mark.parametrize("content", FOREIGN)
@pytest.mark.warns("leaddesk.desk.sealing.safe")
async def test_what_another_version_of_the_program_sealed_is_lost_and_nothing_more(
    house: House, content: bytes
) -> None:
    house.empty()
    sealed = await seal(KeyAhead(house.vault), content)
    assert sealed is not None
    house.safe.take_over(f"1 {sealed.to_text()}\n? {sealed.to_text()}\n1+x {sealed.to_text()}")
    assert (house.outbox.waiting, house.drafts.count) == (1, 0)
    await house.safe.open(me())
    assert house.troubles == [Trouble(Stuck.LOST, 1)] and house.drafts.count == 0 and not house.vault.keys


async def test_changes_of_a_version_that_sealed_no_begun_notes_come_back(house: House) -> None:
    content = {"person": "m-1", "window": WINDOW | {"draft": "x"}, "entries": write_entries(house.notes)}
    house.empty()
    sealed = await seal(KeyAhead(house.vault), json.dumps(content).encode())
    assert sealed is not None
    house.safe.take_over(f"2 {sealed.to_text()}")
    await house.safe.open(me())
    assert house.outbox.entries() == house.notes and house.troubles == [] and house.drafts.count == 0


@pytest.mark.parametrize("said", [None, 0, "", "false", 1])
def test_only_what_says_so_may_leave_the_house_again(said: object) -> None:
    ((_, draft),) = read_drafts([{"lead": "l-1", "words": "x", "intern": said}])
    assert draft.intern


async def test_nothing_typed_needs_no_key(house: House) -> None:
    house.empty()
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
