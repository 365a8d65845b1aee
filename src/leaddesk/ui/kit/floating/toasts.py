"""Toasts: short news in the window's lower right corner, with at most a few buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Size, icon_button, secondary
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.painting.boxes import draw_box
from leaddesk.ui.kit.painting.shadows import draw_shadow, shadow_reach
from leaddesk.ui.kit.pieces.marks import Dot, Tone
from leaddesk.ui.kit.speech.roles import announce
from leaddesk.ui.kit.wording import text as say
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

Action = tuple[str, Callable[[], object]]
MOST = 3
_DOTS = {Tone.ACCENT: "accentMark", Tone.SUCCESS: "success", Tone.WARNING: "warning", Tone.DANGER: "danger"}


_UNCOVERED = "leaddeskUncovered"
_MOVES = frozenset({QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Resize, QEvent.Type.Move})


def keep_uncovered(widget: QWidget) -> None:
    """Let toasts stand above a widget instead of on it: where one types or decides at the lower edge."""
    widget.setProperty(_UNCOVERED, True)


class Toast(QWidget):
    """One piece of news. It leaves after its time, on Esc, on × or after one of its buttons.

    Invariant: plain text; the time stands still while the pointer or the focus is on it. ``seen`` tells that
    a person sent it away, ``stays`` that nothing else does but a lock.
    """

    gone = Signal()
    seen = Signal()

    def __init__(
        self, shown: str, detail: str, actions: Sequence[Action], tone: Tone | None, parent: QWidget
    ) -> None:
        super().__init__(parent)
        px = current().px
        self.words, self.stays = shown, False
        self._shadow = _Shadow(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.leave)
        self.setAccessibleName(f"{shown} {detail}".strip())
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(12), px(12), px(12))
        column.setSpacing(px(8))
        column.addLayout(self._head(shown, detail, tone))
        if actions:
            column.addLayout(self._buttons(actions))
        self.setFixedWidth(current().length("layout.toast.width"))

    def _head(self, shown: str, detail: str, tone: Tone | None) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(current().px(10))
        if tone in _DOTS:
            row.addWidget(Dot("", _DOTS[tone]))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(PlainLabel(shown, TextStyle.BODY, bold=bool(detail), wrap=True))
        if detail:
            words.addWidget(PlainLabel(detail, TextStyle.BODY, "text2", wrap=True))
        row.addLayout(words, 1)
        close = icon_button(Icon.CLOSE, say("kit.close"), size=Size.SMALL)
        close.clicked.connect(self._send_away)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _buttons(self, actions: Sequence[Action]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(current().px(8))
        for shown, callback in actions:
            button = secondary(shown, size=Size.SMALL)
            button.clicked.connect(lambda _checked=False, callback=callback: self._acted(callback))
            row.addWidget(button)
        row.addStretch(1)
        return row

    def live(self, seconds: float) -> None:
        """Start the time; 0 stays until somebody closes it."""
        self._timer.setInterval(round(seconds * 1000))
        self.stays = seconds <= 0
        if seconds > 0:
            self._timer.start()

    def hold(self, held: bool) -> None:
        """Let the time stand still, or start it anew."""
        if held:
            self._timer.stop()
        elif self._timer.interval() > 0:
            self._timer.start()

    def leave(self) -> None:
        """Go away now."""
        self._timer.stop()
        self.hide()
        self.gone.emit()
        self._shadow.deleteLater()
        self.deleteLater()

    def enterEvent(self, event: QEvent) -> None:
        self.hold(True)

    def leaveEvent(self, event: QEvent) -> None:
        self.hold(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._send_away()
        else:
            super().keyPressEvent(event)

    def place(self, left: int, top: int, height: int) -> None:
        """Stand at a place of the window, above everything, the shadow right beneath."""
        self.setGeometry(left, top, self.width(), height)
        self._shadow.follow(self)
        self._shadow.raise_()
        self.raise_()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._shadow.show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._shadow.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_box(painter, QRectF(self.rect()), current().length("radius.popup"), fill="raised", line="border")
        painter.end()

    def _acted(self, callback: Callable[[], object]) -> None:
        callback()
        self._send_away()

    def _send_away(self) -> None:
        self.seen.emit()
        self.leave()


class _Shadow(QWidget):
    """The shadow of a toast: a widget of its own, because what lies under a shadow can still be pressed."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def follow(self, toast: QWidget) -> None:
        """Lie around a toast."""
        reach = shadow_reach("popup")
        self.setGeometry(toast.geometry().adjusted(-reach, -reach, reach, reach))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        reach = shadow_reach("popup")
        box = QRectF(self.rect()).adjusted(reach, reach, -reach, -reach)
        draw_shadow(painter, box, current().length("radius.popup"), "popup")
        painter.end()


