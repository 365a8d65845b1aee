"""Check boxes, radio buttons and the radio cards of picture 04, painted from the tokens."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QRadioButton, QSizePolicy, QWidget

from leaddesk.ui.kit.isolation import listed
from leaddesk.ui.kit.painting.boxes import draw_box
from leaddesk.ui.kit.painting.ticks import draw_check, draw_radio
from leaddesk.ui.kit.painting.writing import CENTER, draw_text, text_width
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

_SIDE, _GAP = 16, 8


def _size(shown: str) -> QSize:
    theme = current()
    words = round(text_width(shown) + 0.5) + theme.px(_GAP) if shown else 0
    return QSize(theme.px(_SIDE) + words, theme.length("control.minTarget"))


def _mark_rect(height: int) -> QRectF:
    side = current().px(_SIDE)
    return QRectF(0, round((height - side) / 2), side, side)


def _ring_rect(widget: QWidget, shown: str) -> QRect:
    if not shown:
        return _mark_rect(widget.height()).toRect()
    return QRect(0, 0, min(widget.width(), _size(shown).width()), widget.height())


class CheckBox(QCheckBox):
    """A box to tick, with words beside it; without words give it an accessible name."""

    def __init__(self, shown: str = "", parent: QWidget | None = None) -> None:
        super().__init__(shown.replace("&", "&&"), parent)
        self._shown = shown
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return _size(self._shown)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: object) -> bool:
        return True

    def ring_rect(self) -> QRect:
        """Return what the focus ring surrounds."""
        return _ring_rect(self, self._shown)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_check(painter, _mark_rect(self.height()), self.checkState(), enabled=self.isEnabled())
        _draw_words(painter, self, self._shown)
        painter.end()


class RadioButton(QRadioButton):
    """One of several that exclude each other, with words beside it."""

    def __init__(self, shown: str = "", parent: QWidget | None = None) -> None:
        super().__init__(shown.replace("&", "&&"), parent)
        self._shown = shown
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return _size(self._shown)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: object) -> bool:
        return True

    def ring_rect(self) -> QRect:
        """Return what the focus ring surrounds."""
        return _ring_rect(self, self._shown)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_radio(painter, _mark_rect(self.height()), self.isChecked(), enabled=self.isEnabled())
        _draw_words(painter, self, self._shown)
        painter.end()


class ChoiceCard(QRadioButton):
    """A radio button as a card: title over one sentence, a tag at the right. Cards in one parent exclude."""

    def __init__(self, title: str, sub: str, tag: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._sub, self._tag = title, sub, tag
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(listed(", ", (title, sub, tag)))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        theme = current()
        first = text_width(self._title, TextStyle.BODY, True) + (self._tag_width() + theme.px(12))
        words = max(first, text_width(self._sub, TextStyle.CAPTION))
        return QSize(round(words + 0.5) + theme.px(38 + 12), theme.px(54))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: object) -> bool:
        return True

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()  # Enter belongs to the dialog's primary button
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, area, on = current(), QRectF(self.rect()), self.isChecked()
        fill = "accentSoft" if on else ("hover" if self.underMouse() and self.isEnabled() else "surface")
        draw_box(
            painter,
            area,
            theme.length("radius.card"),
            fill=fill,
            line="accentMark" if on else "border",
            width=2 if on else 1,
        )
        side = theme.px(_SIDE)
        draw_radio(painter, QRectF(theme.px(12), theme.px(11), side, side), on, enabled=self.isEnabled())
        inner = area.adjusted(theme.px(38), theme.px(8), -theme.px(12), -theme.px(8))
        half = inner.height() / 2
        words = "text" if self.isEnabled() else "textDisabled"
        tag = self._tag_width()
        upper = QRectF(inner.left(), inner.top(), inner.width() - tag - theme.px(6), half)
        draw_text(painter, upper, self._title, TextStyle.BODY, words, bold=on)
        sub = QRectF(inner.left(), inner.top() + half, inner.width(), half)
        draw_text(painter, sub, self._sub, TextStyle.CAPTION, "text2" if self.isEnabled() else "textDisabled")
        if self._tag:
            box = QRectF(inner.right() - tag, inner.top(), tag, theme.length("control.tag"))
            draw_box(painter, box, theme.length("radius.tag"), fill="pressed")
            draw_text(painter, box, self._tag, TextStyle.MICRO, "text2", align=CENTER)
        painter.end()

    def _tag_width(self) -> int:
        return round(text_width(self._tag, TextStyle.MICRO)) + current().px(12) if self._tag else 0


def _draw_words(painter: QPainter, widget: QWidget, shown: str) -> None:
    if not shown:
        return
    place = QRectF(widget.rect()).adjusted(current().px(_SIDE + _GAP), 0, 0, 0)
    draw_text(painter, place, shown, TextStyle.BODY, "text" if widget.isEnabled() else "textDisabled")
