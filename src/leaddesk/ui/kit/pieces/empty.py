"""The empty page, and the page one has no right to: what is here, why, and the next step."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Button, Kind
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.painting.boxes import draw_box
from leaddesk.ui.kit.pieces.marks import Mark
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

_COLUMN, _ABOVE_MIDDLE = 420, 28


class Tile(Mark):
    """The square of 56 px with an icon of 24 px."""

    def __init__(self, icon: Icon, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._icon = icon

    def sizeHint(self) -> QSize:
        return QSize(current().px(56), current().px(56))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        draw_box(painter, rect, current().length("radius.emptyTile"), fill="sunken", line="border")
        draw_icon(painter, rect, self._icon, "text2", 24)


class EmptyState(QWidget):
    """Tile, title, one sentence, at most one primary and one secondary button, an optional line below."""

    primary_pressed = Signal()
    secondary_pressed = Signal()

    def __init__(
        self,
        icon: Icon,
        title: str,
        sentence: str,
        *,
        primary: str = "",
        secondary: str = "",
        note: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.primary_button = Button(primary, Kind.PRIMARY) if primary else None
        self.secondary_button = Button(secondary) if secondary else None
        column = QVBoxLayout(self)
        column.addStretch(1)
        center = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(Tile(icon), 0, center)
        column.addSpacing(16)
        column.addWidget(_line(title, TextStyle.TITLE, "text"), 0, center)
        column.addSpacing(6)
        column.addWidget(_line(sentence, TextStyle.BODY, "text2"), 0, center)
        column.addSpacing(20)
        column.addLayout(self._buttons())
        if note:
            column.addSpacing(16)
            column.addWidget(_line(note, TextStyle.CAPTION, "text3"), 0, center)
        column.addStretch(1)
        column.addSpacing(current().px(2 * _ABOVE_MIDDLE))

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        if self.secondary_button is not None:
            self.secondary_button.clicked.connect(self.secondary_pressed)
            row.addWidget(self.secondary_button)
        if self.primary_button is not None:
            self.primary_button.clicked.connect(self.primary_pressed)
            row.addWidget(self.primary_button)
        row.addStretch(1)
        return row


def _line(shown: str, style: TextStyle, role: str) -> PlainLabel:
    line = PlainLabel(shown, style, role, wrap=True)
    line.setAlignment(Qt.AlignmentFlag.AlignCenter)
    line.setFixedWidth(current().px(_COLUMN))
    return line
