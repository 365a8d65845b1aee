"""Sends notes, and keeps a begun one with its lead: whoever comes back to the lead finds it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from leaddesk.contract.ids import LeadId
from leaddesk.desk.desk import Desk
from leaddesk.desk.outcomes import Ok, Outcome, Queued, Unknown
from leaddesk.desk.sending.drafts import Draft
from leaddesk.personal.masked import Personal
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.leads.detail.view import LeadDetailView

_TAKEN = (Ok, Queued, Unknown)


class Noting:
    """Follows the lead that is shown.

    Invariant: a note's words stand in the field and among the begun ones, or are on their way; a note that is
    refused is a begun one again, whichever lead is shown by then.
    """

    def __init__(
        self, view: LeadDetailView, desk: Desk, tasks: TaskScope, tell: Callable[[Outcome[Any]], object]
    ) -> None:
        self._view, self._desk, self._tasks, self._tell = view, desk, tasks, tell
        self._lead_id: LeadId | None = None
        self._written: list[tuple[LeadId, Draft]] = []
        self._subscription = desk.drafts.changed.subscribe(self._changed)
        view.note_written.connect(self._write)
        view.draft_changed.connect(self._keep)

    def show(self, lead_id: LeadId | None) -> None:
        """Follow another lead, or none; call when the view shows it, with its field empty."""
        self._lead_id = lead_id
        draft = None if lead_id is None else self._desk.drafts.of(lead_id)
        if draft is not None:
            self._view.set_draft(draft.words, intern=draft.intern)

    def close(self) -> None:
        """Follow nothing any more. What waits behind a slow answer and is in no outbox yet is begun again."""
        self._subscription.close()
        while self._written:
            self._desk.drafts.bring_back(*self._written.pop())

    def _changed(self, lead_id: LeadId) -> None:
        if lead_id == self._lead_id:
            self.show(lead_id)

    def _keep(self, words: str, intern: bool) -> None:
        if self._lead_id is not None:
            self._desk.drafts.put(self._lead_id, Draft(words, intern))

    def _write(self, words: str, intern: bool) -> None:
        if self._lead_id is not None:
            self._written.append((self._lead_id, Draft(words, intern)))
            self._tasks.queue("note", self._send)

    async def _send(self) -> None:
        """Send the note that was written first; it is in the outbox before anything is waited for."""
        lead_id, draft = self._written.pop(0)
        outcome = await self._desk.leads.add_note(lead_id, Personal(draft.words), intern=draft.intern)
        if not isinstance(outcome, _TAKEN):
            self._desk.drafts.bring_back(lead_id, draft)
        self._tell(outcome)
