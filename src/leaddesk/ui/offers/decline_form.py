"""Four reasons in place of the card's body; the reason goes to the owner without the person's name."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Button, Kind, Size, secondary
from leaddesk.ui.kit.entry.edits import LineEdit
from leaddesk.ui.kit.entry.left_by_escape import LeftByEscape
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.pieces.choices import RadioButton
from leaddesk.ui.kit.wording import text
from leaddesk.ui.offers.offers_state import DECLINE_REASONS
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle


class DeclineForm(LeftByEscape):
    """Emits ``given`` with the words of the reason, ``left`` when the person went back."""

    given = Signal(str)

    def __init__(self, owner: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self._group = QButtonGroup(self)
        self._other = _other_reason()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(6))
        column.addWidget(PlainLabel(text("offers.why"), TextStyle.BODY, bold=True))
        for index, reason in enumerate(DECLINE_REASONS):
            button = RadioButton(text(f"offers.reason_{reason}"))
            button.setChecked(index == 0)
            self._group.addButton(button, index)
            column.addWidget(button)
        column.addWidget(self._other)
        column.addSpacing(theme.px(4))
        column.addWidget(
            PlainLabel(text("offers.goes_to", owner=owner), TextStyle.CAPTION, "text3", wrap=True)
        )
        column.addStretch(1)
        column.addSpacing(theme.px(6))
        column.addLayout(self._buttons())
        self._group.idToggled.connect(self._toggled)
        self._toggled()

    def _buttons(self) -> QHBoxLayout:
        back = secondary(text("offers.back"), hint="Esc", size=Size.OFFER)
        self._send = Button(text("offers.decline"), Kind.DANGER_SECONDARY, hint="↵", size=Size.OFFER)
        back.clicked.connect(self.left)
        self._send.clicked.connect(self._submit)
        row = QHBoxLayout()
        row.setSpacing(current().px(8))
        row.addWidget(back, 1)
        row.addWidget(self._send, 1)
        return row

    def start(self) -> None:
        """Put the keyboard on the reasons: arrows choose, Enter declines."""
        button = self._group.checkedButton()
        if button is not None:
            button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def set_busy(self, busy: bool) -> None:
        """Show that the answer is awaited; nothing is given a second time."""
        self._send.set_busy(busy)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._submit()
        else:
            super().keyPressEvent(event)

    def _is_other(self) -> bool:
        return DECLINE_REASONS[self._group.checkedId()] == "other"

    def _toggled(self, *_: object) -> None:
        self._other.setVisible(self._is_other())

    def _submit(self) -> None:
        if self._send.is_busy():
            return
        if not self._is_other():
            self.given.emit(text(f"offers.reason_{DECLINE_REASONS[self._group.checkedId()]}"))
        elif words := self._other.text().strip():
            self.given.emit(words)
        else:
            self._other.setFocus()


def _other_reason() -> LineEdit:
    edit = LineEdit()
    edit.setPlaceholderText(text("offers.other_hint"))
    edit.setAccessibleName(text("offers.other_hint"))
    return edit
