"""Base of the frame's painted buttons: hover, Enter as well as Space, and the ring's corners."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from leaddesk.ui.kit.floating.focus_ring import ring_corner


class Pressable(QAbstractButton):
    """A button that paints itself; ``corner`` is its radius at 100 %, for the focus ring."""

    def __init__(self, corner: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ring_corner(self, corner)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Need what it asks for."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter press it as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)
