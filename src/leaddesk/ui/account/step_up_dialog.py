"""Asks once more who is there, above whatever is open; what waits for it goes on by itself."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from leaddesk.personal.masked import Secret
from leaddesk.ui.account.step_up_state import StepUpState
from leaddesk.ui.kit.buttons import Link, primary, secondary
from leaddesk.ui.kit.fields import LineField, PasswordField
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.painting.hints import RETURN
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.tokens import current


class StepUpDialog(OverlayDialog):
    """Invariant: what was typed leaves only inside a Secret, and is gone with the dialog."""

    stacked = True
    password_given = Signal(object)  # Secret
    code_given = Signal(object)  # Secret
    way_changed = Signal(bool)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, text("account.step_up_title"))
        self._state = StepUpState()
        self._password = PasswordField(text("account.step_up_password"), large=True)
        self._code = LineField(text("account.step_up_code"), large=True)
        self._other = Link("")
        self._button = primary(text("account.step_up_go"), hint=RETURN)
        cancel = secondary(text("account.step_up_cancel"), hint=text("shell.key_esc"))
        self.body.addWidget(PlainLabel(text("account.step_up_sentence"), wrap=True))
        self.body.addSpacing(current().px(10))
        self.body.addWidget(self._password)
        self.body.addWidget(self._code)
        self.body.addWidget(self._other, 0, Qt.AlignmentFlag.AlignLeft)
        self.set_footer(None, [cancel, self._button])
        cancel.clicked.connect(self.dismiss)
        self._other.clicked.connect(lambda: self.way_changed.emit(not self._state.by_code))
        self.accepted.connect(self._submit)
        for field in (self._password, self._code):
            field.submitted.connect(self._submit)
        self.dismissed.connect(self.forget)
        self.render_state(self._state)

    def render_state(self, state: StepUpState) -> None:
        """Show another state; what was typed stays, and is selected when it was wrong."""
        changed, self._state = state.by_code is not self._state.by_code, state
        self._password.setVisible(not state.by_code)
        self._code.setVisible(state.by_code)
        self._other.setText(
            text("account.step_up_by_password" if state.by_code else "account.step_up_by_code")
        )
        self._other.setEnabled(not state.busy)
        self._button.set_busy(state.busy)
        field = self._code if state.by_code else self._password
        field.set_error(state.trouble)
        field.setEnabled(not state.busy)
        if changed or (state.trouble is not None and not state.busy):
            field.edit.selectAll()
            field.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Empty both fields."""
        self._password.edit.clear()
        self._code.clear()

    def _submit(self) -> None:
        if self._state.busy:
            return
        field = self._code if self._state.by_code else self._password
        if not field.value().strip():
            field.set_error(text("account.step_up_missing"))
            field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._state.by_code:
            self.code_given.emit(Secret(field.value().strip()))
        else:
            self.password_given.emit(Secret(field.value()))
