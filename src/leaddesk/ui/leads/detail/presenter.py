"""Runs the lead detail: reads the store and the clerks, renders, passes on what a person did."""

from __future__ import annotations

from dataclasses import replace

from leaddesk.contract.ids import LeadId
from leaddesk.contract.people import Right
from leaddesk.desk.desk import Desk
from leaddesk.desk.leads import LeadTouched, Touch
from leaddesk.desk.outbox import OutboxChange
from leaddesk.desk.outcomes import Gone, Ok, Outcome
from leaddesk.personal.masked import Personal
from leaddesk.store.leads.view import LeadView
from leaddesk.store.store import Store
from leaddesk.ui.kit.presenting.outcome_words import sentence
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.delete_dialog import DeleteDialog
from leaddesk.ui.leads.detail import composition
from leaddesk.ui.leads.detail.state import Allowed, LeadDetailState, NoteLine, Presence, StepState
from leaddesk.ui.leads.detail.view import LeadDetailView


class LeadDetailPresenter:
    """Keeps one lead on the screen true while it changes.

    Invariant: an answer for a lead that is not shown any more is dropped.
    """

    def __init__(self, view: LeadDetailView, desk: Desk, store: Store, around: Surroundings) -> None:
        self._view, self._desk, self._store, self._around = view, desk, store, around
        self._tasks = TaskScope(around.on_error)
        self._state: LeadDetailState | None = None
        self._subscriptions = (
            desk.leads.touched.subscribe(self._touched),
            desk.outbox.changed.subscribe(self._outbox_changed),
        )
        view.note_written.connect(self._write_note)
        view.step_requested.connect(self._change_step)
        view.delete_requested.connect(self._ask_delete)
        view.copy_requested.connect(self._copy)

    def open(self, lead_id: str) -> None:
        """Show a lead at once from memory, then its journal, history and recipients as they come."""
        self._state = LeadDetailState(LeadId(lead_id), self._around.clock())
        self._compose()
        self._tasks.latest("load", self._load)

    def close(self) -> None:
        """Stop hearing and working; idempotent."""
        self._tasks.close()
        for subscription in self._subscriptions:
            subscription.close()

    def _lead(self, lead_id: LeadId) -> LeadView | None:
        slot = self._store.leads.slot_of(lead_id)
        return None if slot is None else self._store.leads.get(slot)

    def _compose(self) -> None:
        """Render the shown lead from the store, keeping what the clerks answered so far."""
        if self._state is None:
            return
        lead = self._lead(self._state.lead_id)
        if lead is None:
            self._state = LeadDetailState(self._state.lead_id, self._around.clock(), Presence.GONE)
        else:
            copyable = frozenset(value for value in (lead.phone, lead.email) if value)
            self._state = replace(
                self._state,
                now=self._around.clock(),
                name=composition.name_of(lead),
                subtitle=composition.subtitle_of(lead),
                owner=self._foreign_owner(lead),
                step=self._step(lead),
                contact=composition.field_lines(lead.prospect, copyable),
                interest=composition.field_lines(lead.interest, copyable),
                quotes=composition.quotes([*lead.prospect, *lead.interest]),
                allowed=self._allowed(lead),
            )
        self._view.render_state(self._with_pending(self._state))

    def _is_own(self, lead: LeadView) -> bool:
        me = self._desk.sign_in.me
        return me is not None and lead.owner == me.tenant.urn

    def _foreign_owner(self, lead: LeadView) -> str | None:
        return None if self._is_own(lead) else self._desk.directory.name_of(lead.owner)

    def _allowed(self, lead: LeadView) -> Allowed:
        own = self._is_own(lead)
        shares = self._desk.sign_in.can("sharing") and bool(self._desk.directory.markets())
        return Allowed(
            write=self._desk.may(Right.LEAD_WRITE),
            share=own and shares and self._desk.may(Right.LEAD_SHARE),
            delete=own and self._desk.sign_in.can("deletion") and self._desk.may(Right.LEAD_DELETE),
        )

    def _step(self, lead: LeadView) -> StepState:
        pending = self._desk.outbox.pending_step(lead.lead_id)
        steps = self._desk.directory.steps(lead.lead_id)
        return StepState(steps, pending or lead.step or None, pending is not None)

    def _with_pending(self, state: LeadDetailState) -> LeadDetailState:
        waiting = tuple(
            NoteLine(
                text("lead_detail.you"), entry.value.reveal(), entry.created_at, entry.intern, pending=True
            )
            for entry in reversed(self._desk.outbox.pending_notes(state.lead_id))
            if entry.value is not None
        )
        return replace(state, notes=waiting + state.notes)

    async def _load(self) -> None:
        if self._state is None:
            return
        lead_id = self._state.lead_id
        await self._load_notes(lead_id)
        await self._load_history(lead_id)
        await self._load_recipients(lead_id)

    def _shows(self, lead_id: LeadId) -> LeadDetailState | None:
        return self._state if self._state is not None and self._state.lead_id == lead_id else None

    async def _load_notes(self, lead_id: LeadId) -> None:
        outcome = await self._desk.leads.notes(lead_id)
        if (state := self._shows(lead_id)) and isinstance(outcome, Ok):
            self._state = replace(state, notes=composition.note_lines(outcome.value))
            self._compose()

    async def _load_history(self, lead_id: LeadId) -> None:
        outcome = await self._desk.leads.history(lead_id)
        if (state := self._shows(lead_id)) and isinstance(outcome, Ok):
            self._state = replace(state, history=composition.history_lines(outcome.value))
            self._compose()

    async def _load_recipients(self, lead_id: LeadId) -> None:
        lead = self._lead(lead_id)
        if lead is None or not self._is_own(lead):
            return
        outcome = await self._desk.leads.disclosures(lead_id)
        if (state := self._shows(lead_id)) and isinstance(outcome, Ok):
            self._state = replace(state, recipients=composition.recipient_lines(outcome.value))
            self._compose()

    def _touched(self, touched: LeadTouched) -> None:
        if self._shows(touched.lead_id) is None:
            return
        self._compose()
        if touched.what is not Touch.GONE:
            self._tasks.latest("load", self._load)

    def _outbox_changed(self, change: OutboxChange) -> None:
        if self._state is not None and self._state.lead_id in change.subjects:
            self._compose()

    def _write_note(self, words: str, intern: bool) -> None:
        if self._state is not None:
            lead_id, note = self._state.lead_id, Personal(words)
            self._tasks.queue("note", lambda: self._send_note(lead_id, note, intern))

    async def _send_note(self, lead_id: LeadId, note: Personal[str], intern: bool) -> None:
        self._tell(await self._desk.leads.add_note(lead_id, note, intern=intern))

    def _change_step(self, step: str) -> None:
        if self._state is not None:
            lead_id = self._state.lead_id
            self._tasks.queue("step", lambda: self._send_step(lead_id, step))

    async def _send_step(self, lead_id: LeadId, step: str) -> None:
        self._tell(await self._desk.leads.change_step(lead_id, step))

    def _ask_delete(self) -> None:
        state = self._state
        if state is None:
            return
        partners = max((line.count for line in state.recipients or ()), default=0)
        dialog = DeleteDialog(self._around.window, state.name, partners)
        dialog.delete_confirmed.connect(lambda: self._delete(state.lead_id))
        dialog.open()

    def _delete(self, lead_id: LeadId) -> None:
        self._tasks.once("delete", lambda: self._send_delete(lead_id))

    async def _send_delete(self, lead_id: LeadId) -> None:
        outcome = await self._desk.leads.delete(lead_id)
        if isinstance(outcome, Ok):
            self._around.toasts.show_toast(text("lead_detail.deleted_toast"))
        self._tell(outcome)

    def _tell(self, outcome: Outcome[object]) -> None:
        words = sentence(outcome)
        if words is not None and not isinstance(outcome, Gone):
            self._around.toasts.show_toast(words)

    def _copy(self, value: str) -> None:
        self._around.clipboard.copy(value)
        self._around.toasts.show_toast(text("lead_detail.copied"))
