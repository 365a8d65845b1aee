"""The lead list: title and count, filter line, table, and what stands there while it is empty."""

from __future__ import annotations

from array import array

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from leaddesk.contract.ids import LeadId
from leaddesk.store.leads.shelf import LeadShelf
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.phrases import number
from leaddesk.ui.kit.pieces.empty import EmptyState
from leaddesk.ui.kit.pieces.marks import Hairline
from leaddesk.ui.kit.pieces.panes import Pane
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.filter_bar import FilterBar
from leaddesk.ui.leads.lead_list_state import Emptiness, LeadListState
from leaddesk.ui.leads.table.lead_table import LeadTable
from leaddesk.ui.leads.table.lead_table_model import LeadTableModel
from leaddesk.ui.leads.table.row_reader import RowContext, RowReader
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

_MARGIN = 16


class LeadListView(Pane):
    """Renders a :class:`LeadListState` above rows that are read from the shelf while they are painted.

    ``rows`` is the table's model: the presenter says which slots stand in it; nothing of a lead is kept.
    For whoever stands beside the list: ``lead_opened`` names the lead a person opened, ``place_changed`` says
    where the open one stands (1-based, 0 for outside the filter), ``shown_changed`` how many there are.
    """

    lead_opened = Signal(str)
    place_changed = Signal(int, int)
    shown_changed = Signal(int)
    shown: int | None = None
    filter_cleared = Signal()
    clear_requested = Signal()

    def __init__(self, shelf: LeadShelf, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent)
        self.setAccessibleName(text("leads.title"))
        self.rows = LeadTableModel(RowReader(shelf), self)
        self.table = LeadTable(self.rows)
        self.filters = FilterBar()
        self._count = PlainLabel("", TextStyle.BODY, "text3")
        self._notice: QWidget | None = None
        self._stack = QStackedWidget()
        self._empty: dict[Emptiness, EmptyState] = {}
        self._column = QVBoxLayout(self)
        self._lay_out()
        self.table.lead_activated.connect(self.lead_opened)

    def _lay_out(self) -> None:
        self._head = QHBoxLayout()
        self._head.addWidget(PlainLabel(text("leads.title"), TextStyle.PANE_TITLE))
        self._head.addWidget(self._count, 1)
        self._stack.addWidget(self.table)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self._head)
        self._column.addWidget(self.filters)
        self._column.addWidget(Hairline())
        self._column.addWidget(self._stack, 1)
        self._measure()

    def _page(self, emptiness: Emptiness) -> QWidget:
        """Return what stands in the table's place; most days never see it, so that it is made when needed."""
        if emptiness not in (Emptiness.NO_LEADS, Emptiness.NO_MATCH):
            return self.table
        if emptiness not in self._empty:
            self._empty[emptiness] = page = self._unmatched() if emptiness is Emptiness.NO_MATCH else _none()
            self._stack.addWidget(page)
        return self._empty[emptiness]

    def _unmatched(self) -> EmptyState:
        unmatched = EmptyState(
            Icon.SEARCH,
            text("leads.unmatched_title"),
            text("leads.unmatched_sentence"),
            primary=text("leads.show_all"),
        )
        unmatched.primary_pressed.connect(self.clear_requested)
        return unmatched

    def render_state(self, state: LeadListState) -> None:
        """Show count, filter line and order; the skeleton while leads are to come; or why there are none."""
        shown = number(state.count)
        so_far = state.growing and state.count is not None
        self._count.setText(text("leads.so_far", count=shown) if so_far else shown)
        self.filters.render_state(state)
        self.table.lead_header.show_sort(state.sort)
        self.table.set_awaiting(state.growing)
        page = self._page(state.emptiness)
        if page is not self._stack.currentWidget():
            focus = QApplication.focusWidget()
            inside = focus is not None and self._stack.isAncestorOf(focus)
            self._stack.setCurrentWidget(page)
            if inside:
                self.focus_list()

    def tell_shown(self, count: int) -> None:
        """Say how many there are, also to who asks only later: rows may be there before anybody listens."""
        self.shown = count
        self.shown_changed.emit(count)

    def set_context(self, context: RowContext) -> None:
        """Say where rows find names, steps, waiting changes and the time."""
        self.rows.reader.place_in(context)
        self.repaint_rows()

    def show_rows(self, slots: array[int], *, from_top: bool) -> None:
        """Replace all rows; the cursor stays on its lead. ``from_top``: another question was asked."""
        table = self.table
        lead_id, row = self.cursor_lead(), table.cursor_row()
        slot = self.rows.slots[row] if lead_id is not None else None
        self.rows.show(slots)
        table.lay_out()
        found = self.rows.row_of(slot)
        if found is not None and self.rows.lead_at(found) == lead_id:
            table.hold_cursor(found)
        if from_top:
            table.scrollToTop()

    def cursor_lead(self) -> LeadId | None:
        """Return the lead under the cursor."""
        try:
            return self.rows.lead_at(self.table.cursor_row())
        except LookupError:
            return None

    def repaint_rows(self) -> None:
        """Read all rows in sight anew: a name, a step or the language changed."""
        self.table.viewport().update()

    def focus_list(self) -> None:
        """Put the focus on the rows, or on what can be done where there are none."""
        page = self._stack.currentWidget()
        button = page.primary_button if isinstance(page, EmptyState) else None
        (button or self.table).setFocus(Qt.FocusReason.OtherFocusReason)

    def move_cursor(self, delta: int) -> None:
        """Move the cursor by rows, from wherever the keys J and K were pressed."""
        row = self.table.cursor_row() + delta
        self.table.go_to(min(max(row, 0), self.rows.rowCount() - 1))

    def set_notice(self, notice: QWidget | None) -> None:
        """Put a note above the header, or take it away; it brings its own margins."""
        if self._notice is not None:
            self._column.removeWidget(self._notice)
            self._notice.hide()
        self._notice = notice
        if notice is not None:
            self._column.insertWidget(self._column.indexOf(self.filters) + 1, notice)
            notice.show()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def _measure(self) -> None:
        px = current().px
        above = (current().length("layout.paneHeader") - px(20)) // 2
        self._head.setContentsMargins(px(_MARGIN), above, px(_MARGIN), above)
        self._head.setSpacing(px(8))


def _none() -> EmptyState:
    return EmptyState(Icon.LEADS, text("leads.none_title"), text("leads.none_sentence"))
