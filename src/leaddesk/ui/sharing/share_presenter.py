"""Runs the share dialog: asks for the exact preview, sends once, keeps what was typed when it fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import QObject, Signal

from leaddesk.contract.ids import LeadId, MarketId
from leaddesk.contract.markets import Market, SharePreview
from leaddesk.contract.sharing import ShareStatus
from leaddesk.desk.desk import Desk
from leaddesk.desk.outcomes import Gone, Ok, Outcome
from leaddesk.personal.masked import Personal
from leaddesk.store.leads.view import LeadView
from leaddesk.ui.kit.presenting.outcome_words import sentence
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text
from leaddesk.ui.sharing.share_dialog import ShareDialog
from leaddesk.ui.sharing.share_state import MarketChoice, PreviewState, ShareDialogState


class SharePresenter(QObject):
    """One dialog for one lead; emits ``finished`` when it is gone.

    Invariant: a second press while a request is under way does nothing; an unknown outcome keeps its key.
    """

    finished = Signal()

    def __init__(self, lead: LeadView, desk: Desk, around: Surroundings) -> None:
        super().__init__()
        self._lead_id: LeadId = lead.lead_id
        self._desk, self._around = desk, around
        self._tasks = TaskScope(around.on_error)
        self._state = _opening_state(lead, desk.directory.markets())
        self._dialog = ShareDialog(around.window, self._state)
        self._dialog.market_chosen.connect(self._choose)
        self._dialog.share_requested.connect(self._share)
        self._dialog.dismissed.connect(self.close)
        self._dialog.dismissed.connect(self.finished)
        self._tasks.latest("preview", self._load_preview)
        self._dialog.start()

    def close(self) -> None:
        """Stop working; a request already sent goes on in the outbox."""
        self._tasks.close()

    def _render(self, state: ShareDialogState) -> None:
        self._state = state
        self._dialog.render_state(state)

    def _choose(self, market_id: str) -> None:
        self._render(replace(self._state, chosen=MarketId(market_id), preview=None, problem=None))
        self._tasks.latest("preview", self._load_preview)

    async def _load_preview(self) -> None:
        if self._state.chosen is None:
            return
        outcome = await self._desk.sharing.preview(self._lead_id, self._state.chosen)
        if isinstance(outcome, Ok):
            self._render(replace(self._state, preview=preview_state(outcome.value)))
        else:
            self._fail(_problem(outcome))

    def _share(self, reason: str) -> None:
        if self._state.preview is not None:
            self._tasks.once("share", lambda: self._send(Personal(reason)))

    async def _send(self, reason: Personal[str]) -> None:
        if self._state.chosen is None:
            return
        self._render(replace(self._state, busy=True, problem=None))
        outcome = await self._desk.sharing.share(self._lead_id, self._state.chosen, reason)
        if not isinstance(outcome, Ok):
            self._fail(_problem(outcome))
            return
        pending = outcome.value.status is ShareStatus.PENDING
        self._around.toasts.show_toast(text("sharing.sent" if pending else "sharing.offered"))
        self._dialog.dismiss()

    def _fail(self, problem: str) -> None:
        self._render(replace(self._state, busy=False, problem=problem))


def _problem(outcome: Outcome[object]) -> str:
    return text("sharing.vanished") if isinstance(outcome, Gone) else sentence(outcome) or ""


def _opening_state(lead: LeadView, markets: tuple[Market, ...]) -> ShareDialogState:
    choices = tuple(
        MarketChoice(
            market.market_id,
            market.name,
            market.partner_count,
            timedelta(seconds=market.response_window_seconds),
            market.approval_required,
        )
        for market in markets
    )
    subtitle = tuple(part for part in (lead.topic, lead.place) if part)
    first = choices[0].market_id if choices else None
    return ShareDialogState(lead.name or lead.company or lead.topic, subtitle, choices, first)


def preview_state(preview: SharePreview) -> PreviewState:
    """Turn the server's preview into what the dialog shows; nothing is decided here."""
    out = [field for field in preview.fields if field.before != "hidden" or field.after != "hidden"]
    stays = tuple(field.label for field in preview.fields if field not in out)
    return PreviewState(
        before=preview.before,
        after=preview.after,
        visible_before=tuple(_chip(field.label, field.before) for field in out if field.before != "hidden"),
        added_after=tuple(field.label for field in out if field.before != "visible"),
        stays=stays,
        notes=preview.note_count,
    )


def _chip(label: str, state: str) -> str:
    return text("sharing.shortened", label=label) if state == "masked" else label
