"""Runs the share dialog: asks for the exact preview, sends once, keeps what was typed when it fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from leaddesk.contract.ids import LeadId, MarketId
from leaddesk.contract.markets import Market, SharePreview
from leaddesk.contract.sharing import ShareRequest, ShareStatus
from leaddesk.desk.desk import Desk
from leaddesk.desk.leads import LeadTouched, Touch
from leaddesk.desk.outcomes import Gone, Ok, Outcome, Refused, Unknown
from leaddesk.personal.masked import Personal
from leaddesk.store.leads.view import LeadView
from leaddesk.ui.kit.phrases import DASH
from leaddesk.ui.kit.presenting.amounts import shown_document
from leaddesk.ui.kit.presenting.outcome_words import sentence
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text
from leaddesk.ui.sharing.share_dialog import ShareDialog
from leaddesk.ui.sharing.share_state import MarketChoice, PreviewState, ShareDialogState


class SharePresenter(QObject):
    """One dialog for one lead; emits ``finished`` when it is gone.

    Invariants: a second press does nothing while it is not known what became of the first; the outbox asks
    about an unknown outcome with the same key, here it is only waited for. Input is kept on every failure.
    """

    finished = Signal()

    def __init__(self, lead: LeadView, desk: Desk, around: Surroundings) -> None:
        super().__init__()
        self._lead_id: LeadId = lead.lead_id
        self._desk, self._around = desk, around
        self._tasks = TaskScope(around.on_error)
        self._state = _opening_state(lead, desk)
        self._dialog = ShareDialog(around.window, self._state)
        self._subscription = desk.leads.touched.subscribe(self._touched)
        self._dialog.market_chosen.connect(self._choose)
        self._dialog.preview_requested.connect(self._preview_again)
        self._dialog.share_requested.connect(self._share)
        self._dialog.dismissed.connect(self._end)
        self._load_preview()
        self._dialog.start()

    def close(self) -> None:
        """Take the dialog away and stop working; idempotent. A request already sent goes on in the outbox."""
        if isValid(self._dialog):
            self._dialog.dismiss()
        self._end()

    def _end(self) -> None:
        self._tasks.close()
        self._subscription.close()
        self.finished.emit()

    def _render(self, state: ShareDialogState) -> None:
        self._state = state
        if isValid(self._dialog):
            self._dialog.render_state(state)

    def _choose(self, market_id: str) -> None:
        self._render(replace(self._state, chosen=MarketId(market_id), preview=None, problem=None))
        self._load_preview()

    def _preview_again(self) -> None:
        self._render(replace(self._state, problem=None))
        self._load_preview()

    def _load_preview(self) -> None:
        chosen = self._state.chosen
        if chosen is not None:
            self._tasks.latest("preview", lambda: self._ask_preview(chosen))

    async def _ask_preview(self, chosen: MarketId) -> None:
        outcome = await self._desk.sharing.preview(self._lead_id, chosen)
        if isinstance(outcome, Ok):
            self._render(replace(self._state, preview=preview_state(outcome.value)))
        else:
            self._fail(outcome)

    def _share(self, reason: str) -> None:
        chosen = self._state.chosen
        if self._state.preview is not None and chosen is not None and not self._state.busy:
            self._tasks.once("share", lambda: self._send(chosen, Personal(reason)))

    async def _send(self, chosen: MarketId, reason: Personal[str]) -> None:
        self._render(replace(self._state, busy=True, problem=None))
        outcome: Outcome[ShareRequest] = await self._desk.sharing.share(self._lead_id, chosen, reason)
        if isinstance(outcome, Unknown):
            self._render(replace(self._state, problem=sentence(outcome)))
            outcome = await self._desk.outbox.settled(outcome.entry_id)
        if isinstance(outcome, Ok):
            self._done(pending=outcome.value.status is ShareStatus.PENDING)
        else:
            self._fail(outcome)

    def _done(self, *, pending: bool) -> None:
        self._around.toasts.show_toast(text("sharing.sent" if pending else "sharing.offered"))
        self._dialog.dismiss()

    def _fail(self, outcome: Outcome[Any]) -> None:
        """Say why; a market that is gone is no choice any more."""
        problem = sentence(outcome) or ""
        markets, chosen, preview = self._state.markets, self._state.chosen, self._state.preview
        if _no_market(outcome):
            markets = tuple(market for market in markets if market.market_id != chosen)
            chosen, preview, problem = None, None, text("sharing.vanished")
        self._render(
            replace(self._state, markets=markets, chosen=chosen, preview=preview, busy=False, problem=problem)
        )

    def _touched(self, touched: LeadTouched) -> None:
        """Leave with the lead; show what partners would see of it as it is now."""
        if touched.lead_id != self._lead_id or self._state.busy:
            return
        if touched.what is Touch.GONE:
            self._around.toasts.show_toast(text("outcome.gone"))
            self._dialog.dismiss()
        else:
            self._load_preview()


def _opening_state(lead: LeadView, desk: Desk) -> ShareDialogState:
    choices = tuple(_choice(market) for market in desk.directory.markets())
    subtitle = tuple(part for part in (lead.topic, lead.place) if part)
    first = choices[0].market_id if choices else None
    name = lead.name or lead.company or lead.topic or DASH
    return ShareDialogState(name, subtitle, choices, first)


def _no_market(outcome: Outcome[Any]) -> bool:
    """Whether the market is the reason: it is gone, or nobody is left on it."""
    return isinstance(outcome, Gone) or (isinstance(outcome, Refused) and outcome.field == "marketId")


def _choice(market: Market) -> MarketChoice:
    return MarketChoice(
        market.market_id,
        market.name,
        market.partner_count,
        timedelta(seconds=market.response_window_seconds),
        market.approval_required,
    )


def preview_state(preview: SharePreview) -> PreviewState:
    """Turn the server's preview into what the dialog shows; nothing is decided here."""
    out = [field for field in preview.fields if field.before != "hidden" or field.after != "hidden"]
    stays = tuple(field.label for field in preview.fields if field not in out)
    return PreviewState(
        before=shown_document(preview.before),
        after=shown_document(preview.after),
        visible_before=tuple(_chip(field.label, field.before) for field in out if field.before != "hidden"),
        added_after=tuple(field.label for field in out if field.before != "visible"),
        stays=stays,
        notes=preview.note_count,
    )


def _chip(label: str, state: str) -> str:
    return text("sharing.shortened", label=label) if state == "masked" else label
