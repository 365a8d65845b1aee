"""Watches whether somebody is there, hears what the desktop tells, and locks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QWindow
from PySide6.QtWidgets import QWidget

from leaddesk.ui.shell.state import LockCause, Locking
from leaddesk.workstation.clock import Clock, since_boot
from leaddesk.workstation.idle import WARNING_SECONDS, Calm, Idle
from leaddesk.workstation.signs import Sign
from leaddesk.workstation.waits import Wait

if TYPE_CHECKING:
    from leaddesk.ui.shell.lock.countdown import Countdown

TICK_MS = 500
"""How often the wait is looked at: after a sleep, or when a clock was set, the lock is no later than this."""

LONGER_WARNING_SECONDS = 60.0
"""The countdown that is also a question: somebody is to come back to it from the next desk."""

_KEYS = frozenset({QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride})
_TOUCHES = _KEYS | {
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.TabletPress,
    QEvent.Type.InputMethod,
    QEvent.Type.NativeGesture,
}
_CAUSES = {
    Sign.DESKTOP: LockCause.DESKTOP,
    Sign.SLEEP: LockCause.SLEEP,
    Sign.SWITCHED: LockCause.SWITCHED,
}


@dataclass(frozen=True)
class Guarded:
    """What is watched over. ``wait``: for how long nobody may touch anything; None while nothing is open.

    ``lock`` returns when pages are gone, memory is wiped and the lock page is in the window.
    """

    wait: Callable[[], Wait | None]
    lock: Callable[[Locking], object]


class LockWatch(QObject):
    """One for all windows of the process, until :meth:`close`.

    The key that ends a countdown does nothing else: whoever presses one to stay means no particular key.
    """

    def __init__(self, window: QWidget, guarded: Guarded, clock: Clock = since_boot) -> None:
        super().__init__(window)
        self._window, self._guarded = window, guarded
        self._idle = Idle(clock, math.inf)
        self._countdown: Countdown | None = None
        self._wait: Wait | None = None
        self._waking: int | None = None
        self._pointer: object = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(TICK_MS)
        self.look()

    def hear(self, sign: Sign) -> None:
        """Do what a sign asks for; when this returns the lock page is painted and the memory wiped."""
        if sign is Sign.AWAKE:
            self.look()
            return
        self._lock(Locking(_CAUSES[sign]))

    def look(self) -> None:
        """Warn or lock, if it is time; begin to count when somebody has come."""
        came = self._wait is None
        self._wait = self._guarded.wait()
        self._adopt_windows()
        if self._wait is None:
            self._be_quiet()
            return
        if came:
            self._idle.begin()
        self._idle.allow(self._wait.minutes * 60.0)
        self._idle.warn_before(LONGER_WARNING_SECONDS if self._wait.loses else WARNING_SECONDS)
        calm = self._idle.calm()
        if calm is Calm.OVER:
            self._lock(Locking(LockCause.IDLE, self._wait.minutes, gives_up=self._has_asked(self._wait)))
        elif calm is Calm.WARNED:
            self._warn(self._wait)
        else:
            self._be_quiet()

    def close(self) -> None:
        """Watch no longer."""
        self._timer.stop()
        self._be_quiet()
        for window in QGuiApplication.topLevelWindows():
            window.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice touches on the way into any window; nothing reads what is typed."""
        kind = event.type()
        if kind not in _TOUCHES or self._wait is None:
            return False
        key = event.key() if isinstance(event, QKeyEvent) else None
        if kind == QEvent.Type.KeyPress and key is not None and key == self._waking:
            self._waking = None
            return True
        if isinstance(event, QMouseEvent) and kind == QEvent.Type.MouseMove and not self._moved(event):
            return False
        return self._touched(event, key)

    def _touched(self, event: QEvent, key: int | None) -> bool:
        """Return whether the touch has done its work by having come."""
        before = self._idle.touch()
        if before is Calm.OVER:
            self.look()
            return True
        if before is not Calm.WARNED:
            return False
        self._be_quiet()
        if event.type() == QEvent.Type.ShortcutOverride:
            self._waking = key
            event.accept()
        return key is not None

    def _moved(self, event: QMouseEvent) -> bool:
        """Tell a hand from a window that appears beneath a pointer at rest."""
        before, self._pointer = self._pointer, event.globalPosition()
        return before is not None and before != self._pointer

    def _lock(self, locking: Locking) -> None:
        self._be_quiet()
        self._wait = None
        self._guarded.lock(locking)
        self._window.repaint()

    def _has_asked(self, wait: Wait) -> bool:
        """Tell whether somebody at the window could read what the lock costs: not after a sleep."""
        return self._countdown is not None and 0 < wait.loses <= self._countdown.loses

    def _warn(self, wait: Wait) -> None:
        if self._countdown is None:
            from leaddesk.ui.shell.lock.countdown import Countdown

            self._countdown = Countdown(self._window)
        self._countdown.show_left(max(1, math.ceil(self._idle.left())), wait)

    def _be_quiet(self) -> None:
        if self._countdown is not None:
            self._countdown.hide()
            self._countdown.deleteLater()
            self._countdown = None

    def _adopt_windows(self) -> None:
        """Listen at every window's own handle: touches pass it, and far fewer other events than elsewhere."""
        for window in QGuiApplication.topLevelWindows():
            if isinstance(window, QWindow):
                window.installEventFilter(self)
