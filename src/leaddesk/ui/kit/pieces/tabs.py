"""Tabs with counts (picture 01) and the segmented switch."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QTabBar, QWidget

from leaddesk.ui.kit.labels import set_tip
from leaddesk.ui.kit.painting.boxes import draw_box, draw_hairline
from leaddesk.ui.kit.painting.writing import draw_text, text_width
from leaddesk.ui.kit.wording import grouped
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

_GAP, _COUNT_GAP = 20, 6


class TabBar(QTabBar):
    """The tabs of one place. A tab is known by its key; the current one is bold over a line of 2 px."""

    selected = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: dict[str, int | None] = {}
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.currentChanged.connect(lambda index: self.selected.emit(self.key_at(index)))

    def add(self, key: str, shown: str, count: int | None = None) -> None:
        """Add a tab at the end."""
        self._counts[key] = count
        index = self.addTab("")
        self.setTabData(index, key)
        self.setTabText(index, shown.replace("&", "&&"))
        self._name(index)

    def set_count(self, key: str, count: int | None) -> None:
        """Change the figure beside a tab; None shows none."""
        if self._counts.get(key) == count:
            return
        self._counts[key] = count
        index = self._index(key)
        self._name(index)
        self.setTabText(index, self.tabText(index))  # makes Qt lay the tabs out anew: the count needs room
        self.updateGeometry()
        self.update()

    def show_tab(self, key: str, shown: bool) -> None:
        """Show or hide a tab; hiding the current one makes its neighbour current."""
        if self.isTabVisible(self._index(key)) != shown:
            self.setTabVisible(self._index(key), shown)

    def select(self, key: str) -> None:
        """Make a tab the current one; ``selected`` follows. Raises KeyError if there is none."""
        self.setCurrentIndex(self._index(key))

    def key_at(self, index: int) -> str:
        """Return the key of a tab by its place."""
        return str(self.tabData(index) or "")

    def current_key(self) -> str:
        """Return the key of the current tab."""
        return self.key_at(self.currentIndex())

    def tabSizeHint(self, index: int) -> QSize:
        return QSize(self._width(index) + current().px(_GAP), current().length("control.tab"))

    def minimumTabSizeHint(self, index: int) -> QSize:
        return QSize(current().px(44), current().length("control.tab"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bottom = self.height() - 1
        draw_hairline(painter, QPointF(0, bottom), QPointF(self.width(), bottom))
        for index in filter(self.isTabVisible, range(self.count())):
            self._paint_tab(painter, index)
        painter.end()

    def _paint_tab(self, painter: QPainter, index: int) -> None:
        theme, on = current(), index == self.currentIndex()
        place = QRectF(self.tabRect(index))
        place.setRight(min(place.right() - theme.px(_GAP) / 2, place.left() + self._width(index) + 1))
        lit = on or place.contains(QPointF(self.mapFromGlobal(self.cursor().pos())))
        count = self._count(index)
        room = place.adjusted(0, 0, -self._count_width(index), 0)
        shown = self._shown(index)
        used = draw_text(painter, room, shown, TextStyle.BODY, "text" if lit else "text2", bold=on)
        self.setTabToolTip(index, shown if text_width(shown, bold=on) > room.width() + 1 else "")
        if count:
            beside = place.adjusted(used + theme.px(_COUNT_GAP), 0, theme.px(4), 0)
            draw_text(painter, beside, count, TextStyle.CAPTION, "text3")
        if on:
            wide = used + self._count_width(index)
            line = QRectF(place.left(), self.height() - 2, wide, 2)
            painter.fillRect(line, theme.color("accentMark"))

    def _width(self, index: int) -> int:
        """Return the width of a tab's words, bold, so that nothing moves when it becomes current."""
        return round(text_width(self._shown(index), bold=True) + 0.5) + self._count_width(index)

    def _count_width(self, index: int) -> int:
        count = self._count(index)
        return round(text_width(count, TextStyle.CAPTION)) + current().px(_COUNT_GAP) if count else 0

    def _count(self, index: int) -> str:
        count = self._counts.get(self.key_at(index))
        return "" if count is None else grouped(count)

    def _shown(self, index: int) -> str:
        return self.tabText(index).replace("&&", "&")

    def _name(self, index: int) -> None:
        self.setAccessibleTabName(index, f"{self._shown(index)} {self._count(index)}".strip())

    def _index(self, key: str) -> int:
        for index in range(self.count()):
            if self.key_at(index) == key:
                return index
        raise KeyError(key)


class Segmented(QWidget):
    """A switch between few ways to see the same: Liste, Board."""

    selected = Signal(str)

    def __init__(
        self, options: Sequence[tuple[str, str, Icon | None]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._buttons: dict[str, _Segment] = {}
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(0)
        for key, shown, drawing in options:
            segment = _Segment(shown, drawing)
            segment.clicked.connect(lambda _checked=False, key=key: self.selected.emit(key))
            group.addButton(segment)
            row.addWidget(segment)
            self._buttons[key] = segment
        next(iter(self._buttons.values())).setChecked(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def select(self, key: str) -> None:
        """Show a segment as chosen, without announcing it. Raises KeyError if there is none."""
        self._buttons[key].setChecked(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_box(
            painter, QRectF(self.rect()), current().length("radius.control"), fill="window", line="border"
        )
        painter.end()


class _Segment(QAbstractButton):
    def __init__(self, shown: str, drawing: Icon | None) -> None:
        super().__init__()
        self._shown, self._drawing = shown, drawing
        self.setCheckable(True)
        self.setAccessibleName(shown)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        set_tip(self, "")

    def sizeHint(self) -> QSize:
        theme = current()
        mark = theme.px(14 + 6) if self._drawing is not None else 0
        width = round(text_width(self._shown, bold=True) + 0.5) + theme.px(20) + mark
        return QSize(width, theme.length("control.segmented") - 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, area, on = current(), QRectF(self.rect()), self.isChecked()
        if on:
            draw_box(painter, area, theme.px(5), fill="control", line="controlBorder")
        elif self.underMouse():
            draw_box(painter, area, theme.px(5), fill="hoverWindow")
        role = "text" if on else "text2"
        x = area.left() + theme.px(10)
        if self._drawing is not None:
            draw_icon(painter, QRectF(x, 0, theme.px(14), area.height()), self._drawing, role, 14)
            x += theme.px(14 + 6)
        draw_text(
            painter, QRectF(x, 0, area.right() - x, area.height()), self._shown, TextStyle.BODY, role, bold=on
        )
        painter.end()
