"""Chips: what a list is filtered by, and short facts of picture 04."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from leaddesk.ui.kit.painting.boxes import draw_box
from leaddesk.ui.kit.painting.writing import draw_text, text_width
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import Scheme, current
from leaddesk.ui.theme.type_scale import TextStyle

_PAD, _GAP, _MARK = 8, 6, 12


class _Chip(QAbstractButton):
    """A box 24 px high with its words; subclasses say what pressing it means."""

    def __init__(self, spoken: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(spoken)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def _fill(self) -> str:
        if self.isDown():
            return "pressed"
        if self.underMouse() and self.isEnabled():
            return "hoverWindow" if current().scheme is not Scheme.DARK else "controlHover"
        return "control" if current().scheme is Scheme.DARK else "window"


class FilterChip(_Chip):
    """``Region: Nord ×``: pressing it asks to change the condition, × or Delete removes it."""

    removed = Signal()

    def __init__(self, key: str, value: str, spoken: str, parent: QWidget | None = None) -> None:
        super().__init__(spoken, parent)
        self._key, self._value = f"{key}:", value

    def sizeHint(self) -> QSize:
        theme = current()
        words = text_width(self._key, TextStyle.CAPTION) + text_width(self._value, TextStyle.CAPTION, True)
        return QSize(round(words + 0.5) + theme.px(2 * _PAD + 4 + _GAP + _MARK), theme.length("control.chip"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._cross().contains(event.position()) and self.isDown():
            self.setDown(False)
            self.removed.emit()
        else:
            super().mouseReleaseEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, area = current(), QRectF(self.rect())
        draw_box(painter, area, theme.length("radius.chip"), fill=self._fill(), line="controlBorder")
        place = area.adjusted(theme.px(_PAD), 0, 0, 0)
        used = draw_text(painter, place, self._key, TextStyle.CAPTION, "text2") + theme.px(4)
        draw_text(painter, place.adjusted(used, 0, 0, 0), self._value, TextStyle.CAPTION, "text", bold=True)
        draw_icon(painter, self._cross(), Icon.CLOSE, "text2", _MARK)
        painter.end()

    def _cross(self) -> QRectF:
        """Return where the × takes presses: the full height, wider than the mark."""
        wide = current().px(_PAD + _MARK + _GAP)
        return QRectF(self.width() - wide, 0, wide, self.height()).adjusted(0, 0, -current().px(1), 0)


class AddChip(_Chip):
    """``+ Filter``: a dashed box that opens something to choose from."""

    def __init__(self, shown: str, parent: QWidget | None = None) -> None:
        super().__init__(shown, parent)
        self._shown = shown

    def sizeHint(self) -> QSize:
        theme = current()
        width = round(text_width(self._shown, TextStyle.CAPTION) + 0.5) + theme.px(2 * _PAD + _MARK + _GAP)
        return QSize(width, theme.length("control.chip"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, area = current(), QRectF(self.rect())
        lit = self._fill() if self.underMouse() or self.isDown() else None
        draw_box(
            painter, area, theme.length("radius.chip"), fill=lit, line="controlBorder", dashes=(3.0, 2.5)
        )
        place = area.adjusted(theme.px(_PAD), 0, 0, 0)
        draw_icon(painter, QRectF(place.left(), 0, theme.px(_MARK), area.height()), Icon.PLUS, "text2", _MARK)
        draw_text(
            painter,
            place.adjusted(theme.px(_MARK + _GAP), 0, 0, 0),
            self._shown,
            TextStyle.CAPTION,
            "text2",
        )
        painter.end()


class PlainChip(QWidget):
    """A short fact in a box, without any action: ``Interesse``, ``4 Std.`` with a clock."""

    def __init__(self, shown: str, icon: Icon | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown, self._icon = shown, icon
        self.setAccessibleName(shown)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        theme = current()
        mark = theme.px(14 + 4) if self._icon is not None else 0
        width = round(text_width(self._shown, TextStyle.CAPTION) + 0.5) + theme.px(2 * _PAD) + mark
        return QSize(width, theme.length("control.chip"))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, area = current(), QRectF(self.rect())
        fill = "control" if theme.scheme is Scheme.DARK else "window"
        draw_box(painter, area, theme.length("radius.chip"), fill=fill, line="controlBorder")
        place = area.adjusted(theme.px(_PAD), 0, 0, 0)
        if self._icon is not None:
            draw_icon(painter, QRectF(place.left(), 0, theme.px(14), area.height()), self._icon, "text2", 14)
            place.adjust(theme.px(14 + 4), 0, 0, 0)
        draw_text(painter, place, self._shown, TextStyle.CAPTION, "text2")
        painter.end()
