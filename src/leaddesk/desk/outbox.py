"""The one outbox of every mutation: order, pending values, exactly once (house, "One outbox").

Known limit: queued notes and steps live in this process's memory only – sealed while the screen is locked
(:mod:`leaddesk.desk.sealing`) – and are
lost when the program ends. The ui says how many wait before it quits. Notes that are only begun lie beside it
(:mod:`leaddesk.desk.sending.drafts`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from leaddesk.api import errors
from leaddesk.contract.ids import LeadId
from leaddesk.contract.leads import Lead
from leaddesk.contract.problems import ProblemType
from leaddesk.desk import outcomes
from leaddesk.desk.outcomes import Ok, Outcome, Queued, Unknown, failure_of
from leaddesk.desk.sending.entries import Entry, EntryState, Kind, Side, StepConflict, new_key
from leaddesk.desk.sending.pacing import Pacing
from leaddesk.desk.sending.post import Post
from leaddesk.desk.sending.waiters import Waiters, told
from leaddesk.personal.unexpected import report
from leaddesk.store.topics import Topic

__all__ = ["Entry", "EntryState", "Kind", "Outbox", "OutboxChange", "Side", "StepConflict"]

_TAKEABLE = frozenset({EntryState.QUEUED, EntryState.CONFLICT, EntryState.REFUSED})
_REMEMBERED = 50


@dataclass(frozen=True, slots=True)
class OutboxChange:
    """Which entries changed, and whose rows are to be painted anew."""

    entry_ids: tuple[str, ...]
    subjects: tuple[str, ...]


class Outbox:
    """Holds entries until they are confirmed or taken back; :meth:`run` sends them.

    Invariants: entries of one subject are sent one after another, in order; an entry whose outcome is unknown
    is asked again with the same key until there is an answer; nobody who stops waiting stops the sending.
    """

    def __init__(self, post: Post, clock: Callable[[], datetime]) -> None:
        self._post = post
        self.clock = clock
        self._entries: dict[str, Entry] = {}
        self._confirmed: dict[str, Entry] = {}
        self._waiters = Waiters()
        self._pacing = Pacing()
        self._wake = asyncio.Event()
        self._online = True
        self._running = False
        self.sealed = 0
        self.changed: Topic[OutboxChange] = Topic()

    @property
    def waiting(self) -> int:
        """How many changes are not confirmed yet, those that lie sealed (``sealed``) included."""
        return len(self._entries) + self.sealed

    def entries(self) -> tuple[Entry, ...]:
        """Return what is not confirmed, oldest first."""
        return tuple(self._entries.values())

    def entry(self, entry_id: str) -> Entry | None:
        """Return an entry, also one confirmed lately."""
        return self._entries.get(entry_id) or self._confirmed.get(entry_id)

    def pending_step(self, lead_id: LeadId) -> str | None:
        """Return the newest step a person chose for a lead that is not confirmed yet."""
        chosen = [e for e in self._of(lead_id) if e.kind is Kind.STEP and e.under_way]
        return chosen[-1].value.reveal() if chosen and chosen[-1].value is not None else None

    def pending_notes(self, lead_id: LeadId) -> tuple[Entry, ...]:
        """Return the notes of a lead that are not confirmed yet, oldest first."""
        return tuple(entry for entry in self._of(lead_id) if entry.kind is Kind.NOTE)

    def perform(self, entry: Entry) -> Awaitable[Outcome[Any]]:
        """Take a mutation in, at once and for good, and tell whoever waits what becomes of it now.

        Without a connection a note or step stays (:class:`Queued`), anything else is not begun.
        """
        if self._online and self._running:
            answer = self._waiters.first(entry.entry_id)
            self._put(entry)
            self._wake.set()
            return answer
        if entry.queueable:
            self._put(entry)
        return told(Queued(entry.entry_id) if entry.queueable else outcomes.Offline())

    async def settled(self, entry_id: str) -> Outcome[Any]:
        """Return what becomes of an entry whose outcome was unknown; a refusal nobody hears is kept."""
        return await self._waiters.last(entry_id) if entry_id in self._entries else outcomes.Gone()

    def cancel(self, entry_id: str) -> bool:
        """Take an entry back; ``False`` when it was sent already."""
        entry = self._entries.get(entry_id)
        if entry is None or entry.state not in _TAKEABLE or entry.may_wait:
            return False
        self._drop(entry)
        self._waiters.tell(entry.entry_id, outcomes.Gone())
        return True

    def resolve(self, entry_id: str, side: Side) -> None:
        """Decide a conflict: send mine on top of theirs, or let theirs stand."""
        entry = self._entries.get(entry_id)
        if entry is None or entry.conflict is None:
            return
        if side is Side.THEIRS:
            self._drop(entry)
            return
        self._put(replace(entry.afresh(entry.serial or 0), before=entry.conflict.theirs))
        self._wake.set()

    def set_online(self, online: bool) -> None:
        """Hear of the connection; what waits is sent when it is back."""
        self._online = online
        if online:
            self._pacing.hurry()
            self._wake.set()

    def discard(self, instead: tuple[Entry, ...] = ()) -> None:
        """Forget everything: another person, or nobody, is signed in. Begin with what is given."""
        gone = self.entries()
        self._entries = {entry.entry_id: entry for entry in instead}
        self._confirmed.clear()
        self._pacing, self.sealed = Pacing(), 0
        self._wake.set()
        self._tell(*gone, *instead)

    async def run(self) -> None:
        """Send until cancelled. What was under way then counts as unknown."""
        self._running = True
        self._restart()
        try:
            async with asyncio.TaskGroup() as deliveries:
                while True:
                    self._wake.clear()
                    for entry in self._ready():
                        self._put(replace(entry, state=EntryState.SENT))
                        deliveries.create_task(self._deliver(entry))
                    await self._sleep()
        finally:
            self._running = False
            self._leave()

    def _leave(self) -> None:
        """What was sent counts as unknown, what is not to wait for another day is dropped unsent."""
        for entry in self.entries():
            waits = entry.state is EntryState.QUEUED
            if waits and not entry.queueable:
                self._drop(entry)
                self._waiters.tell(entry.entry_id, outcomes.Offline())
            else:
                self._waiters.tell(entry.entry_id, (Queued if waits else Unknown)(entry.entry_id))

    def _restart(self) -> None:
        for entry in self.entries():
            if entry.state is EntryState.SENT:
                self._put(replace(entry, state=EntryState.UNKNOWN))
        self._pacing.hurry()

    def _of(self, subject: str) -> list[Entry]:
        return [entry for entry in self._entries.values() if entry.subject == subject]

    def _ready(self) -> list[Entry]:
        if not self._online:
            return []
        found, busy, disputed = [], set[str](), set[str]()
        for entry in self._entries.values():
            free = entry.subject not in busy and not self._pacing.rests(entry.entry_id)
            if entry.kind is Kind.STEP and entry.subject in disputed:
                free = False
            if free and entry.state in {EntryState.QUEUED, EntryState.UNKNOWN}:
                found.append(entry)
            if entry.under_way:
                busy.add(entry.subject)
            if entry.state is EntryState.CONFLICT:
                disputed.add(entry.subject)
        return found

    async def _sleep(self) -> None:
        """Wait for a new entry, the connection, or the next question about an unknown outcome."""
        try:
            async with asyncio.timeout(self._pacing.next_in() if self._online else None):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _deliver(self, entry: Entry) -> None:
        try:
            answer = await self._post.send(entry)
            await self._post.take(entry, answer)
        except errors.ApiError as error:
            await self._fail(entry, error)
        except Exception as error:  # one entry's trouble is not to stop the others
            report(error)
            self._leave_unknown(entry)
        else:
            self._confirm(entry, answer)
        finally:
            self._wake.set()

    def _confirm(self, entry: Entry, answer: object) -> None:
        self._confirmed[entry.entry_id] = replace(entry, state=EntryState.CONFIRMED)
        self._drop(entry)  # who hears of it finds the entry confirmed, not gone
        while len(self._confirmed) > _REMEMBERED:
            self._confirmed.pop(next(iter(self._confirmed)))
        if isinstance(answer, Lead):
            self._raise_serials(entry.subject, answer.lead.serial)
        self._waiters.tell(entry.entry_id, Ok(answer))

    def _raise_serials(self, subject: str, serial: int) -> None:
        """Our own change raised the serial: what waits behind it was meant on top of it."""
        for later in self._of(subject):
            if later.kind is Kind.STEP and later.state is EntryState.QUEUED:
                self._entries[later.entry_id] = replace(later, serial=serial)

    async def _fail(self, entry: Entry, error: errors.ApiError) -> None:
        match error:
            case errors.Offline() | errors.Untrusted() | errors.SessionOver() | errors.Throttled():
                self._not_sent(entry, error)
            case errors.Superseded() | errors.Uncertain():
                self._leave_unknown(entry, errors.wait_of(error))
            case errors.Refused(kind=ProblemType.NETWORK_REFUSED):  # elsewhere it will be taken
                self._not_sent(entry, error)
            case errors.Refused(kind=ProblemType.STALE_SERIAL) if entry.kind is Kind.STEP:
                await self._settle(entry, error)
            case _:
                self._refuse(entry, error)

    def _leave_unknown(self, entry: Entry, at_least: float = 0.0) -> None:
        self._pause(replace(entry, state=EntryState.UNKNOWN), at_least)
        self._waiters.tell(entry.entry_id, Unknown(entry.entry_id))

    def _not_sent(self, entry: Entry, error: errors.ApiError) -> None:
        """Not sent now; one that was sent before stays unknown: it may have been done."""
        if entry.state is EntryState.UNKNOWN:
            self._pause(entry, errors.wait_of(error))
            return
        if not entry.queueable:
            self._drop(entry)
            self._waiters.tell(entry.entry_id, failure_of(error))
            return
        self._pause(replace(entry, state=EntryState.QUEUED), errors.wait_of(error))
        self._waiters.tell(entry.entry_id, Queued(entry.entry_id))

    def _refuse(self, entry: Entry, error: errors.ApiError) -> None:
        """Tell whoever waits; a refusal nobody waits for stays, with its reason, until it is put away."""
        failure = failure_of(error)
        if self._waiters.tell(entry.entry_id, failure):
            self._drop(entry)
        else:
            self._put(replace(entry, state=EntryState.REFUSED, failure=failure))

    async def _settle(self, entry: Entry, refused: errors.Refused) -> None:
        try:
            settled, lead = await self._post.settle_stale(entry)
        except errors.Refused as error:
            self._refuse(entry, error)
            return
        except errors.ApiError:
            self._pause(replace(entry, key=new_key(), state=EntryState.QUEUED))
            self._waiters.tell(entry.entry_id, Queued(entry.entry_id))
            return
        if settled.state is EntryState.CONFIRMED:
            await self._post.take(entry, lead)
            self._confirm(entry, lead)
            return
        self._put(settled)
        if settled.state is EntryState.CONFLICT:
            self._waiters.tell(entry.entry_id, outcomes.Conflict(entry.entry_id, refused.current_serial))

    def _pause(self, entry: Entry, at_least: float = 0.0) -> None:
        self._pacing.pause(entry.entry_id, at_least)
        self._put(entry)

    def _put(self, entry: Entry) -> None:
        self._entries[entry.entry_id] = entry
        self._tell(entry)

    def _drop(self, entry: Entry) -> None:
        self._entries.pop(entry.entry_id, None)
        self._pacing.forget(entry.entry_id)
        self._tell(entry)

    def _tell(self, *entries: Entry) -> None:
        ids = tuple(entry.entry_id for entry in entries)
        self.changed.publish(OutboxChange(ids, tuple({entry.subject for entry in entries})))
