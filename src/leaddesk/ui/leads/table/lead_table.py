"""The list itself: a table view that paints whole rows in one go."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QToolTip, QWidget

from leaddesk.ui.kit.labels import set_tip
from leaddesk.ui.kit.painting.writing import text_width
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.table.columns import Column, Layout, header_height, layout_for, lead_width, row_height
from leaddesk.ui.leads.table.lead_header import HeaderCorner, LeadHeader
from leaddesk.ui.leads.table.lead_table_model import Index, LeadTableModel
from leaddesk.ui.leads.table.row_painter import RowLook, RowPainter
from leaddesk.ui.theme.tokens import current

_TOLD = (Column.RECEIVED, Column.OWNER)
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

    def __init__(self, model: LeadTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self._hovered = -1
        self._by_keyboard = False
        self._awaiting = False
        self.lead_header = LeadHeader(self)
        self._corner = HeaderCorner()
        self.setModel(model)
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
        self.setAccessibleName(text("leads.title"))
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.addScrollBarWidget(self._corner, Qt.AlignmentFlag.AlignTop)
        beside = self.verticalHeader()
        beside.hide()
        beside.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._measure()

    def set_awaiting(self, awaiting: bool) -> None:
        """Draw skeleton rows below the last lead while more are to come."""
        if awaiting != self._awaiting:
            self._awaiting = awaiting
            self.viewport().update()

    def rows_in_sight(self) -> int:
        """Return how many rows fit into the viewport, the cut ones included."""
        return self.viewport().height() // row_height() + 2

    def go_to(self, row: int) -> None:
        """Put the cursor on a row and bring it into sight; outside the list nothing happens."""
        index = self._rows.index(row, max(0, self.currentIndex().column()))
        if index.isValid():
            self.setCurrentIndex(index)

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
        rows = RowPainter(painter, self._layout(), self.viewport().width())
        for row in self._exposed(event.region()):
            self._paint_row(rows, row)
        painter.end()

    def _exposed(self, region: QRegion) -> list[int]:
        """Return the rows in the exposed parts: of two distant rows those two, not all between them."""
        tall, offset = row_height(), self.verticalOffset()
        exposed: set[int] = set()
        for part in region:  # type: ignore[attr-defined]
            exposed.update(range((part.top() + offset) // tall, (part.bottom() + offset) // tall + 1))
        return sorted(exposed)

    def _paint_row(self, rows: RowPainter, row: int) -> None:
        tall = row_height()
        top = row * tall - self.verticalOffset()
        if row < len(self._rows.slots):
            rows.ground(top, tall, self._look_of(row))
            with suppress(LookupError):  # gone from the shelf; the row goes in the same turn of the loop
                rows.row(top, tall, self._rows.reader.read(self._rows.slots[row]))
        elif self._awaiting:
            rows.ground(top, tall, RowLook())
            rows.skeleton(top, tall, row)
        else:
            rows.blank(top, tall)

    def _look_of(self, row: int) -> RowLook:
        if row == self.cursor_row():
            active = self.isActiveWindow()
            ring = active and self._by_keyboard and self.hasFocus()
            return RowLook("selected" if active else "selectedInactive", bar=True, ring=ring)
        return RowLook("hover" if row == self._hovered else "surface")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by arrows, page and end keys; Enter activates. Left and right go through the cells of a row,
        for those who hear them; letters belong to the window."""
        self._show_ring(True)
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._activate(self.cursor_row())
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.go_to(0 if key == Qt.Key.Key_Home else self._rows.rowCount() - 1)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are keys of the window, and the search field finds leads."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._show_ring(False)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            row = self._row_at(event.position().toPoint())
            if row == self.cursor_row():
                self._activate(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the row under the pointer; a press does not drag the selection along."""
        self._hover(self._row_at(event.position().toPoint()))

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

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Shift what is painted; the pointer then rests on another row."""
        super().scrollContentsBy(dx, dy)
        if self.viewport().underMouse():
            self._hover(self._row_at(self.viewport().mapFromGlobal(self.cursor().pos())))

    def viewportEvent(self, event: QEvent) -> bool:
        """Show a cell's whole text where the pointer rests."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_tip(event)
            return True
        return super().viewportEvent(event)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Repaint whole rows: what Qt would repaint is one cell."""
        for row in range(first.row(), last.row() + 1):
            self._repaint_row(row)

    def currentChanged(self, now: Index, before: Index) -> None:
        super().currentChanged(now, before)
        self._repaint_row(before.row())
        self._repaint_row(now.row())

    def _show_tip(self, event: QHelpEvent) -> None:
        index = self.indexAt(event.pos())
        tip = self._tip(index) if index.isValid() else ""
        if tip:
            set_tip(self.viewport(), tip)  # escapes what Qt would take for markup
            QToolTip.showText(event.globalPos(), self.viewport().toolTip(), self.viewport())
            self.viewport().setToolTip("")
        else:
            QToolTip.hideText()

    def _tip(self, index: QModelIndex) -> str:
        """Return what is cut off in a cell, the exact time, or who a face is."""
        slot, column = self._rows.slots[index.row()], Column(index.column())
        try:
            tip = self._rows.reader.tip(slot, column)
        except LookupError:
            return ""
        return tip if column in _TOLD or any(self._is_cut(line, index) for line in tip.split("\n")) else ""

    def _is_cut(self, line: str, index: QModelIndex) -> bool:
        room = self.visualRect(index).width() - current().px(8)
        return text_width(line) > room - (lead_width() if index.column() == Column.NAME else 0)

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

    def _row_at(self, point: QPoint) -> int:
        row = (point.y() + self.verticalOffset()) // row_height()
        return row if 0 <= row < self._rows.rowCount() else -1

    def _repaint_row(self, row: int) -> None:
        if row >= 0:
            tall = row_height()
            self.viewport().update(
                QRect(0, row * tall - self.verticalOffset(), self.viewport().width(), tall)
            )

    def _layout(self) -> Layout:
        width = self.viewport().width()
        return layout_for(width, self.width() - width)

    def _measure(self) -> None:
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(row_height())
        self._corner.setFixedHeight(header_height())
        self._arrange()

    def _arrange(self) -> None:
        """Give the sections the widths of the layout."""
        layout = self._layout()
        self.lead_header.setVisible(not layout.narrow)
        self._corner.setVisible(not layout.narrow)
        for column in Column:
            self.setColumnHidden(column, not layout.has(column))
            if layout.has(column):
                left, right = layout.edges[column]
                self.setColumnWidth(column, right - left)
        self.viewport().update()