class ToastHost(QObject):
    """The toasts of one window, newest lowest, at most three; besides those that stay until they were seen.

    Invariant: while held (masked, locked) none is visible; :meth:`clear` forgets their texts for good.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._toasts: list[Toast] = []
        self._held = False
        window.installEventFilter(self)

    def show_toast(
        self,
        text: str,
        *,
        detail: str = "",
        actions: Sequence[Action] = (),
        seconds: float = 6.0,
        tone: Tone | None = None,
    ) -> Toast:
        """Show news and read it to screen readers; with actions give it more time than the default.

        News without actions that is still there is told once, anew.
        """
        if not actions and not detail:
            self.withdraw(text)
        toast = Toast(text, detail, actions, tone, self._window)
        toast.gone.connect(lambda: self._forget(toast))
        self._toasts.append(toast)
        toast.live(seconds)
        while len(passing := [one for one in self._toasts if not one.stays]) > MOST:
            passing[0].leave()
        toast.hold(self._held)
        toast.setVisible(not self._held)
        self._place()
        if not self._held:
            announce(toast, f"{text} {detail}".strip())
        return toast

    def show_one(self, text: str) -> None:
        """Answer a key: once, however often it is pressed, and not at all while held."""
        if not self._held:
            self.withdraw(text)
            self.show_toast(text)

    def withdraw(self, text: str) -> None:
        """Take news away that is no longer true."""
        for toast in [one for one in self._toasts if one.words == text]:
            toast.leave()

    def clear(self) -> None:
        """Take all away: at lock and sign-out."""
        for toast in tuple(self._toasts):
            toast.leave()

    def set_held(self, held: bool) -> None:
        """Hide all while the window shows nothing personal; then they come back with their whole time."""
        self._held = held
        for toast in self._toasts:
            toast.hold(held)
            toast.setVisible(not held)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        own = watched is self._window and event.type() == QEvent.Type.Resize
        if own or (watched is not self._window and self._toasts and event.type() in _MOVES):
            self._place()
        return False

    def _forget(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            self._place()

    def _place(self) -> None:
        theme = current()
        inset = theme.length("layout.toast.inset")
        bottom = self._lowest(self._window.width() - inset - theme.length("layout.toast.width"))
        for toast in reversed(self._toasts):
            toast.adjustSize()
            height = toast.heightForWidth(toast.width()) if toast.hasHeightForWidth() else toast.height()
            toast.place(self._window.width() - inset - toast.width(), bottom - height, height)
            bottom -= height + theme.px(8)

    def _lowest(self, left: int) -> int:
        """Return where the lowest toast ends: above the status bar, and above what is not to be covered."""
        theme, window = current(), self._window
        bottom = window.height() - theme.length("layout.statusBar") - theme.length("layout.toast.inset")
        if not self._toasts:
            return bottom
        for widget in window.findChildren(QWidget):
            if not widget.property(_UNCOVERED):
                continue
            widget.installEventFilter(self)  # once, however often it is asked for
            corner = widget.mapTo(window, QPoint())
            beside = corner.x() + widget.width() <= left
            if widget.isVisible() and not beside and corner.y() > window.height() // 3:
                bottom = min(bottom, corner.y() - theme.px(8))
        return bottom
