"""The second factor: one field for the code of an app, or a recovery code; to sign in and to unlock."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from leaddesk.personal.masked import Secret
from leaddesk.ui.kit.buttons import Size, primary, quiet
from leaddesk.ui.kit.fields import LineField
from leaddesk.ui.kit.painting.hints import RETURN
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.tokens import current


class SecondStep(QWidget):
    """Asks for the code. Invariant: it leaves only inside a Secret, and :meth:`forget` empties the field."""

    given = Signal(object)  # Secret
    given_up = Signal()

    def __init__(self, action: str, parent: QWidget | None = None) -> None:
        """``action``: the words of the button."""
        super().__init__(parent)
        self._code = LineField(text("signin.code"), large=True)
        self._code.set_note(text("signin.code_note"))
        self._button = primary(action, hint=RETURN, size=Size.LARGE)
        self._back = quiet(text("signin.code_back"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(16))
        for widget in (self._code, self._button):
            column.addWidget(widget)
        column.addWidget(self._back, 0, Qt.AlignmentFlag.AlignHCenter)
        self._code.submitted.connect(self._submit)
        self._button.clicked.connect(self._submit)
        self._back.clicked.connect(self.given_up)

    def show_step(self, *, shown: bool, busy: bool, error: str | None) -> None:
        """Come or go; what was typed goes with it, and is selected when it was wrong."""
        comes = shown and self.isHidden()
        self.setVisible(shown)
        self._code.setEnabled(not busy)
        self._button.set_busy(busy)
        self._back.setEnabled(not busy)
        self._code.set_error(error if shown else None)
        if not shown:
            self.forget()
        elif comes or (error is not None and not busy):
            self._code.edit.selectAll()
            self._code.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Empty the field."""
        self._code.clear()

    def _submit(self) -> None:
        if not self._code.value().strip():
            self._code.set_error(text("signin.code_missing"))
            self._code.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.given.emit(Secret(self._code.value().strip()))
