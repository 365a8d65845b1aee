"""One sign-in in the list: what it is called, when it was used, and a button to end it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.account.sessions_state import SessionLine
from leaddesk.ui.kit.buttons import Size, secondary
from leaddesk.ui.kit.labels import IconLabel, PlainLabel
from leaddesk.ui.kit.pieces.marks import Tag, Tone
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

HEIGHT = 60


class SessionRow(QWidget):
    """Says which device, and since when; this one is marked and has no button: one signs out elsewhere."""

    end_requested = Signal(str)

    def __init__(self, line: SessionLine, *, busy: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = current().px
        self.setFixedHeight(px(HEIGHT))
        device = line.device or text("account.unnamed")
        row = QHBoxLayout(self)
        row.setContentsMargins(px(4), 0, px(4), 1)
        row.setSpacing(px(12))
        row.addWidget(IconLabel(Icon.DEVICE, "accentText" if line.is_current else "text3", 20))
        row.addLayout(_words(device, line), 1)
        if line.is_current:
            row.addWidget(Tag(text("account.this_device"), Tone.ACCENT))
        else:
            button = secondary(text("account.end"), size=Size.SMALL)
            button.setAccessibleName(text("account.end_spoken", device=device))
            button.set_busy(busy)
            button.clicked.connect(lambda: self.end_requested.emit(line.session_id))
            row.addWidget(button)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the hairline below."""
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, current().color("border"))


def _words(device: str, line: SessionLine) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addStretch(1)
    column.addWidget(PlainLabel(device, bold=True, elide=True))
    times = text("account.times", used=line.used, since=line.since)
    column.addWidget(PlainLabel(times, TextStyle.CAPTION, "text2", elide=True))
    column.addStretch(1)
    return column
