"""The Qt application and the first frame; imports Qt and the bare window, nothing that talks to a network."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QEventLoop,
    QLocale,
    QLoggingCategory,
    QMessageLogContext,
    QObject,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from leaddesk.personal.hushed import hush
from leaddesk.settings.environment import disarm
from leaddesk.settings.settings import Settings, ThemeChoice
from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.kit.wording import Language, set_language
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.ui.theme.first_look import first_look
from leaddesk.ui.theme.tokens import Scheme

if TYPE_CHECKING:
    from leaddesk.ui.theme.style import Style

log = logging.getLogger(__name__)

SCHEMES = {
    ThemeChoice.LIGHT: Scheme.LIGHT,
    ThemeChoice.DARK: Scheme.DARK,
    ThemeChoice.HIGH_CONTRAST: Scheme.HIGH_CONTRAST,
}
EXIT_NO_DISPLAY = 3
_NEEDLESS = "qt.qpa.wayland.textinput.warning=false"
"""Qt 6.11 warns of itself at each change of the focus where a compositor has input methods."""
NO_DISPLAY = "leaddesk: there is no display; start it on a desktop, or see `leaddesk demo --tour DIR`\n"

Life = Callable[[QApplication, "Style", MainWindow], Awaitable[int]]
"""What happens between the first frame and the exit code."""


def run(
    settings: Settings, instance: Instance, life: Life, place: Callable[[MainWindow], None] | None = None
) -> int:
    """Paint the window, then import the rest and live on the loop; returns the exit code.

    ``place`` brings the window to where one stands that another process has shown: as long as that one is to
    be seen nobody waits for this one, and ``life`` shows it.
    """
    if not _has_display():
        sys.stderr.write(NO_DISPLAY)
        return EXIT_NO_DISPLAY
    disarm(os.environ)
    hush()
    qInstallMessageHandler(_said_by_qt)
    QLoggingCategory.setFilterRules(_NEEDLESS)
    app = QApplication(["leaddesk"])
    app.setApplicationName("leaddesk")
    app.setDesktopFileName("leaddesk")  # what Wayland knows a window by; else it would be "python3"
    app.setQuitOnLastWindowClosed(False)
    set_language(_language(settings))
    scheme = SCHEMES.get(settings.theme)
    first_look(app, scheme)
    window = _placed(MainWindow(instance), place)
    style = _furnished(app, window, scheme)

    import qasync

    loop = qasync.QEventLoop(app)
    with loop:
        code: int = loop.run_until_complete(life(app, style, window))
    return code


def _placed(window: MainWindow, place: Callable[[MainWindow], None] | None) -> MainWindow:
    if place is not None:
        place(window)
    else:
        window.show()
        wait_for_first_frame(window)
    return window


def _said_by_qt(kind: QtMsgType, context: QMessageLogContext, said: str) -> None:
    """Qt's messages quote what they are about: told is which part spoke (A8); why it gave up, in full."""
    if kind == QtMsgType.QtFatalMsg:
        sys.stderr.write(f"leaddesk: {said}\n")
    elif kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg):
        log.warning("Qt said something (%s)", context.category or "unknown")


def _furnished(app: QApplication, window: MainWindow, scheme: Scheme | None) -> Style:
    """Dress the application and put the starting page into the window: its second frame."""
    from leaddesk.ui.kit.speech.roles import install
    from leaddesk.ui.theme.style import Style

    install(app)
    style = Style(app)
    style.apply(scheme)
    window.furnish()
    return style


class FirstPaint(QObject):
    """Calls back once, in the turn of the loop after a window was painted."""

    def __init__(self, window: MainWindow, painted: Callable[[], None]) -> None:
        super().__init__(window)
        self._painted = painted
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._painted)
        return False


def wait_for_first_frame(window: MainWindow) -> None:
    """Return once the window stands on the screen: nothing that is imported later delays the first sight."""
    waiting = QEventLoop()
    first = FirstPaint(window, waiting.quit)
    waiting.exec()
    first.deleteLater()


def _has_display() -> bool:
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    linux = sys.platform.startswith("linux") and platform not in ("offscreen", "minimal", "vnc")
    return not linux or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _language(settings: Settings) -> Language:
    if settings.language is not None:
        return settings.language.value
    return "de" if QLocale.system().language() == QLocale.Language.German else "en"
