"""The line below the title: what the list is narrowed by, and its order."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from leaddesk.store.leads.queries import Sort
from leaddesk.ui.kit.buttons import Button, Kind, Size
from leaddesk.ui.kit.floating.menu import Menu
from leaddesk.ui.kit.pieces.chips import AddChip, FilterChip
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.lead_list_state import SORT_CHOICES, FilterChoice, LeadListState
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current

_MARGIN = 16
_GAP = 6


class FilterBar(QWidget):
    """A chip for each condition, one to add another, and a button for the order."""

    filter_added = Signal(str)
    filter_removed = Signal(str)
    sort_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = LeadListState()
        self._chips: list[FilterChip] = []
        self._add = AddChip(text("leads.add_filter"))
        self._order = Button("", Kind.QUIET, icon=Icon.DISPLAY, size=Size.SMALL)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._add)
        self._row.addStretch(1)
        self._row.addWidget(self._order)
        self._add.clicked.connect(self._open_filters)
        self._order.clicked.connect(self._open_orders)
        self._measure()
        self.render_state(self._state)

    def render_state(self, state: LeadListState) -> None:
        """Show the conditions and the order of a state."""
        if state.chosen != self._state.chosen:
            self._show_chips(state.chosen)
        self._state = state
        self._add.setVisible(len(state.chosen) < len(state.choices))
        order = _order_text(state.sort)
        if order != self._order.text():  # a button paints itself anew for the same text (P7)
            self._order.setText(order)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def _measure(self) -> None:
        px = current().px
        self.setFixedHeight(current().length("layout.filterBar"))
        self._row.setContentsMargins(px(_MARGIN), 0, px(_MARGIN - 10), px(4))
        self._row.setSpacing(px(_GAP))

    def _show_chips(self, chosen: tuple[FilterChoice, ...]) -> None:
        for old in self._chips:
            old.hide()
            old.deleteLater()
        self._chips = [self._chip(choice) for choice in chosen]
        for place, chip in enumerate(self._chips):
            self._row.insertWidget(place, chip)

    def _chip(self, choice: FilterChoice) -> FilterChip:
        group = text(f"leads.filter_{choice.group}")
        chip = FilterChip(
            group, choice.shown, text("leads.filter_spoken", group=group, value=choice.shown), self
        )
        chip.removed.connect(lambda: self.filter_removed.emit(choice.key))
        chip.clicked.connect(lambda: self._open_filters(chip))
        return chip

    def _open_filters(self, anchor: object = None) -> None:
        menu = Menu(self)
        group = ""
        for choice in self._state.choices:
            if choice not in self._state.chosen:
                if group and choice.group != group:
                    menu.addSeparator()
                group = choice.group
                menu.add(choice.shown, None, "", partial(self.filter_added.emit, choice.key))
        menu.open_below(anchor if isinstance(anchor, QWidget) else self._add)

    def _open_orders(self) -> None:
        menu = Menu(self)
        for sort in SORT_CHOICES:
            chosen = sort == self._state.sort
            menu.add_choice(_order_text(sort), chosen, partial(self.sort_chosen.emit, sort))
        menu.open_below(self._order)


def _order_text(sort: Sort) -> str:
    return text(f"leads.order_{sort.by}_{'down' if sort.descending else 'up'}")
