"""Runs a program as ``python -m`` would and tells a pipe when something of it stood on the screen.

``python -m benchmarks.programs.watched FD WORD MODULE [ARGUMENT …]`` writes ``time.monotonic()`` to FD when

- ``frame``: the first paint of a mapped top-level window is done,
- ``rows``: the first paint of a table that has rows is done.

The program itself knows nothing of it: one method of Qt that every program calls is wrapped once the
program has imported Qt by itself. So nothing is imported earlier than it would be, and no events but those
of the window or the table's viewport pass through Python a second time.
"""

from __future__ import annotations

import importlib.util
import os
import runpy
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from PySide6.QtWidgets import QTableView, QWidget

WIDGETS = "PySide6.QtWidgets"
TOLD: list[str] = []


class AfterImport:
    """Does something as soon as the program has imported Qt's widgets. A finder of ``sys.meta_path``."""

    def __init__(self, then: Callable[[], None]) -> None:
        self._then = then

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find the widgets as they would be found without us, and no other module."""
        if name != WIDGETS:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module
            spec.loader.exec_module = lambda module: (execute(module), self._then())  # type: ignore
        return spec


def first_paint(pipe: int, widget: QWidget, ready: Callable[[], bool]) -> None:
    """Tell the pipe once the paint that ``ready`` waits for is done and the loop is reached again."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    def tell() -> None:
        if not TOLD:
            TOLD.append("told")
            os.write(pipe, f"{time.monotonic()}\n".encode())

    class FirstPaint(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            """Wait for the paint; what it queues runs when all of the window is painted and flushed."""
            if event.type() == QEvent.Type.Paint and ready():
                watched.removeEventFilter(self)
                QTimer.singleShot(0, tell)
            return False

    widget.installEventFilter(FirstPaint(widget))


def watch_windows(pipe: int) -> None:
    """Wrap ``QWidget.show``."""
    from PySide6.QtWidgets import QWidget

    show = QWidget.show

    def shown(widget: QWidget) -> None:
        if widget.isWindow() and not TOLD:
            first_paint(pipe, widget, lambda: _is_exposed(widget))
        show(widget)

    QWidget.show = shown  # type: ignore[method-assign]


def watch_tables(pipe: int) -> None:
    """Wrap ``QTableView.setModel``."""
    from PySide6.QtWidgets import QTableView

    set_model = QTableView.setModel

    def modelled(table: QTableView, model: Any) -> None:
        set_model(table, model)
        first_paint(pipe, table.viewport(), lambda: model.rowCount() > 0)

    QTableView.setModel = modelled  # type: ignore[method-assign, assignment]


def _is_exposed(widget: QWidget) -> bool:
    handle = widget.windowHandle()
    return handle is not None and handle.isExposed()


if __name__ == "__main__":
    watch, pipe = {"frame": watch_windows, "rows": watch_tables}[sys.argv[2]], int(sys.argv[1])
    sys.meta_path.insert(0, AfterImport(lambda: watch(pipe)))  # type: ignore[arg-type]
    sys.argv = sys.argv[3:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
