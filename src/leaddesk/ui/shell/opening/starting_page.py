"""The second frame, while the keyring is asked: mark and one line, nothing to press."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.kit.brand.marks import InstanceMark
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.opening.first_sight import BELOW, MARK
from leaddesk.ui.theme.tokens import current


class StartingPage(QWidget):
    """Mark and one line; replaced within a moment by the sign-in page or the workplace."""

    def __init__(self, instance: Instance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        middle = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setSpacing(current().px(BELOW))
        column.addStretch(1)
        column.addWidget(InstanceMark(instance, text("signin.brand_letter"), MARK), 0, middle)
        column.addWidget(PlainLabel(text("shell.starting"), role="text2"), 0, middle)
        column.addStretch(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the page."""
        QPainter(self).fillRect(self.rect(), current().color("window"))
