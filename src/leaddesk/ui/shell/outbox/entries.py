"""Turns entries of the desk's outbox into what is shown: names instead of ids, words instead of codes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from leaddesk.contract.ids import LeadId, OfferId, ShareRequestId
from leaddesk.ui.kit.phrases import clock_time, when
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.frame_presenter import who_of
from leaddesk.ui.shell.outbox.queue_state import ConflictState, Waiting, WaitingChange

if TYPE_CHECKING:
    from leaddesk.desk.sending.entries import Entry
    from leaddesk.ui.shell.doors import Rooms

_ON_LEADS = ("note", "step", "reveal", "delete", "share")
_SHOWS_VALUE = ("note", "step")
_UNDOABLE = ("queued", "conflict", "refused")


def waiting_change(rooms: Rooms, entry: Entry, now: datetime) -> WaitingChange:
    """Return one row of the queue."""
    kind, state = entry.kind.value, entry.state.value
    shows = kind in _SHOWS_VALUE and entry.value is not None
    return WaitingChange(
        entry_id=entry.entry_id,
        kind=kind,
        subject=subject_of(rooms, kind, entry.subject),
        time=_at(entry.created_at, now),
        before=entry.before if kind == "step" else None,
        after=entry.value.reveal() if shows and entry.value is not None else None,
        state=Waiting(state),
        reason=None if entry.failure is None else text(f"outcome.{entry.failure.code}"),
        can_undo=state in _UNDOABLE and kind != "reveal",
    )


def begun_note(rooms: Rooms, lead_id: LeadId, words: str) -> WaitingChange:
    """Return a begun note as a row of the queue."""
    here = rooms.store.leads.slot_of(lead_id) is not None
    to_come = not rooms.desk.sync.progress.value.done
    return WaitingChange(
        entry_id=lead_id,
        kind="note",
        subject=subject_of(rooms, "note", lead_id),
        time=text("outbox.begun"),
        after=words,
        state=Waiting.BEGUN,
        can_undo=here or to_come,
    )


def conflict_state(rooms: Rooms, entry: Entry, now: datetime) -> ConflictState:
    """Return the question for a step that two changed. Raises ValueError for an entry without one."""
    conflict = entry.conflict
    if conflict is None:
        raise ValueError("this entry has no conflict")
    steps = rooms.desk.directory.steps(LeadId(entry.subject))
    known = conflict.mine in steps and conflict.theirs in steps
    me = rooms.desk.sign_in.me
    return ConflictState(
        entry_id=entry.entry_id,
        subject=subject_of(rooms, "step", entry.subject),
        mine=conflict.mine,
        theirs=conflict.theirs,
        mine_at=_at(conflict.mine_at, now),
        theirs_at=None if conflict.theirs_at is None else _at(conflict.theirs_at, now),
        my_name="" if me is None else who_of(me).name,
        their_name=None if conflict.theirs_by is None else conflict.theirs_by.reveal(),
        notes=len(rooms.desk.outbox.pending_notes(LeadId(entry.subject))),
        positions=(_position(steps, conflict.mine), _position(steps, conflict.theirs)) if known else None,
    )


def subject_of(rooms: Rooms, kind: str, subject: str) -> str:
    """Return whom or what a change is about; a dash when it is gone from memory."""
    store, found = rooms.store, None
    if kind in _ON_LEADS:
        slot = store.leads.slot_of(LeadId(subject))
        lead = None if slot is None else store.leads.get(slot)
        found = None if lead is None else lead.name or lead.company or lead.topic
    elif kind in ("accept", "decline"):
        offer = store.offers.get(OfferId(subject))
        found = None if offer is None else offer.market_name
    else:
        request = store.shares.get(ShareRequestId(subject))
        found = None if request is None else request.lead_name
    return found or text("outbox.unknown_subject")


def _at(then: datetime, now: datetime) -> str:
    """Return the time of today, and the day of what was before."""
    today = then.astimezone().date() == now.astimezone().date()
    return clock_time(then) if today else when(then, now)


def _position(steps: tuple[str, ...], step: str) -> tuple[int, int]:
    return steps.index(step), len(steps)
