"""Runs the page of own share requests."""

from __future__ import annotations

from leaddesk.contract.ids import ShareRequestId
from leaddesk.contract.sharing import ShareRequest
from leaddesk.desk.desk import Desk
from leaddesk.desk.outcomes import Unknown
from leaddesk.ui.kit.presenting.outcome_words import sentence
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text
from leaddesk.ui.sharing.share_state import ShareLine, SharesState
from leaddesk.ui.sharing.shares_view import SharesView


class SharesPresenter:
    """Shows own requests as they change; takes one back on demand."""

    def __init__(self, view: SharesView, desk: Desk, around: Surroundings) -> None:
        self._view, self._desk, self._around = view, desk, around
        self._tasks = TaskScope(around.on_error)
        self._busy: frozenset[str] = frozenset()
        self._subscription = desk.sharing.changed.subscribe(self._changed)
        view.withdraw_requested.connect(self._withdraw)
        self._render()

    def close(self) -> None:
        """Stop hearing and working; idempotent."""
        self._tasks.close()
        self._subscription.close()

    def _changed(self, _: None) -> None:
        self._render()

    def _render(self) -> None:
        lines = tuple(_line(request) for request in self._desk.sharing.requests())
        self._view.render_state(SharesState(self._around.clock(), lines, self._busy))

    def _withdraw(self, share_request_id: str) -> None:
        self._tasks.once(share_request_id, lambda: self._send_withdraw(ShareRequestId(share_request_id)))

    async def _send_withdraw(self, share_request_id: ShareRequestId) -> None:
        self._busy |= {share_request_id}
        self._render()
        outcome = await self._desk.sharing.withdraw(share_request_id)
        if isinstance(outcome, Unknown):
            self._around.toasts.show_toast(sentence(outcome) or "")
            outcome = await self._desk.outbox.settled(outcome.entry_id)
        self._busy -= {share_request_id}
        self._around.toasts.show_toast(sentence(outcome) or text("sharing.withdrawn_toast"))
        self._render()


def _line(request: ShareRequest) -> ShareLine:
    return ShareLine(
        share_request_id=request.share_request_id,
        lead_id=request.lead_id,
        name=request.lead_name,
        title=request.title,
        place=request.place or "",
        market=request.market_name,
        status=request.status,
        requested_at=request.requested_at,
        reason=request.reason,
        decided_by=request.decided_by_name,
        decision_reason=request.decision_reason,
    )
