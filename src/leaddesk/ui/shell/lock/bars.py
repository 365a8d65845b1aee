"""Top and bottom of the lock page: the same measures as the workplace's, so that nothing jumps."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from leaddesk.ui.kit.brand.instance import Instance, tint
from leaddesk.ui.theme.tokens import current


class LockHead(QWidget):
    """The tinted bar with tenant and instance."""

    def __init__(self, place: QWidget, instance: Instance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._instance = instance
        self.setFixedHeight(current().length("layout.topBar"))
        row = QHBoxLayout(self)
        row.setContentsMargins(current().px(10), 0, current().px(16), 1)
        row.addWidget(place)
        row.addStretch(1)

    def set_instance(self, instance: Instance) -> None:
        """Repaint in another instance's tint."""
        self._instance = instance
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint tint and hairline."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), tint(self._instance))
        painter.fillRect(0, self.height() - 1, self.width(), 1, current().color("border"))


class LockFoot(QWidget):
    """The status bar: what waits, and that nothing is stored."""

    def __init__(self, left: QWidget, right: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(current().length("layout.statusBar"))
        row = QHBoxLayout(self)
        row.setContentsMargins(current().px(12), 1, current().px(12), 0)
        row.addWidget(left)
        row.addStretch(1)
        row.addWidget(right)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the hairline."""
        QPainter(self).fillRect(0, 0, self.width(), 1, current().color("border"))
