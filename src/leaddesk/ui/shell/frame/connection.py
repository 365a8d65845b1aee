"""The connection in a dot or icon and one word; the nearest deadline as a chip."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from leaddesk.ui.kit.entry.pressable import Pressable
from leaddesk.ui.kit.labels import set_tip
from leaddesk.ui.kit.painting.writing import draw_text, text_width
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.state import Link
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

_HEIGHT = 24


class ConnectionMark(QWidget):
    """Dot for live, open ring for loading and connecting, crossed cloud for offline: never colour alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._link = Link.CONNECTING
        self._word_shown = True
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_link(self, link: Link, *, word: bool = True) -> None:
        """Show another state of the connection, with its word or without."""
        self._link, self._word_shown = link, word
        self.setAccessibleName(text("shell.link_spoken", word=self._word()))
        set_tip(self, text(f"shell.link_{link.value}_tip"))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Give mark, gap and word."""
        theme = current()
        word = (
            text_width(self._word(), TextStyle.CAPTION, self._heavy()) + theme.px(8)
            if self._word_shown
            else 0
        )
        return QSize(self._mark_width() + ceil(word), theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint mark and word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_mark(painter)
        if self._word_shown:
            left = self._mark_width() + current().px(8)
            place = QRectF(left, 0, self.width() - left, self.height())
            role = "warningText" if self._heavy() else "text2"
            draw_text(painter, place, self._word(), TextStyle.CAPTION, role, bold=self._heavy())

    def _word(self) -> str:
        return text(f"shell.link_{self._link.value}")

    def _heavy(self) -> bool:
        return self._link is Link.OFFLINE

    def _mark_width(self) -> int:
        return current().px({Link.LIVE: 8, Link.OFFLINE: 16}.get(self._link, 14))

    def _paint_mark(self, painter: QPainter) -> None:
        theme = current()
        side, middle = self._mark_width(), self.height() / 2
        place = QRectF(0, middle - side / 2, side, side)
        if self._link is Link.OFFLINE:
            draw_icon(painter, place.topLeft(), Icon.OFFLINE, "warningText")
        elif self._link is Link.LIVE:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("success"))
            painter.drawEllipse(place)
        else:
            pen = QPen(theme.color("text3"), theme.px(3) / 2)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawArc(place.adjusted(1.5, 1.5, -1.5, -1.5), 100 * 16, 270 * 16)


class DeadlineChip(Pressable):
    """``Angebot in 11:42``; pressed, it opens the offers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(5, parent)
        self._left = ""

    def show_left(self, left: str | None) -> None:
        """Show how much time is left; None hides the chip."""
        self.setVisible(left is not None)
        if left is None or left == self._left:
            return
        self._left = left
        self.setAccessibleName(f"{text('shell.deadline')} {left}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Give icon, word and figures."""
        theme = current()
        word = text_width(text("shell.deadline"), TextStyle.CAPTION)
        figures = text_width(self._left, TextStyle.CAPTION, bold=True)
        return QSize(theme.px(30 + 6 + 10) + ceil(word + figures), theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chip."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("warning"), 1))
        painter.setBrush(theme.color("controlHover" if self.underMouse() else "control"))
        radius = theme.length("radius.chip")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        draw_icon(
            painter, QPointF(theme.px(10), (self.height() - theme.px(14)) / 2), Icon.OFFERS, "warningText", 14
        )
        word = text("shell.deadline")
        left, width = theme.px(30), text_width(word, TextStyle.CAPTION)
        draw_text(painter, QRectF(left, 0, width + 2, self.height()), word, TextStyle.CAPTION, "text2")
        figures = QRectF(left + width + theme.px(6), 0, self.width(), self.height())
        draw_text(painter, figures, self._left, TextStyle.CAPTION, "text", bold=True)
