"""Menus: icon, words and the key at the right; nothing happens in a nested loop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from leaddesk.ui.kit.isolation import visible
from leaddesk.ui.theme.icons import Icon, icon


class Menu(QMenu):
    """A menu of our actions, opened below the widget it belongs to. It deletes itself when closed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self._choice: QActionGroup | None = None
        self.aboutToHide.connect(self.deleteLater)

    def add(self, text: str, drawing: Icon | None, keys: str, callback: Callable[[], object]) -> QAction:
        """Add an entry; ``keys`` is shown at the right (``Strg L``, or empty) and not bound."""
        action = QAction(visible(text).replace("&", "&&") + (f"\t{keys}" if keys else ""), self)
        if drawing is not None:
            action.setIcon(icon(drawing))
        action.triggered.connect(lambda _checked=False: callback())
        self.addAction(action)
        return action

    def add_choice(self, text: str, chosen: bool, callback: Callable[[], object], keys: str = "") -> QAction:
        """Add one of several entries of which exactly one is chosen; the chosen one shows a check mark."""
        if self._choice is None:
            self._choice = QActionGroup(self)
        action = self.add(text, Icon.CHECK if chosen else None, keys, callback)
        action.setCheckable(True)
        action.setChecked(chosen)
        self._choice.addAction(action)
        return action

    def open_below(self, anchor: QWidget) -> None:
        """Show the menu under a widget, right-aligned where it would leave the window."""
        corner = anchor.mapToGlobal(QPoint(0, anchor.height() + 4))
        window = anchor.window()
        right = window.mapToGlobal(QPoint(window.width(), 0)).x()
        width = self.sizeHint().width()
        if corner.x() + width > right:
            corner.setX(anchor.mapToGlobal(QPoint(anchor.width(), 0)).x() - width)
        self.popup(corner)
