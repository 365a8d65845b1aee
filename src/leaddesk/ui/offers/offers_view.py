"""The offers page: cards side by side, nearest deadline first, and the last decisions below."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.layout.tab_order import chain
from leaddesk.ui.kit.phrases import span
from leaddesk.ui.kit.pieces.empty import EmptyState
from leaddesk.ui.kit.pieces.marks import KeyHint
from leaddesk.ui.kit.pieces.panes import Pane, SectionTitle, page_head, scroll
from leaddesk.ui.kit.wording import text
from leaddesk.ui.offers.offer_card import OfferCard
from leaddesk.ui.offers.offers_state import OfferCardState, OffersState
from leaddesk.ui.offers.past_offers import PastOffers
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

CARD_MIN = 340
CARD_HEIGHT = 338


class OffersView(Pane):
    """Renders an :class:`OffersState`; a card stays the same widget while its offer is open."""

    accept_requested = Signal(str)
    decline_requested = Signal(str, str)
    lead_opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent)
        self.setAccessibleName(text("offers.title"))
        self._cards: dict[str, OfferCard] = {}
        self._open: tuple[OfferCardState, ...] = ()
        self._columns = 0
        self._placed: list[OfferCard] = []
        self._facts = PlainLabel("", TextStyle.BODY, "text2", elide=True)
        self._hints = _keys()
        self._grid_host = QWidget()
        self._grid = QGridLayout(self._grid_host)
        self._past = PastOffers()
        self._past.lead_opened.connect(self.lead_opened)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._page())
        self._stack.addWidget(
            EmptyState(Icon.OFFERS, text("offers.empty_title"), text("offers.empty_sentence"))
        )

    def _page(self) -> QWidget:
        theme = current()
        page, body = QWidget(), QWidget()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.px(16))
        rows = QVBoxLayout(body)
        rows.setContentsMargins(theme.px(24), theme.px(4), theme.px(24), theme.px(24))
        rows.setSpacing(theme.px(16))
        rows.addWidget(self._grid_host)
        self._past_title = SectionTitle(text("offers.last"))
        rows.addWidget(self._past_title)
        rows.addWidget(self._past)
        rows.addStretch(1)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(page_head(text("offers.title"), self._facts, self._hints))
        area = scroll(body)
        area.setAccessibleName(text("offers.title"))
        column.addWidget(area, 1)
        return page

    def render_state(self, state: OffersState) -> None:
        """Show a state: cards come and go, the others keep what is being typed in them."""
        self._stack.setCurrentIndex(0 if state.open or state.past else 1)
        self._facts.setText(_facts(state))
        self._hints.setVisible(bool(state.open))
        wanted: list[str] = [card.offer_id for card in state.open]
        left = self._take_away([known for known in self._cards if known not in wanted])
        for card_state in state.open:
            if card_state.offer_id in self._cards:
                self._cards[card_state.offer_id].render_state(card_state)
            else:
                self._cards[card_state.offer_id] = self._card(OfferCard(card_state, state.now))
        self._open = state.open
        self._place(wanted)
        for part in (self._past_title, self._past):
            part.setVisible(bool(state.past))
        self._past.render_state(state)
        if left is not None and wanted:
            self._cards[wanted[min(left, len(wanted) - 1)]].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _take_away(self, gone: list[str]) -> int | None:
        """Remove cards; return the place of the one that had the keyboard."""
        now, left = QApplication.focusWidget(), None
        for offer_id in gone:
            card = self._cards[offer_id]
            if now is not None and (now is card or card.isAncestorOf(now)):
                left = list(self._cards).index(offer_id)
        for offer_id in gone:
            card = self._cards.pop(offer_id)
            card.hide()
            card.setParent(None)
            card.deleteLater()
        return left

    def _card(self, card: OfferCard) -> OfferCard:
        card.setMinimumHeight(current().px(CARD_HEIGHT))
        card.moved_on.connect(lambda delta: self._move_on(card, delta))
        card.accept_requested.connect(self.accept_requested)
        card.decline_requested.connect(self.decline_requested)
        return card

    def _place(self, order: list[str] | None = None) -> None:
        """Put the cards into as many columns as fit; where nothing changed nothing moves."""
        ordered = [self._cards[offer_id] for offer_id in (order or list(self._cards))]
        columns = max(1, min(3, (self.width() - current().px(48)) // current().px(CARD_MIN)))
        self._grid_host.setVisible(bool(ordered))
        if (columns, ordered) == (self._columns, self._placed):
            return
        self._columns, self._placed = columns, ordered
        while self._grid.takeAt(0) is not None:
            pass
        for index, card in enumerate(ordered):
            self._grid.addWidget(card, index // columns, index % columns)
            card.show()
        for column in range(3):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._cards = {card.offer_id(): card for card in ordered}
        chain(*ordered, self._past)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def tick(self, now: datetime) -> None:
        """Move all rings; called once a second while the page is shown."""
        self._facts.setText(_facts(OffersState(now, self._open)))
        for card in self._cards.values():
            card.tick(now)

    def ask_reason(self, offer_id: str) -> None:
        """Turn a card to its reasons for declining."""
        self._cards[offer_id].ask_reason()

    def focus_page(self) -> None:
        """Put the keyboard on the card with the nearest deadline."""
        for card in self._cards.values():
            card.setFocus(Qt.FocusReason.TabFocusReason)
            return

    def _move_on(self, card: OfferCard, delta: int) -> None:
        cards = list(self._cards.values())
        at = cards.index(card) + delta
        if 0 <= at < len(cards):
            cards[at].setFocus(Qt.FocusReason.ShortcutFocusReason)


def _facts(state: OffersState) -> str:
    if not state.open:
        return ""
    nearest = min(card.left(state.now) for card in state.open)
    return text("offers.facts", n=len(state.open), left=span(nearest))


def _keys() -> QWidget:
    keys = QWidget()
    row = QHBoxLayout(keys)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(current().px(6))
    for words, key in (("offers.accept", "A"), ("offers.decline", "R"), ("offers.next", "→")):
        row.addWidget(PlainLabel(text(words), TextStyle.CAPTION, "text2"))
        row.addWidget(KeyHint(key))
    return keys
