"""The header of the list: 28 px, one line of names, an arrow where it is sorted."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from leaddesk.store.leads.queries import NEWEST, Sort
from leaddesk.ui.kit.painting.writing import RIGHT, draw_text, text_width
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.table.columns import FIRST_DESCENDING, SORTS, Column, header_height, lead_width
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

_ARROW = 12


class HeaderCorner(QWidget):
    """Carries the header on above the scroll bar."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), current().color("sunken"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, current().color("border"))
        painter.end()


class LeadHeader(QHeaderView):
    """Paints itself in one go; a click asks for a sort by that column, another one turns it round.

    Sections have fixed widths given by the table. The keyboard sorts through the button in the filter line.
    """

    sort_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._sort = NEWEST
        self._over: int | None = None
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.sectionClicked.connect(self._clicked)

    def show_sort(self, sort: Sort) -> None:
        """Show by which column the list is sorted."""
        if sort != self._sort:
            self._sort = sort
            self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), header_height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        section = self.logicalIndexAt(event.position().toPoint())
        can_sort = section >= 0 and Column(section) in SORTS
        self.setCursor(Qt.CursorShape.PointingHandCursor if can_sort else Qt.CursorShape.ArrowCursor)
        self._point_at(section if can_sort else None)

    def leaveEvent(self, event: object) -> None:
        self._point_at(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the names and the arrow."""
        theme = current()
        painter = QPainter(self.viewport())
        area = self.viewport().rect()
        painter.fillRect(area, theme.color("sunken"))
        for section in range(self.count()):
            if not self.isSectionHidden(section):
                left = self.sectionViewportPosition(section)
                self._paint_name(
                    painter, Column(section), QRect(left, 0, self.sectionSize(section), area.height())
                )
        painter.fillRect(0, area.height() - 1, area.width(), 1, theme.color("border"))
        painter.end()

    def _paint_name(self, painter: QPainter, column: Column, section: QRect) -> None:
        if column is Column.OWNER:
            return
        px = current().px
        by_this = SORTS.get(column) is self._sort.by
        name = text(f"leads.column_{column.name.lower()}")
        role = "text" if by_this else "text2" if self._over == column else "text3"
        cell = QRectF(section).adjusted(lead_width() if column is Column.NAME else 0, 0, -px(8), 0)
        arrow = px(_ARROW + 4) if by_this else 0
        if column is Column.VALUE:
            place = cell.adjusted(0, 0, -arrow, 0)
            draw_text(painter, place, name, TextStyle.CAPTION, role, align=RIGHT, bold=by_this)
            end = place.right()
        else:
            place = cell.adjusted(0, 0, -arrow, 0)
            end = cell.left() + min(text_width(name, TextStyle.CAPTION, by_this), place.width())
            draw_text(painter, place, name, TextStyle.CAPTION, role, bold=by_this)
        if by_this:
            drawing = Icon.SORT_DOWN if self._sort.descending else Icon.SORT_UP
            draw_icon(painter, QRectF(end + px(4), 0, px(_ARROW), cell.height()), drawing, "text", _ARROW)

    def _point_at(self, section: int | None) -> None:
        if section != self._over:
            self._over = section
            self.viewport().update()

    def _clicked(self, section: int) -> None:
        by = SORTS.get(Column(section))
        if by is not None:
            turned = not self._sort.descending if by is self._sort.by else Column(section) in FIRST_DESCENDING
            self.sort_chosen.emit(Sort(by, turned))
