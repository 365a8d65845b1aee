"""Runs the lead detail: reads the store and the clerks, renders, passes on what a person did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from shiboken6 import isValid

from leaddesk.contract.attachments import Attachment
from leaddesk.contract.history import Disclosure, HistoryEntry
from leaddesk.contract.ids import LeadId
from leaddesk.contract.leads import Lead
from leaddesk.contract.notes import Note
from leaddesk.contract.people import Right
from leaddesk.desk.desk import Desk
from leaddesk.desk.leads import LeadTouched
from leaddesk.desk.outbox import OutboxChange
from leaddesk.desk.outcomes import Conflict, Gone, Offline, Ok, Outcome
from leaddesk.desk.sync import Connection, Progress
from leaddesk.store.leads.changes import Changed
from leaddesk.store.leads.view import LeadView
from leaddesk.store.store import Store
from leaddesk.ui.kit.phrases import DASH
from leaddesk.ui.kit.presenting.outcome_words import sentence
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.attachments.attaching import Attaching
from leaddesk.ui.leads.delete_dialog import DeleteDialog
from leaddesk.ui.leads.detail import composition
from leaddesk.ui.leads.detail.note.noting import Noting
from leaddesk.ui.leads.detail.reaching import Reaching
from leaddesk.ui.leads.detail.revealing import Revealing
from leaddesk.ui.leads.detail.state import Allowed, LeadDetailState, Presence, StepState
from leaddesk.ui.leads.detail.view import LeadDetailView

T = TypeVar("T")
Question = Callable[[LeadId], Awaitable[Outcome[T]]]
Keep = Callable[[LeadDetailState, T], LeadDetailState]


def _attachments(state: LeadDetailState, files: tuple[Attachment, ...]) -> LeadDetailState:
    return replace(state, attachments=files)


def _notes(state: LeadDetailState, notes: tuple[Note, ...]) -> LeadDetailState:
    return replace(state, notes=composition.note_lines(notes))


def _history(state: LeadDetailState, entries: tuple[HistoryEntry, ...]) -> LeadDetailState:
    return replace(state, history=composition.history_lines(entries))


def _recipients(state: LeadDetailState, given: tuple[Disclosure, ...]) -> LeadDetailState:
    return replace(state, recipients=composition.recipient_lines(given))


class LeadDetailPresenter:
    """Keeps one lead on the screen true while it changes.

    Invariant: an answer for a lead that is not shown any more is dropped.
    """

    def __init__(self, view: LeadDetailView, desk: Desk, store: Store, around: Surroundings) -> None:
        self._view, self._desk, self._store, self._around = view, desk, store, around
        self._tasks = TaskScope(around.on_error)
        self._state: LeadDetailState | None = None
        self._question: DeleteDialog | None = None
        self._subscriptions = (
            desk.leads.touched.subscribe(self._touched),
            desk.outbox.changed.subscribe(self._outbox_changed),
            desk.sync.connection.changed.subscribe(self._connection_changed),
            desk.sync.progress.changed.subscribe(self._went_on),
            store.leads.changes.subscribe(self._shelved),
        )
        view.step_requested.connect(self._change_step)
        view.delete_requested.connect(self._ask_delete)
        self._noting = Noting(view, desk, self._tasks, self._tell)
        self._reaching = Reaching(around, self._tasks)
        self._revealing = Revealing(desk, around, self._compose)
        self._attaching = Attaching(view, desk, around, self._compose)
        view.reveal_requested.connect(self._reveal)
        view.left_alone.connect(self._revealing.forget)
        view.copy_requested.connect(self._reaching.copy)
        view.reach_requested.connect(self._reaching.open)
        view.retry_requested.connect(self._load)

    def open(self, lead_id: str) -> None:
        """Show a lead at once from memory, then its journal, history and recipients as they come."""
        if self._shows(LeadId(lead_id)) is None:
            self._revealing.forget()
            self._state = LeadDetailState(LeadId(lead_id), self._around.clock())
        self._compose()
        self._load()

    def close(self) -> None:
        """Stop hearing and working; idempotent."""
        self._withdraw_question()
        self._attaching.close()
        self._revealing.close()
        self._noting.close()
        self._tasks.close()
        for subscription in self._subscriptions:
            subscription.close()

    def _lead(self, lead_id: LeadId) -> LeadView | None:
        slot = self._store.leads.slot_of(lead_id)
        return None if slot is None else self._store.leads.get(slot)

    def _compose(self) -> None:
        """Render the shown lead from the store, keeping what the clerks answered so far."""
        state = self._state
        if state is None:
            return
        lead = self._lead(state.lead_id)
        if lead is None:
            presence = Presence.GONE if self._desk.sync.progress.value.done else Presence.AWAITED
            self._state = LeadDetailState(state.lead_id, self._around.clock(), presence)
            self._withdraw_question()
            self._attaching.withdraw()
        else:
            self._state = self._composed(state, lead)
        self._view.render_state(self._revealing.shown(self._attaching.shown(self._state)))
        self._noting.show(state.lead_id if lead is not None else None)

    def _composed(self, state: LeadDetailState, lead: LeadView) -> LeadDetailState:
        prospect, interest = lead.fields()
        contact = composition.field_lines(prospect, self._around.hosts)
        return replace(
            state,
            now=self._around.clock(),
            presence=Presence.LOADED,
            name=composition.name_of(lead),
            subtitle=composition.subtitle_of(lead),
            top=composition.veiled_of(lead),
            owner=self._foreign_owner(lead),
            step=self._step(lead),
            contact=contact,
            interest=composition.field_lines(interest, self._around.hosts),
            reach=composition.reach_of(contact),
            quotes=composition.quotes([*prospect, *interest]),
            asked=composition.quotes(interest),
            waiting=composition.waiting_lines(self._desk.outbox.pending_notes(lead.lead_id)),
            partner=self._partner(lead),
            allowed=self._allowed(lead),
        )

    def _is_own(self, lead: LeadView) -> bool:
        me = self._desk.sign_in.me
        return me is not None and (me.by_key or lead.owner == me.tenant.urn)

    def _foreign_owner(self, lead: LeadView) -> str | None:
        return None if self._is_own(lead) else self._desk.directory.name_of(lead.owner) or DASH

    def _allowed(self, lead: LeadView) -> Allowed:
        own, here = self._is_own(lead), self._partner(lead) is None
        shares = self._desk.sign_in.can("sharing") and bool(self._desk.directory.markets())
        return Allowed(
            write=self._desk.may(Right.LEAD_WRITE),
            move=here and self._desk.may(Right.LEAD_WRITE) and bool(self._desk.directory.steps(lead.lead_id)),
            share=own and here and shares and self._desk.may(Right.LEAD_SHARE),
            delete=own and self._desk.sign_in.can("deletion") and self._desk.may(Right.LEAD_DELETE),
            trace=self._desk.sign_in.can("history"),
            attachments=self._desk.sign_in.can("attachments"),
            previews=self._desk.rules.policy.value.previews,
        )

    def _partner(self, lead: LeadView) -> str | None:
        """Return the firm that works this lead of ours; it alone moves it then (contract, "Steps")."""
        if not self._desk.directory.is_partner(lead.responsible):
            return None
        return self._desk.directory.name_of(lead.responsible) or DASH

    def _step(self, lead: LeadView) -> StepState:
        pending = self._desk.outbox.pending_step(lead.lead_id)
        steps = self._desk.directory.steps(lead.lead_id) or ((lead.step,) if lead.step else ())
        return StepState(steps, pending or lead.step or None, pending is not None)

    def _shows(self, lead_id: LeadId) -> LeadDetailState | None:
        return self._state if self._state is not None and self._state.lead_id == lead_id else None

    def _load(self) -> None:
        """Ask the clerks for what the store does not hold; a newer question replaces an older one."""
        state = self._state
        if state is None or state.presence is not Presence.LOADED:
            return
        self._state = replace(state, failed=None)
        lead_id, leads = state.lead_id, self._desk.leads
        self._tasks.latest("notes", lambda: self._ask(lead_id, leads.notes, _notes))
        if state.allowed.attachments:
            files = self._desk.attachments.list
            self._tasks.latest("attachments", lambda: self._ask(lead_id, files, _attachments))
        if not self._desk.sign_in.can("history"):
            return
        self._tasks.latest("history", lambda: self._ask(lead_id, leads.history, _history))
        if state.owner is None:
            self._tasks.latest("recipients", lambda: self._ask(lead_id, leads.disclosures, _recipients))

    async def _ask(self, lead_id: LeadId, question: Question[T], keep: Keep[T]) -> None:
        """Keep an answer if its lead is still shown; what cannot be had is said where it would stand."""
        outcome = await question(lead_id)
        state = self._shows(lead_id)
        if state is None:
            return
        if isinstance(outcome, Ok):
            self._state = keep(state, outcome.value)
        else:
            offline = isinstance(outcome, Offline)
            self._state = replace(
                state, failed=text("lead_detail.not_loaded") if offline else sentence(outcome)
            )
        self._compose()

    def _touched(self, touched: LeadTouched) -> None:
        if self._shows(touched.lead_id) is not None:
            self._compose()
            self._load()

    def _connection_changed(self, _: Connection) -> None:
        if self._state is not None and self._state.failed is not None and self._desk.sync.online:
            self._load()

    def _went_on(self, progress: Progress) -> None:
        if self._state is not None and progress.done:
            self._compose()

    def _shelved(self, _: Changed) -> None:
        """After unlocking a lead is opened before it is loaded."""
        state = self._state
        if state is not None and state.presence is Presence.AWAITED and self._lead(state.lead_id) is not None:
            self._compose()
            self._load()

    def _outbox_changed(self, change: OutboxChange) -> None:
        if self._state is not None and self._state.lead_id in change.subjects:
            self._compose()

    def _change_step(self, step: str) -> None:
        if self._state is not None:
            answer = self._desk.leads.change_step(self._state.lead_id, step)
            self._tasks.each("step", lambda: self._hear_of_step(answer))

    async def _hear_of_step(self, answer: Awaitable[Outcome[Lead]]) -> None:
        outcome = await answer
        if isinstance(outcome, Conflict):
            self._around.toasts.show_toast(text("lead_detail.step_conflict"))
        else:
            self._tell(outcome)

    def _reveal(self) -> None:
        if self._state is not None:
            lead_id = self._state.lead_id
            self._tasks.once("reveal", lambda: self._revealing.ask(lead_id))

    def _ask_delete(self) -> None:
        state = self._state
        if state is None:
            return
        partners = None if state.recipients is None else max((r.count for r in state.recipients), default=0)
        self._question = DeleteDialog(self._around.window, self._revealing.shown(state).name, partners)
        self._question.delete_confirmed.connect(lambda: self._delete(state.lead_id))
        self._question.open()

    def _withdraw_question(self) -> None:
        """Nobody is asked about a lead that is gone."""
        if self._question is not None and isValid(self._question):
            self._question.dismiss()
        self._question = None

    def _delete(self, lead_id: LeadId) -> None:
        self._tasks.once("delete", lambda: self._send_delete(lead_id))

    async def _send_delete(self, lead_id: LeadId) -> None:
        outcome = await self._desk.leads.delete(lead_id)
        if isinstance(outcome, Ok):
            self._around.toasts.show_toast(text("lead_detail.deleted_toast"))
            if self._shows(lead_id) is not None:
                self._view.closed.emit()
        self._tell(outcome)

    def _tell(self, outcome: Outcome[Any]) -> None:
        words = sentence(outcome)
        if words is not None and not isinstance(outcome, Gone):
            self._around.toasts.show_toast(words)
