"""The share dialog: pick a market, see exactly what partners will see, send (picture 04)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import primary, secondary
from leaddesk.ui.kit.fields import LineField
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.isolation import listed
from leaddesk.ui.kit.labels import IconLabel, PlainLabel
from leaddesk.ui.kit.layout.kept_rows import KeptRows
from leaddesk.ui.kit.layout.tab_order import chain
from leaddesk.ui.kit.phrases import span
from leaddesk.ui.kit.pieces.choices import ChoiceCard
from leaddesk.ui.kit.pieces.marks import Hairline
from leaddesk.ui.kit.pieces.panes import SectionTitle
from leaddesk.ui.kit.wording import text
from leaddesk.ui.sharing.share_preview import FieldChips, PreviewColumn
from leaddesk.ui.sharing.share_state import MarketChoice, ShareDialogState
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

LEFT_WIDTH = 388


class ShareDialog(OverlayDialog):
    """Renders a :class:`ShareDialogState`; Enter sends, Esc leaves and nothing has happened."""

    market_chosen = Signal(str)
    preview_requested = Signal()
    share_requested = Signal(str)

    def __init__(self, window: QWidget, state: ShareDialogState) -> None:
        title = text("sharing.dialog_title", name=state.name)
        super().__init__(window, title, width="share", flush=True)
        self._preview = PreviewColumn(window.height())
        self.set_title(title, listed(" • ", state.subtitle))
        self._markets = KeptRows(current().px(8))
        self._cards: dict[str, ChoiceCard] = {}
        self._chips = FieldChips()
        self._reason = LineField(text("sharing.reason"), aside=text("sharing.reason_hint"))
        self._problem = PlainLabel("", TextStyle.CAPTION, "dangerText", wrap=True)
        self._footnote = PlainLabel("", TextStyle.BODY, "text2", elide=True)
        self._shield = IconLabel(Icon.APPROVALS, "text2", 16)
        self._send = primary("", hint="↵")
        self._cancel = secondary(text("sharing.cancel"))
        self._preview.retry_requested.connect(self.preview_requested)
        self._lay_out()
        self.render_state(state)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._left())
        row.addWidget(Hairline(Qt.Orientation.Vertical))
        row.addWidget(self._preview, 1)
        self.body.setSpacing(0)
        self.body.addWidget(Hairline())
        self.body.addLayout(row)
        self._lay_out_footer()

    def _left(self) -> QWidget:
        theme = current()
        left = QWidget()
        left.setFixedWidth(theme.px(LEFT_WIDTH))
        column = QVBoxLayout(left)
        column.setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(16))
        column.setSpacing(theme.px(8))
        column.addWidget(SectionTitle(text("sharing.market")))
        column.addLayout(self._markets)
        column.addSpacing(theme.px(6))
        column.addWidget(self._chips)
        column.addStretch(1)
        column.addWidget(self._reason)
        column.addWidget(self._problem)
        return left

    def _lay_out_footer(self) -> None:
        promise = QWidget()
        row = QHBoxLayout(promise)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().px(8))
        row.addWidget(self._shield)
        row.addWidget(self._footnote, 1)
        self._cancel.clicked.connect(self.dismiss)
        self._send.clicked.connect(lambda: self.share_requested.emit(self._reason.value()))
        self.set_footer(promise, [self._cancel, self._send])

    def _market_card(self, market: MarketChoice) -> ChoiceCard:
        facts = text("sharing.market_facts", n=market.partners, window=span(market.window))
        tag = text("sharing.with_approval") if market.approval else ""
        card = ChoiceCard(market.name, facts, tag=tag)
        card.toggled.connect(lambda on, key=market.market_id: self.market_chosen.emit(key) if on else None)
        self._cards[market.market_id] = card
        return card

    def render_state(self, state: ShareDialogState) -> None:
        """Show a state; what was typed stays."""
        self._show_markets(state)
        self._chips.show_preview(state.preview)
        self._preview.render_state(state)
        market = state.market()
        approval = market is not None and market.approval
        promise = text("sharing.footnote_approval" if approval else "sharing.footnote_direct")
        self._footnote.setText("" if market is None else promise)
        self._shield.setVisible(market is not None)
        self._send.setText(text("sharing.send_for_approval" if approval else "sharing.send_now"))
        self._send.setEnabled(state.preview is not None)
        self._send.set_busy(state.busy)
        told = state.problem if state.preview is not None else None
        self._problem.setText(told or "")
        self._problem.setVisible(told is not None)

    def _show_markets(self, state: ShareDialogState) -> None:
        """Show the markets there are; while the answer is awaited none can be picked."""
        self._cards = {key: self._cards[key] for key in self._cards if key in _ids(state.markets)}
        self._markets.show_rows(state.markets, self._market_card)
        chain(*self._cards.values(), self._reason, self._preview, self._cancel, self._send)
        if state.busy and any(card.hasFocus() for card in self._cards.values()):
            self._send.setFocus()  # from a card that goes dead Qt would move it to "cancel"
        for key, card in self._cards.items():
            card.blockSignals(True)
            card.setAutoExclusive(state.chosen is not None)
            card.setChecked(key == state.chosen)
            card.setAutoExclusive(True)
            card.setEnabled(not state.busy)
            card.blockSignals(False)

    def start(self) -> None:
        """Open with the keyboard on the picked market: arrows choose, Enter sends."""
        self.open()
        for card in self._cards.values():
            if card.isChecked():
                card.setFocus(Qt.FocusReason.TabFocusReason)


def _ids(markets: tuple[MarketChoice, ...]) -> set[str]:
    return {market.market_id for market in markets}
