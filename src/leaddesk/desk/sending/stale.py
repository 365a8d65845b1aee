"""A step was refused because the lead has changed: is there a conflict, and with whom?"""

from __future__ import annotations

from dataclasses import replace

from leaddesk.api.client import ApiClient
from leaddesk.api.history import list_history
from leaddesk.api.leads import read_lead
from leaddesk.contract.history import HistoryEntry
from leaddesk.contract.ids import LeadId
from leaddesk.contract.leads import Lead
from leaddesk.desk.mirror.touched import row_of
from leaddesk.desk.sending.entries import Entry, EntryState, StepConflict
from leaddesk.personal.masked import Personal
from leaddesk.store.store import Store

_STEP_KINDS = frozenset({"step-changed", "partner-step-changed"})


async def settle_stale(client: ApiClient, store: Store, entry: Entry) -> tuple[Entry, Lead]:
    """Read the lead's state and return the entry as it goes on, with the lead.

    Nobody touched the step: it is sent again on the new serial. Somebody chose the same: it is confirmed.
    Otherwise both versions are put side by side. Raises :class:`~leaddesk.api.errors.ApiError`.
    """
    lead = await read_lead(client, LeadId(entry.subject))
    theirs = lead.commission.step if lead.commission is not None else None
    mine = entry.value.reveal() if entry.value is not None else ""
    if theirs is not None and theirs == mine:
        return replace(entry, state=EntryState.CONFIRMED, serial=lead.lead.serial), lead
    if theirs == entry.before or theirs is None:
        return entry.afresh(lead.lead.serial), lead
    change = _last_step(await list_history(client, LeadId(entry.subject)))
    store.leads.upsert(row_of(lead))
    conflict = StepConflict(
        mine=mine,
        theirs=theirs,
        theirs_by=None if change is None else Personal(change.originator.name),
        theirs_at=None if change is None else change.at,
        mine_at=entry.created_at,
    )
    return replace(entry, state=EntryState.CONFLICT, conflict=conflict, serial=lead.lead.serial), lead


def _last_step(history: tuple[HistoryEntry, ...]) -> HistoryEntry | None:
    return next((change for change in history if change.kind in _STEP_KINDS), None)
