"""On Windows: messages of the session, and every window kept out of captures; installed nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from ctypes import wintypes

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QEvent, QObject
from PySide6.QtWidgets import QWidget

from leaddesk.workstation.others import windows
from leaddesk.workstation.signs import Hear

_KIND = b"windows_generic_MSG"


class WindowMessages(QAbstractNativeEventFilter):
    """Reads messages before Qt does and hands signs on; the window has answered when that returns."""

    def __init__(self, hear: Hear) -> None:
        super().__init__()
        self._hear = hear

    def nativeEventFilter(
        self, kind: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> tuple[bool, int]:
        """Read one message; none is swallowed."""
        if QByteArray(kind).data() == _KIND:
            told = wintypes.MSG.from_address(int(message))
            sign = windows.sign_of(told.message, told.wParam)
            if sign is not None:
                self._hear(sign)
        return False, 0


class OutOfCaptures(QObject):
    """Asks the system to keep each window out of captures as it is shown; menus and tooltips are windows.

    ``refused``: how many it did not.
    """

    def __init__(self, exclude: Callable[[int], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._exclude = exclude
        self.refused = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice a window that is shown."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.refused += not self._exclude(int(watched.winId()))
        return False
