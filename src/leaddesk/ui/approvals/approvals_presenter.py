"""Runs the approvals page: the queue as it changes, one question, one decision at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from leaddesk.contract.ids import ShareRequestId
from leaddesk.contract.markets import SharePreview
from leaddesk.contract.sharing import ShareRequest, ShareRequestDetail
from leaddesk.desk.desk import Desk
from leaddesk.desk.outcomes import Conflict, Ok, Outcome
from leaddesk.personal.masked import Personal
from leaddesk.ui.approvals.approvals_state import ApprovalsState, FieldLine, Question, QueueLine
from leaddesk.ui.approvals.approvals_view import ApprovalsView
from leaddesk.ui.kit.presenting.outcome_words import sentence
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text


class ApprovalsPresenter:
    """Shows what waits, oldest first; after a decision the next one opens by itself.

    Invariant: approves only the lead serial that was on the screen.
    """

    def __init__(self, view: ApprovalsView, desk: Desk, around: Surroundings) -> None:
        self._view, self._desk, self._around = view, desk, around
        self._tasks = TaskScope(around.on_error)
        self._state = ApprovalsState(around.clock())
        self._subscription = desk.approvals.changed.subscribe(self._changed)
        view.request_chosen.connect(self._choose)
        view.approve_requested.connect(self._approve)
        view.reject_requested.connect(self._reject)
        self._refresh()

    def close(self) -> None:
        """Stop hearing and working; idempotent."""
        self._tasks.close()
        self._subscription.close()

    def _changed(self, _: None) -> None:
        self._refresh()

    def _refresh(self) -> None:
        """Take the queue as it is now; the question stays unless somebody else decided it."""
        queue = tuple(self._line(request) for request in self._desk.approvals.queue())
        decided = self._desk.approvals.decided_today()
        waiting = [line.share_request_id for line in queue]
        chosen = self._state.chosen if self._state.chosen in waiting else _first(queue)
        moved = chosen != self._state.chosen
        self._state = replace(
            self._state,
            now=self._around.clock(),
            queue=queue,
            chosen=chosen,
            question=None if moved else self._state.question,
            approved_today=decided.approved,
            rejected_today=decided.rejected,
        )
        self._view.render_state(self._state)
        if moved and chosen is not None:
            self._tasks.latest("load", self._load)

    def _line(self, request: ShareRequest) -> QueueLine:
        topic = ", ".join(part for part in (request.title, request.place) if part)
        return QueueLine(
            request.share_request_id,
            request.lead_name,
            topic,
            request.requested_by_name,
            request.market_name,
            request.requested_at,
            self._desk.approvals.is_own(request),
        )

    def _render(self, state: ApprovalsState) -> None:
        self._state = state
        self._view.render_state(state)

    def _choose(self, share_request_id: str) -> None:
        if share_request_id != self._state.chosen:
            self._render(
                replace(self._state, chosen=ShareRequestId(share_request_id), question=None, problem=None)
            )
            self._tasks.latest("load", self._load)

    async def _load(self, *, lead_changed: bool = False) -> None:
        chosen = self._state.chosen
        if chosen is None:
            return
        outcome = await self._desk.approvals.detail(chosen)
        if chosen != self._state.chosen or not isinstance(outcome, Ok):
            return
        question = self._question(outcome.value, lead_changed)
        if question is not None:
            self._render(replace(self._state, question=question, busy=False))

    def _question(self, detail: ShareRequestDetail, lead_changed: bool) -> Question | None:
        if detail.preview is None:
            return None
        markets = self._desk.directory.markets()
        market = next((known for known in markets if known.market_id == detail.request.market_id), None)
        window = timedelta(seconds=market.response_window_seconds if market else 0)
        leaving, staying = _fields(detail.preview)
        return Question(
            line=self._line(detail.request),
            reason=detail.request.reason,
            partners=detail.preview.partner_count,
            window=window,
            leaving=leaving,
            staying=staying,
            notes=detail.preview.note_count,
            lead_serial=detail.preview.lead_serial,
            lead_changed=lead_changed,
        )

    def _approve(self) -> None:
        question = self._state.question
        if question is not None and not question.line.own:
            self._tasks.once("decide", lambda: self._send_approval(question))

    async def _send_approval(self, question: Question) -> None:
        self._render(replace(self._state, busy=True, problem=None))
        request = question.line.share_request_id
        outcome = await self._desk.approvals.approve(request, question.lead_serial)
        if isinstance(outcome, Conflict):
            await self._load(lead_changed=True)
            return
        self._settle(outcome, text("approvals.approved_toast", market=question.line.market))

    def _reject(self, reason: str) -> None:
        question = self._state.question
        if question is not None and not question.line.own:
            self._tasks.once("decide", lambda: self._send_rejection(question, Personal(reason)))

    async def _send_rejection(self, question: Question, reason: Personal[str]) -> None:
        self._render(replace(self._state, busy=True, problem=None))
        outcome = await self._desk.approvals.reject(question.line.share_request_id, reason)
        self._settle(outcome, text("approvals.rejected_toast"))

    def _settle(self, outcome: Outcome[ShareRequest], done: str) -> None:
        self._render(replace(self._state, busy=False, problem=sentence(outcome)))
        if isinstance(outcome, Ok):
            self._around.toasts.show_toast(done)
        self._refresh()


def _first(queue: tuple[QueueLine, ...]) -> ShareRequestId | None:
    ordered = sorted(queue, key=lambda line: line.own)
    return ordered[0].share_request_id if ordered else None


def _fields(preview: SharePreview) -> tuple[tuple[FieldLine, ...], tuple[FieldLine, ...]]:
    masked = {field.label: field.value or "" for field in preview.before.fields if field.state == "masked"}
    lines = [
        FieldLine(field.label, field.value, field.before, field.after, masked.get(field.label, ""))
        for field in preview.fields
    ]
    leaving = tuple(line for line in lines if line.before != "hidden" or line.after != "hidden")
    return leaving, tuple(line for line in lines if line not in leaving)
