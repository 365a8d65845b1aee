"""Tells the tour what a client window paints, through an inherited pipe; installed by the demo only.

Lines of JSON from the client: ``{"painted": [[words, x, y], …]}`` whenever the words changed, and
``{"picture": length}`` followed by that many bytes of PNG on the command ``picture``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QObject, QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from leaddesk.demo.painted import PaintedText, painted_text

SETTLE_MS = 25
COMMAND_BYTES = 4_096


class Recorder(QObject):
    """Watches every window of one client process.

    Invariant: sends only words that were painted, and a picture only when asked for one.
    """

    def __init__(
        self, app: QApplication, read_end: int, write_end: int, on_quit: Callable[[], object]
    ) -> None:
        super().__init__(app)
        self._write_end, self._on_quit = write_end, on_quit
        self._rendering = False
        self._last: list[PaintedText] = []
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._record)
        self._commands = QSocketNotifier(read_end, QSocketNotifier.Type.Read, self)
        self._commands.activated.connect(lambda: self._command(read_end))
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        painted = event.type() in (QEvent.Type.Paint, QEvent.Type.Hide)
        if painted and not self._rendering and isinstance(watched, QWidget) and not self._settle.isActive():
            self._settle.start()
        return False

    def _windows(self) -> list[QWidget]:
        return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]

    def _record(self) -> None:
        self._rendering = True
        try:
            words = [found for window in self._windows() for found in painted_text(window)]
        finally:
            self._rendering = False
        if words != self._last:
            self._last = words
            self._send({"painted": [[found.words, found.x, found.y] for found in words]})

    def _command(self, read_end: int) -> None:
        commands = os.read(read_end, COMMAND_BYTES)
        if not commands:
            self._commands.setEnabled(False)
            self._on_quit()
        for command in commands.split():
            if command == b"picture":
                self._picture()
            elif command == b"quit":
                self._on_quit()

    def _picture(self) -> None:
        windows = [window for window in self._windows() if window.windowTitle()]
        if not windows:
            return
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        windows[0].screen().grabWindow(windows[0].winId()).save(buffer, "PNG")
        self._send({"picture": data.size()})
        self._write(bytes(data.data()))

    def _send(self, message: object) -> None:
        self._write(json.dumps(message, ensure_ascii=False).encode() + b"\n")

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._write_end, view) :]
