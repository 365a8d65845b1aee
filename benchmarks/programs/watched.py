"""Runs a program as ``python -m`` would and tells a pipe when something of it stood on the screen.

``python -m benchmarks.programs.watched FD WORD MODULE [ARGUMENT …]`` writes ``time.monotonic()`` to FD when

- ``frame``: the first paint of a mapped top-level window is done,
- ``rows``: the first paint of a table that has rows is done.

The program itself knows nothing of it: one method of Qt that every program calls is wrapped, so that no
events but those of the window or the table's viewport pass through Python a second time.
"""

from __future__ import annotations

import os
import runpy
import sys
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

TOLD: list[str] = []


class FirstPaint(QObject):
    """Tells the pipe once the paint that ``ready`` waits for is done and the loop is reached again."""

    def __init__(self, pipe: int, watched: QWidget, ready: Callable[[], bool]) -> None:
        super().__init__(watched)
        self._pipe, self._ready = pipe, ready
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the paint; what it queues runs when all of the window is painted and flushed."""
        if event.type() == QEvent.Type.Paint and self._ready():
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._tell)
        return False

    def _tell(self) -> None:
        if not TOLD:
            TOLD.append("told")
            os.write(self._pipe, f"{time.monotonic()}\n".encode())


def watch_windows(pipe: int) -> None:
    """Wrap ``QWidget.show``."""
    show = QWidget.show

    def shown(widget: QWidget) -> None:
        if widget.isWindow() and not TOLD:
            FirstPaint(pipe, widget, lambda: _is_exposed(widget))
        show(widget)

    QWidget.show = shown  # type: ignore[method-assign]


def watch_tables(pipe: int) -> None:
    """Wrap ``QTableView.setModel``."""
    from PySide6.QtWidgets import QTableView

    set_model = QTableView.setModel

    def modelled(table: QTableView, model: Any) -> None:
        set_model(table, model)
        FirstPaint(pipe, table.viewport(), lambda: model.rowCount() > 0)

    QTableView.setModel = modelled  # type: ignore[method-assign, assignment]


def _is_exposed(widget: QWidget) -> bool:
    handle = widget.windowHandle()
    return handle is not None and handle.isExposed()


if __name__ == "__main__":
    {"frame": watch_windows, "rows": watch_tables}[sys.argv[2]](int(sys.argv[1]))
    sys.argv = sys.argv[3:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
