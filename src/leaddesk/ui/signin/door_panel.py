"""The left half of the sign-in page: brand, headline, three promises."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.brand.instance import tint
from leaddesk.ui.kit.brand.marks import InstanceMark
from leaddesk.ui.kit.buttons import Link
from leaddesk.ui.kit.labels import IconLabel, PlainLabel
from leaddesk.ui.kit.pieces.marks import Tag, Tone
from leaddesk.ui.kit.wording import text
from leaddesk.ui.signin.sign_in_state import SignInState
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle, line_height

SIDE, TOP, BOTTOM = 56, 56, 40


class DoorPanel(QWidget):
    """What leaddesk promises, said before anything is asked."""

    promises_requested = Signal()

    def __init__(self, state: SignInState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._instance = state.instance
        self._mark = InstanceMark(state.instance, text("signin.brand_letter"), 32)
        self._name = PlainLabel("", TextStyle.PANE_TITLE, elide=True)
        self._drawings: list[tuple[IconLabel, Icon]] = []
        self._more = Link(text("signin.promises_link"), icon=Icon.PROMISES)
        self._more.clicked.connect(self.promises_requested)
        column = QVBoxLayout(self)
        px = current().px
        column.setContentsMargins(px(SIDE), px(TOP), px(SIDE), px(BOTTOM))
        column.setSpacing(0)
        column.addLayout(self._brand())
        column.addSpacing(px(84))
        column.addWidget(PlainLabel(text("signin.headline"), TextStyle.HERO, wrap=True))
        column.addSpacing(px(28))
        column.addLayout(self._promises(state))
        column.addStretch(1)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.render_state(state)

    def render_state(self, state: SignInState) -> None:
        """Show whose door it is; offer the page of promises only once its facts are known."""
        self._instance = instance = state.instance
        self._mark.set_letter(instance, text("signin.brand_letter"))
        self._name.setText(instance.label if instance.brand.name else text("signin.brand"))
        for label, drawing in self._drawings:
            label.set_icon(drawing, "text2" if instance.brand.colour else instance.kind.value)
        self._more.setVisible(state.promises)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the instance's tint and the hairline at its right."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), tint(self._instance))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), current().color("border"))

    def _brand(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(current().px(10))
        row.addWidget(self._mark)
        row.addWidget(self._name, 1)
        if self._instance.is_demo:
            row.addWidget(Tag(text("signin.demo"), Tone.WARNING))
        return row

    def _promises(self, state: SignInState) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(current().px(14))
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        for place, (drawing, key) in enumerate(
            ((Icon.MEMORY, "memory"), (Icon.KEY, "key"), (Icon.LOCK, "lock"))
        ):
            row = place * 3
            label = IconLabel(drawing, state.instance.kind.value, 20)
            self._drawings.append((label, drawing))
            grid.addWidget(label, row, 0)
            grid.addWidget(PlainLabel(text(f"signin.{key}_title"), bold=True), row, 1)
            sentence = text(f"signin.{key}_sentence")
            grid.addWidget(PlainLabel(sentence, role="text2", wrap=True), row + 1, 1)
            grid.setRowMinimumHeight(row + 1, line_height(TextStyle.BODY))
            grid.setRowMinimumHeight(row + 2, current().px(20))
        return grid
