"""The expiring clipboard (guarantee A10): marked as secret for managers, empty again within 30 s."""

from __future__ import annotations

import secrets

from PySide6.QtCore import QByteArray, QMimeData, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QClipboard, QGuiApplication

OURS = "application/x-leaddesk-copy"
SECONDS = 28.0  # leaves two seconds for a busy moment below the promised 30

_NO = QByteArray(b"\x00\x00\x00\x00")
MARKS = {
    "x-kde-passwordManagerHint": QByteArray(b"secret"),
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': _NO,
    'application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"': _NO,
    'application/x-qt-windows-mime;value="CanUploadToCloudClipboard"': _NO,
    "application/x-nspasteboard-concealed-type": QByteArray(b""),
}


class Clipboard(QObject):
    """The one way out for copied text.

    Invariants: every copy carries the marks; it is gone after ``seconds``, at :meth:`clear_if_ours` or when
    the program ends, and what another program copied meanwhile is never touched; the X11 primary selection
    never keeps our text. Where the tenant allows none (:meth:`allow`) nothing is copied; ``refused`` tells.
    """

    refused = Signal()

    def __init__(self, app: QGuiApplication, seconds: float = SECONDS) -> None:
        super().__init__(app)
        self._clipboard = app.clipboard()
        self._token, self._allowed = b"", True
        app.aboutToQuit.connect(self.clear_if_ours)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(seconds * 1000))
        self._timer.timeout.connect(self.clear_if_ours)
        self._clipboard.selectionChanged.connect(self._empty_selection)

    def allow(self, allowed: bool) -> None:
        """Obey the tenant: from now on copies are made, or none, and the last one goes."""
        self._allowed = allowed
        if not allowed:
            self.clear_if_ours()

    def copy(self, text: str, *, personal: bool = True) -> bool:
        """Put text on the clipboard, character by character as given, and start its life.

        Tell whether it was; what is not ``personal`` is copied whatever the tenant allows.
        """
        if personal and not self._allowed:
            self.refused.emit()
            return False
        self._token = secrets.token_bytes(16)
        data = QMimeData()
        data.setText(text)
        data.setData(OURS, QByteArray(self._token))
        for name, value in MARKS.items():
            data.setData(name, value)
        self._clipboard.setMimeData(data)
        self._timer.start()
        return True

    def holds_ours(self) -> bool:
        """Return whether the clipboard still holds the last copy of ours."""
        if not self._token:
            return False
        data = self._clipboard.mimeData()
        return data is not None and data.data(OURS).data() == self._token

    def clear_if_ours(self) -> None:
        """Empty the clipboard if it still holds our copy: at the end of its life, lock, sign-out, exit."""
        self._timer.stop()
        if self.holds_ours():
            self._clipboard.clear()
        self._token = b""

    def _empty_selection(self) -> None:
        """Take back what a widget of ours put into the primary selection (guarantee A9)."""
        if self._clipboard.ownsSelection() and self._clipboard.text(QClipboard.Mode.Selection):
            self._clipboard.clear(QClipboard.Mode.Selection)


def shared() -> Clipboard:
    """Return the clipboard of the running application, made on first use; edits and copy buttons use it."""
    app = QGuiApplication.instance()
    if not isinstance(app, QGuiApplication):
        raise RuntimeError("there is no application yet")
    found = app.findChild(Clipboard)
    return found if isinstance(found, Clipboard) else Clipboard(app)
