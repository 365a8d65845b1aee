"""Working leads: read one, move it, note something, delete it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from pydantic import ValidationError

from leaddesk.api.client import ApiClient
from leaddesk.api.history import list_disclosures, list_history
from leaddesk.api.leads import read_lead
from leaddesk.api.notes import list_notes
from leaddesk.contract.history import Disclosure, HistoryEntry
from leaddesk.contract.ids import LeadId
from leaddesk.contract.leads import Lead, StepChangeRequest
from leaddesk.contract.notes import Note, NoteRequest
from leaddesk.desk.mirror.touched import LeadTouched, Touch, row_of
from leaddesk.desk.outbox import Outbox
from leaddesk.desk.outcomes import Gone, Ok, Outcome, Reason, Refused, Unknown, outcome_of
from leaddesk.desk.sending.entries import EntryState, Kind, wish
from leaddesk.desk.sending.waiters import told
from leaddesk.personal.masked import Personal
from leaddesk.store.store import Store
from leaddesk.store.topics import Topic

__all__ = ["LeadTouched", "Leads", "Touch"]


class Leads:
    """The clerk for one lead at a time. ``touched`` says what an open lead has to read again."""

    def __init__(self, client: ApiClient, store: Store, outbox: Outbox, touched: Topic[LeadTouched]) -> None:
        self._client = client
        self._store = store
        self._outbox = outbox
        self.touched = touched
        self.clock: Callable[[], datetime] = outbox.clock

    async def detail(self, lead_id: LeadId) -> Outcome[Lead]:
        """Read a lead in full; its row is refreshed on the way."""
        outcome = await outcome_of(read_lead(self._client, lead_id))
        if isinstance(outcome, Ok):
            self._store.leads.upsert(row_of(outcome.value))
        return outcome

    async def notes(self, lead_id: LeadId) -> Outcome[tuple[Note, ...]]:
        """Read the journal, newest first."""
        return await outcome_of(list_notes(self._client, lead_id))

    async def history(self, lead_id: LeadId) -> Outcome[tuple[HistoryEntry, ...]]:
        """Read what happened, newest first."""
        return await outcome_of(list_history(self._client, lead_id))

    async def disclosures(self, lead_id: LeadId) -> Outcome[tuple[Disclosure, ...]]:
        """Read who received the lead, newest first."""
        return await outcome_of(list_disclosures(self._client, lead_id))

    def change_step(self, lead_id: LeadId, step: str) -> Awaitable[Outcome[Lead]]:
        """Move a lead, on top of a move that is still waiting; it is in the outbox whoever waits for it."""
        slot = self._store.leads.slot_of(lead_id)
        if slot is None:
            return told(Gone())
        lead = self._store.leads.get(slot)
        try:
            request = StepChangeRequest(step=step)
        except ValidationError:
            return told(Refused(Reason.INVALID, "step"))
        entry = replace(
            wish(Kind.STEP, lead_id, self.clock(), request),
            value=Personal(step),
            before=self._outbox.pending_step(lead_id) or lead.step or None,
            serial=lead.serial,
        )
        return self._outbox.perform(entry)

    def add_note(
        self, lead_id: LeadId, text: Personal[str], *, intern: bool = True
    ) -> Awaitable[Outcome[Note]]:
        """Write into the journal; internal notes never cross to another tenant.

        It is in the outbox whoever waits for it.
        """
        try:
            request = NoteRequest(text=text.reveal(), intern=intern)
        except ValidationError:
            return told(Refused(Reason.INVALID, "text"))
        entry = wish(Kind.NOTE, lead_id, self.clock(), request)
        return self._outbox.perform(replace(entry, value=Personal(request.text), intern=intern))

    async def reveal(self, lead_id: LeadId, *, offline: bool) -> Outcome[None]:
        """Ask to see masked fields: they may be seen after ``Ok``, which means that it is on record (A8).

        ``offline``: without a connection too; then ``Queued`` lets them be seen and the record follows. An
        unknown outcome is waited for.
        """
        entry = replace(wish(Kind.REVEAL, lead_id, self.clock()), may_wait=offline)
        outcome = await self._outbox.perform(entry)
        return await self._outbox.settled(entry.entry_id) if isinstance(outcome, Unknown) else outcome

    async def delete(self, lead_id: LeadId) -> Outcome[None]:
        """Delete for ever, here and at every partner (measure A9)."""
        return await self._outbox.perform(wish(Kind.DELETE, lead_id, self.clock()))

    async def undo(self, entry_id: str) -> Outcome[None]:
        """Take back what waits, or move a confirmed step back. A sent note stays."""
        if self._outbox.cancel(entry_id):
            return Ok(None)
        entry = self._outbox.entry(entry_id)
        if entry is None or entry.state is not EntryState.CONFIRMED or entry.before is None:
            return Refused(Reason.INVALID)
        moved = await self.change_step(LeadId(entry.subject), entry.before)
        return Ok(None) if isinstance(moved, Ok) else moved
