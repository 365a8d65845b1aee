"""A window with toasts and a clipboard, in which a feature's view stands with its presenter."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from leaddesk.ui.kit.clipboard import shared
from leaddesk.ui.kit.floating.focus_ring import FocusRing
from leaddesk.ui.kit.floating.toasts import Toast, ToastHost
from leaddesk.ui.kit.presenting.surroundings import Surroundings

PATIENCE = 60.0


class Room:
    """One window. ``stand`` puts a view in; what must be closed at the end goes through ``keep``."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.window = QWidget()
        self.window.resize(1280, 900)
        self._column = QVBoxLayout(self.window)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.errors: list[BaseException] = []
        self.ring = FocusRing(self.window)
        self.toasts = ToastHost(self.window)
        self.around = Surroundings(
            self.window, self.toasts, shared(), clock, self.errors.append, self._open_link
        )
        self.links: list[str] = []
        self.opens = True
        self._ends: list[Callable[[], object]] = []

    async def _open_link(self, address: str) -> bool:
        self.links.append(address)
        return self.opens

    def stand(self, view: QWidget) -> None:
        """Put a view into the window and show it with the keyboard in it."""
        self._column.addWidget(view)
        self.window.show()
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)
        self.settle()

    def settle(self) -> None:
        """Let Qt lay out, paint and delete."""
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key as the window system would: shortcuts first, then where the focus is."""
        QTest.keyClick(self.window.windowHandle(), key, modifier)
        self.settle()

    def said(self) -> list[str]:
        """What the toasts say, oldest first."""
        toasts = [toast for toast in self.window.findChildren(Toast) if not toast.isHidden()]
        return [toast.accessibleName() for toast in toasts]

    def keep(self, end: Callable[[], object]) -> None:
        """Call this when the room is left."""
        self._ends.append(end)

    async def until(self, true: Callable[[], object], patience: float = PATIENCE) -> None:
        """Let loop and window work until something is so. Raises TimeoutError."""
        async with asyncio.timeout(patience):
            while not true():
                await asyncio.sleep(0.01)
                self.settle()

    def leave(self) -> None:
        """Close everything."""
        for end in reversed(self._ends):
            end()
        self.toasts.clear()
        self.window.close()
        self.window.deleteLater()
        self.settle()
        assert self.errors == []


@contextmanager
def opened_room(clock: Callable[[], datetime]) -> Iterator[Room]:
    """Give a room and leave it, whatever happens."""
    room = Room(clock)
    try:
        yield room
    finally:
        room.leave()


def labels(root: QWidget) -> list[str]:
    """The texts of all visible labels below a widget, in order of the tree."""
    return [label.text() for label in root.findChildren(QLabel) if label.isVisibleTo(root) and label.text()]


def carried(root: QWidget) -> str:
    """Every text any widget below carries, seen or not: labels, buttons, fields, tips, names."""
    found: list[str] = []
    for each in [root, *root.findChildren(QWidget)]:
        found += [each.toolTip(), each.accessibleName(), each.accessibleDescription(), each.windowTitle()]
        for kind, read in (
            (QLabel, "text"),
            (QAbstractButton, "text"),
            (QLineEdit, "text"),
            (QLineEdit, "placeholderText"),
            (QPlainTextEdit, "toPlainText"),
        ):
            if isinstance(each, kind):
                found.append(getattr(each, read)())
    return "\n".join(found)


def heard(signal: Any) -> list[Any]:
    """Collect what a signal says from now on: one value each, a tuple where there are several."""
    said: list[Any] = []
    signal.connect(lambda *values: said.append(values[0] if len(values) == 1 else values))
    return said
