"""The focus ring of buttons, boxes and cards: 2 px with a gap of 2 px, after keyboard use only.

Style sheets cannot keep a gap, so one small transparent widget follows the focus of a window. Fields show the
focus by their own border; lists paint their row's ring themselves.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QTabBar,
    QWidget,
)
from shiboken6 import isValid

from leaddesk.ui.kit.painting.boxes import draw_ring
from leaddesk.ui.kit.pieces.choices import CheckBox, RadioButton
from leaddesk.ui.theme.tokens import current, token

_OWN_FOCUS = (QLineEdit, QComboBox, QAbstractItemView, QPlainTextEdit)
_MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Hide, QEvent.Type.Show)


class RingMark(QWidget):
    """The ring itself: a transparent child of a window around one widget in it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._radius = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def surround(self, widget: QWidget) -> None:
        """Lie around a widget; a widget may name its corners by the property ``ringRadius``."""
        theme = current()
        reach = token("focus.button.gap") + token("focus.button.width")
        corner = widget.property("ringRadius")
        self._radius = theme.px(corner if corner is not None else token("radius.control")) + reach
        inner = _focused_part(widget)
        origin = widget.mapTo(widget.window(), inner.topLeft())
        self.setGeometry(QRect(origin, inner.size()).adjusted(-reach, -reach, reach, reach))
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_ring(painter, QRectF(self.rect()), self._radius, token("focus.button.width"))
        painter.end()


def _focused_part(widget: QWidget) -> QRect:
    """Return what the ring surrounds: a tab, a box without words, a scrolling pane from inside, else all."""
    if isinstance(widget, QScrollArea):
        reach = token("focus.button.gap") + token("focus.button.width")
        return widget.rect().adjusted(reach, reach, -reach, -reach)
    if isinstance(widget, QTabBar):
        return widget.tabRect(widget.currentIndex())
    if isinstance(widget, CheckBox | RadioButton):
        return widget.ring_rect()
    return widget.rect()


class FocusRing(QObject):
    """Keeps one ring around the focused widget of a window while the keyboard leads."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._mark = RingMark(window)
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        self._keyboard = False
        window.installEventFilter(self)
        self._listen_to_input()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.KeyPress:
            self._keyboard = True
        elif kind in (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin):
            self._keyboard = False
            self._let_go()
        elif kind == QEvent.Type.Show and watched is self._window:
            self._listen_to_input()
        if kind in _MOVES and watched in self._watched:
            self._follow()
        return False

    def _listen_to_input(self) -> None:
        """Listen on the QWindow: all keys and presses pass it, and far fewer events than the application."""
        handle = self._window.windowHandle()
        if handle is not None:
            handle.removeEventFilter(self)
            handle.installEventFilter(self)

    def _focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        self._let_go()
        if now is None or not self._keyboard or now.window() is not self._window:
            return
        if isinstance(now, _OWN_FOCUS) or now.property("ring") == "none":
            return
        self._target = now
        step: QWidget | None = now
        while step is not None:
            step.installEventFilter(self)
            self._watched.append(step)
            step = None if step is self._window else step.parentWidget()
        if isinstance(now, QTabBar):
            now.currentChanged.connect(self._follow)
        self._follow()

    def _follow(self, *_: object) -> None:
        if self._target is None or not isValid(self._target):
            return
        if not self._target.isVisible() or self._target.visibleRegion().isEmpty():
            self._mark.hide()
        else:
            self._mark.surround(self._target)

    def _let_go(self) -> None:
        if isinstance(self._target, QTabBar) and isValid(self._target):
            self._target.currentChanged.disconnect(self._follow)
        self._target = None
        self._mark.hide()
        for widget in self._watched:
            if widget is not self._window and isValid(widget):
                widget.removeEventFilter(self)
        self._watched.clear()


def ring_corner(widget: QWidget, radius: int) -> None:
    """Tell the ring the corners of a widget, in logical pixels at 100 %."""
    widget.setProperty("ringRadius", radius)
