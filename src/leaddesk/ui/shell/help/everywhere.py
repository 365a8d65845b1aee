"""What keys every program has do in this window, on every page; what leaddesk does not do, it says.

Nothing is printed, saved or taken from files (guarantee A1): who tries is told why, instead
of nothing happening.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from leaddesk.ui.kit.floating.toasts import ToastHost
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.style import Style

SCALES = (1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
"""The sizes of text one can go through; what the system asks for is the first."""


class Everywhere(QObject):
    """Bound for as long as the window lives; a drop of files is refused with a sentence."""

    def __init__(self, window: QWidget, toasts: ToastHost, style: Style) -> None:
        super().__init__(window)
        self._window, self._toasts, self._style = window, toasts, style
        for keys, act in self._acts():
            for key in keys:
                shortcut = QShortcut(QKeySequence(key), window)
                shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
                shortcut.setAutoRepeat(False)
                shortcut.activated.connect(act)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def _acts(self) -> tuple[tuple[tuple[str, ...], Callable[[], object]], ...]:
        return (
            (("Ctrl+Q",), self._window.close),
            (("F11",), self._fill_screen),
            (("Ctrl++", "Ctrl+="), lambda: self._scale(1)),
            (("Ctrl+-",), lambda: self._scale(-1)),
            (("Ctrl+0",), lambda: self._scale(0)),
            (("Ctrl+P",), lambda: self._say("shell.no_printing")),
            (("Ctrl+S", "Ctrl+Shift+S"), lambda: self._say("shell.no_saving")),
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a file that is dropped where no field takes text, and say what becomes of it: nothing.

        As a copy, whatever was meant: who believed it moved would remove it on the other side.
        """
        if not isinstance(event, QDropEvent) or not event.mimeData().hasUrls():
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if event.type() == QEvent.Type.Drop:
            self._say("shell.no_files")
        return True

    def _fill_screen(self) -> None:
        """Fill the screen, or go back to the size of before.

        A window that was shown anew while it filled the screen (after a lock) never had its frame: the system
        would make it smaller by that.
        """
        before, place = self._window.windowState(), self._window.normalGeometry()
        self._window.setWindowState(before ^ Qt.WindowState.WindowFullScreen)
        if before == Qt.WindowState.WindowFullScreen and place.isValid():
            self._window.setGeometry(place)

    def _scale(self, step: int) -> None:
        now = min(range(len(SCALES)), key=lambda at: abs(SCALES[at] - self._style.scale))
        wanted = SCALES[max(0, min(now + step, len(SCALES) - 1))] if step else SCALES[0]
        if wanted != self._style.scale:
            self._style.apply(self._style.chosen, wanted)
        self._toasts.show_one(text("shell.text_size", n=round(wanted * 100)))

    def _say(self, key: str) -> None:
        self._toasts.show_one(text(key))
