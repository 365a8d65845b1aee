"""The status bar: how many leads, how fresh, what waits; and that nothing is stored."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from leaddesk.ui.kit.entry.pressable import Pressable
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.painting.writing import draw_text, text_width
from leaddesk.ui.kit.phrases import number
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.state import StatusState
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

SEPARATOR = "\u2002•\u2002"
TIGHT = 1_100


class Progress(QWidget):
    """140 by 4: how much of the tenant is here."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fraction = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_fraction(self, fraction: float) -> None:
        """Show a share between 0 and 1."""
        self._fraction = min(1.0, max(0.0, fraction))
        self.setAccessibleName(text("shell.loading_spoken", percent=round(self._fraction * 100)))
        self.update()

    def sizeHint(self) -> QSize:
        """Give the bar's fixed size."""
        return QSize(current().px(140), current().px(4))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the track and what is done."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("pressed"))
        radius = self.height() / 2
        painter.drawRoundedRect(self.rect(), radius, radius)
        painter.setBrush(theme.color("accentMark"))
        done = QRectF(0, 0, max(self.height(), self.width() * self._fraction), self.height())
        painter.drawRoundedRect(done, radius, radius)


class WaitingButton(Pressable):
    """``3 Änderungen warten`` in amber, with its cloud, and ``1 Notiz begonnen``; opens the queue."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(4, parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._look = (Icon.WAITING, "warningText")

    def show_count(self, waiting: int, begun: int) -> None:
        """Show how many changes wait and how many notes are begun; none of both hides the button."""
        self.setVisible(waiting + begun > 0)
        self._look = (Icon.WAITING, "warningText") if waiting else (Icon.NOTE, "text2")
        words = (waiting and text("shell.waiting", n=waiting), begun and text("shell.begun", n=begun))
        self.setText(SEPARATOR.join(part for part in words if part))
        self.setAccessibleName(self.text())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Give icon and words."""
        return QSize(current().px(22) + ceil(text_width(self.text(), TextStyle.CAPTION)), current().px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint icon and words."""
        painter = QPainter(self)
        size = current().px(14)
        mark, color = self._look
        draw_icon(painter, QPointF(0, (self.height() - size) / 2), mark, color, 14)
        place = QRectF(current().px(20), 0, self.width() - current().px(20), self.height())
        draw_text(painter, place, self.text(), TextStyle.CAPTION, color)


class NothingStored(QWidget):
    """The promise at the right end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text("shell.nothing_stored"))

    def sizeHint(self) -> QSize:
        """Give icon and sentence."""
        wide = text_width(text("shell.nothing_stored"), TextStyle.CAPTION)
        return QSize(current().px(22) + ceil(wide), current().px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint icon and sentence."""
        painter = QPainter(self)
        size = current().px(14)
        draw_icon(painter, QPointF(0, (self.height() - size) / 2), Icon.NOTHING_STORED, "text3", 14)
        place = QRectF(current().px(20), 0, self.width() - current().px(20), self.height())
        draw_text(painter, place, text("shell.nothing_stored"), TextStyle.CAPTION, "text3")


class StatusBar(QWidget):
    """Renders a StatusState."""

    waiting_pressed = Signal()

    def __init__(self, state: StatusState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._before = PlainLabel("", TextStyle.CAPTION, "text3", elide=True)
        self._progress = Progress()
        self._after = PlainLabel("", TextStyle.CAPTION, "text3", elide=True)
        self._waiting = WaitingButton()
        self._waiting.clicked.connect(self.waiting_pressed)
        theme = current()
        self.setFixedHeight(theme.length("layout.statusBar"))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), 1, theme.px(12), 0)
        row.setSpacing(theme.px(12))
        for widget in (self._before, self._progress, self._after, self._waiting):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(NothingStored())
        self.render_state(state)

    def render_state(self, state: StatusState) -> None:
        """Show another state."""
        self._state = state
        loading = not state.done and state.total is not None and state.loaded < state.total
        self._before.setText(_loading_words(state) if loading else self._words(state))
        self._progress.setVisible(loading)
        self._after.setVisible(loading)
        if loading and state.total:
            self._progress.show_fraction(state.loaded / state.total)
            self._after.setText(_words_left(state))
        self._waiting.show_count(state.waiting, state.begun)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the least important words in a small window."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.render_state(self._state)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the bar and draw its hairline."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), current().color("window"))
        painter.fillRect(0, 0, self.width(), 1, current().color("border"))

    def _words(self, state: StatusState) -> str:
        if state.total is None:
            return text("shell.counts_unknown")
        parts = [text("shell.counts", shown=number(state.shown), total=number(state.total))]
        if state.done and not state.waiting and self.width() >= current().px(TIGHT):
            parts.append(text("shell.all_in_memory"))
        if state.as_of is not None:
            parts.append(text("shell.as_of", when=state.as_of))
        return SEPARATOR.join(parts)


def _loading_words(state: StatusState) -> str:
    return text("shell.counts", shown=number(state.loaded), total=number(state.total))


def _words_left(state: StatusState) -> str:
    search = text("shell.search_works")
    if state.seconds_left is None:
        return search
    return SEPARATOR.join((text("shell.seconds_left", n=max(1, state.seconds_left)), search))
