"""What stands at the right while no lead is open."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.labels import IconLabel, PlainLabel
from leaddesk.ui.kit.pieces.marks import KeyHint
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle


class ChooseHint(QWidget):
    """One icon, one sentence and the three keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = PlainLabel("", role="text2")
        middle = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setSpacing(current().px(8))
        column.addStretch(10)
        column.addWidget(IconLabel(Icon.CHOOSE_LEAD, "text3", 24), 0, middle)
        column.addWidget(self._sentence, 0, middle)
        column.addLayout(_keys())
        column.addStretch(11)
        self.show_loading(False)

    def show_loading(self, loading: bool) -> None:
        """Word it for leads that are still to come."""
        self._sentence.setText(text("shell.choose_when_there" if loading else "shell.choose"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the pane."""
        QPainter(self).fillRect(self.rect(), current().color("surface"))


def _keys() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(current().px(6))
    row.addStretch(1)
    for part in (KeyHint("↑"), KeyHint("↓"), text("shell.key_move"), KeyHint("↵"), text("shell.key_open")):
        row.addWidget(PlainLabel(part, TextStyle.CAPTION, "text3") if isinstance(part, str) else part)
    row.addStretch(1)
    return row
