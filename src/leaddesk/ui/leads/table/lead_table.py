"""The list itself: a table view that paints whole rows in one go."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QCursor,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.table.cell_tips import CellTips
from leaddesk.ui.leads.table.columns import Column, header_height, layout_for, row_height
from leaddesk.ui.leads.table.lead_header import HeaderCorner, LeadHeader
from leaddesk.ui.leads.table.lead_table_model import Index, LeadTableModel
from leaddesk.ui.leads.table.row_painter import RowLook, RowPainter

_PLAIN, _HOVER = RowLook(), RowLook("hover")
_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class LeadTable(QTableView):
    """Shows a :class:`LeadTableModel`. The cursor's row is selected; Enter or a click activates it.

    Model, selection, header, keyboard and accessibility are the table view's own; only painting is not: a
    whole row is painted from the shelf, and on scrolling Qt shifts what is there and asks for new rows only.
    """

    lead_activated = Signal(str)
    copy_requested = Signal(int)
    dragged_out = Signal()

    def __init__(self, model: LeadTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self._hovered, self._pressed = -1, False
        self._by_keyboard = self._awaiting = False
        self._tall, self._layout = row_height(), layout_for(0)
        self.lead_header = LeadHeader(self)
        self._corner = HeaderCorner()
        self.setModel(model)
        self.setAccessibleName(text("leads.title"))
        self._set_up()

    def _set_up(self) -> None:
        self.setHorizontalHeader(self.lead_header)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setProperty("ring", "none")
        self.setItemDelegate(CellTips(self))
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.addScrollBarWidget(self._corner, Qt.AlignmentFlag.AlignTop)
        beside = self.verticalHeader()
        beside.hide()
        beside.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._measure()

    def set_awaiting(self, awaiting: bool) -> None:
        """Draw skeleton rows below the last lead while more are to come."""
        if awaiting != self._awaiting:
            self._awaiting = awaiting
            self.viewport().update()

    def cover(self) -> None:
        """Paint anew what the reader masks, or shows again."""
        self.viewport().update()

    def rows_in_sight(self) -> int:
        """Return how many rows fit into the viewport, the cut ones included."""
        return self.viewport().height() // self._tall + 2

    def go_to(self, row: int) -> None:
        """Put the cursor on a row and bring it into sight; outside the list nothing happens."""
        index = self._rows.index(row, max(0, self.currentIndex().column()))
        if index.isValid():
            self.setCurrentIndex(index)

    def lay_out(self) -> None:
        """Take in new rows now; Qt would paint once before and once after it does so later."""
        self.executeDelayedItemsLayout()

    def hold_cursor(self, row: int) -> None:
        """Put the cursor on a row and leave what is in sight where it is."""
        self.setAutoScroll(False)
        self.go_to(row)
        self.setAutoScroll(True)

    def cursor_row(self) -> int:
        """Return the cursor's row, -1 if there is none."""
        return self.currentIndex().row()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that lie in the exposed parts, straight from the shelf."""
        painter = QPainter(self.viewport())
        try:
            rows = RowPainter(painter, self._layout, self.viewport().width())
            cursor, offset = self.cursor_row(), self.verticalOffset()
            for row in self._exposed(event.region()):
                look = self._cursor_look() if row == cursor else _HOVER if row == self._hovered else _PLAIN
                self._paint_row(rows, row, row * self._tall - offset, look)
            rows.flush()
        finally:
            painter.end()  # a painter left open takes the process down with it

    def _exposed(self, region: QRegion) -> list[int]:
        """Return the rows in the exposed parts: of two distant rows those two, not all between them."""
        tall, offset = self._tall, self.verticalOffset()
        exposed: set[int] = set()
        for part in region:  # type: ignore[attr-defined]
            exposed.update(range((part.top() + offset) // tall, (part.bottom() + offset) // tall + 1))
        return sorted(exposed)

    def _paint_row(self, rows: RowPainter, row: int, top: int, look: RowLook) -> None:
        tall = self._tall
        if row < len(self._rows.slots):
            rows.ground(top, tall, look)
            with suppress(LookupError):  # gone from the shelf; the row goes in the same turn of the loop
                rows.row(top, tall, self._rows.reader.read(self._rows.slots[row]))
        elif self._awaiting:
            rows.ground(top, tall, _PLAIN)
            rows.skeleton(top, tall, row)
        else:
            rows.blank(top, tall)

    def _cursor_look(self) -> RowLook:
        active = self.isActiveWindow()
        ring = active and self._by_keyboard and self.hasFocus()
        return RowLook("selected" if active else "selectedInactive", bar=True, ring=ring)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by arrows, page and end keys; Enter activates. Left and right go through the cells of a row,
        for those who hear them; letters belong to the window."""
        self._show_ring(True)
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Copy):  # Qt would put the cell there, past our clipboard
            self.copy_requested.emit(self.cursor_row())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._activate(self.cursor_row())
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.go_to(0 if key == Qt.Key.Key_Home else self._rows.rowCount() - 1)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are keys of the window, and the search field finds leads."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._show_ring(False)
        self._pressed = event.button() == Qt.MouseButton.LeftButton
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            row = self._row_at(event.position().toPoint())
            if row == self.cursor_row():
                self._activate(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the row under the pointer; a press does not drag the selection along.

        Who drags a row out of the list is told once that rows do not leave like that.
        """
        point = event.position().toPoint()
        self._hover(self._row_at(point))
        if event.buttons() & Qt.MouseButton.LeftButton and not self.viewport().rect().contains(point):
            if self._pressed:
                self.dragged_out.emit()
            self._pressed = False

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.cursor_row() < 0:
            self.go_to(0)
        self._show_ring(event.reason() in _KEYBOARD)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._repaint_row(self.cursor_row())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self._repaint_row(self.cursor_row())
        elif event.type() == QEvent.Type.StyleChange:
            self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Repaint whole rows: what Qt would repaint is one cell."""
        for row in range(first.row(), last.row() + 1):
            self._repaint_row(row)

    def currentChanged(self, now: Index, before: Index) -> None:
        super().currentChanged(now, before)
        self._repaint_row(before.row())
        self._repaint_row(now.row())

    def _activate(self, row: int) -> None:
        lead_id = self._rows.lead_at(row)
        if lead_id is not None:
            self.lead_activated.emit(lead_id)

    def _show_ring(self, shown: bool) -> None:
        self._by_keyboard = shown
        self._repaint_row(self.cursor_row())

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            before, self._hovered = self._hovered, row
            self._repaint_row(before)
            self._repaint_row(row)

    def _scrolled(self) -> None:
        """Light the row that came under the resting pointer."""
        if self._hovered >= 0:
            self._hover(self._row_at(self.viewport().mapFromGlobal(QCursor.pos())))

    def _row_at(self, point: QPoint) -> int:
        row = (point.y() + self.verticalOffset()) // self._tall
        return row if 0 <= row < self._rows.rowCount() else -1

    def _repaint_row(self, row: int) -> None:
        if row >= 0:
            tall = row_height()
            self.viewport().update(
                QRect(0, row * tall - self.verticalOffset(), self.viewport().width(), tall)
            )

    def _measure(self) -> None:
        self.verticalHeader().setMinimumSectionSize(1)
        self._tall = row_height()
        self.verticalHeader().setDefaultSectionSize(self._tall)
        self._corner.setFixedHeight(header_height())
        self._arrange()

    def _arrange(self) -> None:
        """Give the sections the widths of the layout."""
        width = self.viewport().width()
        layout = self._layout = layout_for(width, self.width() - width)
        self.lead_header.setVisible(not layout.narrow)
        self._corner.setVisible(not layout.narrow)
        for column in Column:
            self.setColumnHidden(column, not layout.has(column))
            if layout.has(column):
                left, right = layout.edges[column]
                self.setColumnWidth(column, right - left)
        self.viewport().update()
