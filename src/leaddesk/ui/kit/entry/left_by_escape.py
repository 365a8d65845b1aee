"""Forms that open in place of something else and that Esc closes again."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from leaddesk.ui.kit.entry.claimed_keys import claim


class LeftByEscape(QWidget):
    """Emits ``left`` on Esc, before any shortcut of the window; what was typed stays where it is."""

    left = Signal()

    def event(self, event: QEvent) -> bool:
        if claim(event, Qt.Key.Key_Escape):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
