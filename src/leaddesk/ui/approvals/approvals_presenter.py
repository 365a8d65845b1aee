"""Runs the approvals page: the queue as it changes, one question, one decision at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from leaddesk.contract.ids import ShareRequestId
from leaddesk.contract.markets import SharePreview
from leaddesk.contract.sharing import ShareRequest, ShareRequestDetail
from leaddesk.desk.desk import Desk
from leaddesk.desk.leads import LeadTouched, Touch
from leaddesk.desk.outbox import OutboxChange
from leaddesk.desk.outcomes import Conflict, Ok, Outcome, Unknown
from leaddesk.personal.masked import Personal
from leaddesk.ui.approvals.approvals_state import ApprovalsState, FieldLine, Question, QueueLine
from leaddesk.ui.approvals.approvals_view import ApprovalsView
from leaddesk.ui.kit.isolation import listed
from leaddesk.ui.kit.presenting.amounts import shown_value
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
        self._subscriptions = (
            desk.approvals.changed.subscribe(self._changed),
            desk.outbox.changed.subscribe(self._outbox_changed),
            desk.leads.touched.subscribe(self._touched),
        )
        view.request_chosen.connect(self._choose)
        view.approve_requested.connect(self._approve)
        view.reject_requested.connect(self._reject)
        view.retry_requested.connect(self._load)
        self._refresh()

    def close(self) -> None:
        """Stop hearing and working; idempotent."""
        self._tasks.close()
        for subscription in self._subscriptions:
            subscription.close()

    def _changed(self, _: None) -> None:
        self._refresh()

    def _outbox_changed(self, change: OutboxChange) -> None:
        if self._state.chosen in change.subjects:
            self._render(self._state)

    def _touched(self, touched: LeadTouched) -> None:
        """Show the values that would leave the house now, not those of a minute ago."""
        asked = {one.share_request_id: one.lead_id for one in self._desk.approvals.queue()}
        chosen = self._state.chosen
        if chosen is not None and asked.get(chosen) == touched.lead_id and touched.what is Touch.LEAD:
            self._load()

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
            problem=None if moved else self._state.problem,
            approved_today=decided.approved,
            rejected_today=decided.rejected,
        )
        self._render(self._state)
        if moved:
            self._load()

    def _line(self, request: ShareRequest) -> QueueLine:
        topic = listed(", ", (request.title, request.place))
        return QueueLine(
            request.share_request_id,
            request.lead_name,
            topic,
            request.requested_by_name,
            request.requested_by,
            request.market_name,
            request.requested_at,
            self._desk.approvals.is_own(request),
        )

    def _render(self, state: ApprovalsState) -> None:
        """Render; busy as long as an answer about the shown request is awaited, here or by the outbox."""
        waits = any(e.under_way for e in self._desk.outbox.entries() if e.subject == state.chosen)
        self._state = replace(state, busy=waits)
        self._view.render_state(self._state)

    def _choose(self, share_request_id: str) -> None:
        if share_request_id != self._state.chosen:
            chosen = ShareRequestId(share_request_id)
            self._render(replace(self._state, chosen=chosen, question=None, problem=None))
            self._load()

    def _load(self) -> None:
        chosen = self._state.chosen
        if chosen is not None:
            self._tasks.latest("load", lambda: self._ask(chosen))

    async def _ask(self, chosen: ShareRequestId) -> None:
        """Read a request; an answer for one that is not shown any more is dropped."""
        outcome = await self._desk.approvals.detail(chosen)
        if chosen != self._state.chosen:
            return
        if not isinstance(outcome, Ok):
            self._render(replace(self._state, problem=sentence(outcome)))
        elif (question := self._question(outcome.value)) is not None:
            self._render(replace(self._state, question=question, problem=None))

    def _question(self, detail: ShareRequestDetail) -> Question | None:
        """Make the question; None once it is decided, the queue follows by itself."""
        if detail.preview is None:
            return None
        seen = self._state.question
        changed = seen is not None and (seen.lead_changed or seen.lead_serial != detail.preview.lead_serial)
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
            lead_changed=changed,
        )

    def _approve(self) -> None:
        question = self._state.question
        if question is not None and not question.line.own:
            self._tasks.once("decide", lambda: self._send_approval(question))

    async def _send_approval(self, question: Question) -> None:
        request = question.line.share_request_id
        outcome = await self._desk.approvals.approve(request, question.lead_serial)
        if isinstance(outcome, Conflict):
            await self._ask(request)
        else:
            await self._settle(
                question, outcome, text("approvals.approved_toast", market=question.line.market)
            )

    def _reject(self, reason: str) -> None:
        question = self._state.question
        if question is not None and not question.line.own:
            self._tasks.once("decide", lambda: self._send_rejection(question, Personal(reason)))

    async def _send_rejection(self, question: Question, reason: Personal[str]) -> None:
        outcome = await self._desk.approvals.reject(question.line.share_request_id, reason)
        await self._settle(question, outcome, text("approvals.rejected_toast"))

    async def _settle(self, question: Question, outcome: Outcome[ShareRequest], done: str) -> None:
        self._tell(question, outcome, done)
        if isinstance(outcome, Unknown):
            self._tell(question, await self._desk.outbox.settled(outcome.entry_id), done)

    def _tell(self, question: Question, outcome: Outcome[ShareRequest], done: str) -> None:
        """Say what became of it: beside the question if it is still there, else in passing."""
        words = sentence(outcome)
        self._refresh()  # first: news may have taken the question away, and the words with it
        if words is not None and self._state.chosen == question.line.share_request_id:
            self._render(replace(self._state, problem=words))
        else:
            self._around.toasts.show_toast(words or done)


def _first(queue: tuple[QueueLine, ...]) -> ShareRequestId | None:
    ordered = sorted(queue, key=lambda line: line.own)
    return ordered[0].share_request_id if ordered else None


def _fields(preview: SharePreview) -> tuple[tuple[FieldLine, ...], tuple[FieldLine, ...]]:
    masked = {field.label: field.value or "" for field in preview.before.fields if field.state == "masked"}
    lines = [
        FieldLine(
            field.label,
            shown_value(field.label, field.value),
            field.before,
            field.after,
            masked.get(field.label, ""),
        )
        for field in preview.fields
    ]
    leaving = tuple(line for line in lines if line.before != "hidden" or line.after != "hidden")
    return leaving, tuple(line for line in lines if line not in leaving)
