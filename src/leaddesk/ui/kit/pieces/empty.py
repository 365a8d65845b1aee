"""The empty page, and the page one has no right to: what is here, why, and the next step."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
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
        draw_box(painter, rect, current().length("radius.emptyTile"), fill="window", line="border")
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
        self._middle = QWidget()
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.addStretch(1)
        across.addWidget(self._middle)
        across.addStretch(1)
        self._fill(icon, title, sentence, note)
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._measure()

    def _measure(self) -> None:
        px = current().px
        self._middle.setFixedWidth(px(_COLUMN))
        self._middle.setContentsMargins(0, 0, 0, px(2 * _ABOVE_MIDDLE))

    def _fill(self, icon: Icon, title: str, sentence: str, note: str) -> None:
        px = current().px
        column = QVBoxLayout(self._middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(Tile(icon), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(px(16))
        column.addWidget(_line(title, TextStyle.TITLE, "text"))
        column.addSpacing(px(6))
        column.addWidget(_line(sentence, TextStyle.BODY, "text2"))
        column.addSpacing(px(20))
        column.addLayout(self._buttons())
        if note:
            column.addSpacing(px(24))
            column.addWidget(_line(note, TextStyle.CAPTION, "text3"))
        column.addStretch(1)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        if self.primary_button is not None:
            self.primary_button.clicked.connect(self.primary_pressed)
            row.addWidget(self.primary_button)
        if self.secondary_button is not None:
            self.secondary_button.clicked.connect(self.secondary_pressed)
            row.addWidget(self.secondary_button)
        row.addStretch(1)
        return row


def _line(shown: str, style: TextStyle, role: str) -> PlainLabel:
    line = PlainLabel(shown, style, role, wrap=True)
    line.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return line
