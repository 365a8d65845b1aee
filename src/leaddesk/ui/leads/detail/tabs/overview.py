"""The first tab: contact and interest, every field with a value, long texts quoted."""

from __future__ import annotations

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Size, secondary
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.layout.kept_rows import KeptRows
from leaddesk.ui.kit.masks import covers
from leaddesk.ui.kit.phrases import DASH
from leaddesk.ui.kit.pieces.kv import KeyValueRows, Row
from leaddesk.ui.kit.pieces.panes import SectionTitle
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.detail.state import FieldLine, LeadDetailState
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

KEY_WIDTH = 116


class OverviewTab(QWidget):
    """Both blocks under each other, so that a rep on the phone needs no second look."""

    copy_requested = Signal(str)
    reach_requested = Signal(str, str)
    reveal_requested = Signal()
    left_alone = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self._contact = _Block(text("lead_detail.contact"))
        self._interest = _Block(text("lead_detail.interest"))
        self._veil = _Veil()
        self._veil.lifted.connect(self.reveal_requested)
        self._quotes = KeptRows(theme.px(10))
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(20), theme.px(12), theme.px(20), theme.px(12))
        column.setSpacing(theme.px(14))
        column.addWidget(self._veil)
        column.addWidget(self._contact)
        column.addWidget(self._interest)
        column.addLayout(self._quotes)
        column.addStretch(1)
        for block in (self._contact, self._interest):
            block.copy_requested.connect(self.copy_requested)
            block.reach_requested.connect(self.reach_requested)

    def show_state(self, state: LeadDetailState) -> None:
        """Render both blocks; a missing value is a dash, never nothing."""
        self._veil.setVisible(state.veiled)
        self._contact.show_lines(state.contact)
        self._interest.show_lines(state.interest)
        self._quotes.show_rows(state.quotes, _Quote)

    def cover(self) -> None:
        """Tell that nobody is at the window any more."""
        if covers(self):
            self.left_alone.emit()


class _Veil(QWidget):
    """Asks for the contact, and says that asking goes on record."""

    lifted = Signal()

    def __init__(self) -> None:
        super().__init__()
        button = secondary(text("lead_detail.reveal"), icon=Icon.VISIBLE, size=Size.SMALL)
        button.clicked.connect(self.lifted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().px(10))
        row.addWidget(button)
        row.addWidget(PlainLabel(text("lead_detail.reveal_hint"), TextStyle.CAPTION, "text3", wrap=True), 1)
        self.hide()


class _Block(QWidget):
    copy_requested = Signal(str)
    reach_requested = Signal(str, str)

    def __init__(self, title: str) -> None:
        super().__init__()
        self._lines: tuple[FieldLine, ...] = ()
        self._rows = KeyValueRows(key_width=KEY_WIDTH)
        self._rows.copy_requested.connect(self._copy)
        self._rows.opened.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(4))
        column.addWidget(SectionTitle(title))
        column.addWidget(self._rows)

    def show_lines(self, lines: tuple[FieldLine, ...]) -> None:
        self._lines = lines
        self._rows.set_rows(
            [
                Row(
                    line.label,
                    line.value or DASH,
                    copy=line.copyable and bool(line.value),
                    link=line.link is not None,
                    masked=line.masked,
                )
                for line in lines
            ]
        )
        self.setVisible(bool(lines))

    def _copy(self, index: int) -> None:
        self.copy_requested.emit(self._lines[index].value)

    def _open(self, index: int) -> None:
        line = self._lines[index]
        self.reach_requested.emit(line.link or "", line.value)


class _Quote(QWidget):
    def __init__(self, words: str) -> None:
        super().__init__()
        theme = current()
        label = PlainLabel(
            text("lead_detail.quoted", words=words), TextStyle.BODY, "text2", wrap=True, personal=True
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(13), 0, 0, 0)
        column.addWidget(label)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRect(0, 0, 2, self.height()), current().color("border"))
        painter.end()
