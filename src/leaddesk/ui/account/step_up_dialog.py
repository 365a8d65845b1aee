"""Asks once more who is there, above whatever is open; what waits for it goes on by itself."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from leaddesk.personal.masked import Secret
from leaddesk.ui.account.step_up_state import StepUpState, Wait, Way
from leaddesk.ui.kit.buttons import Link, primary, secondary
from leaddesk.ui.kit.fields import LineField, PasswordField
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.painting.hints import RETURN
from leaddesk.ui.kit.pieces.notice import Notice, Tone
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current


class StepUpDialog(OverlayDialog):
    """Invariant: what was typed leaves only inside a Secret, and is gone with the dialog.

    It offers the person's ways and no other. The browser's address never stands in a widget.
    """

    stacked = True
    password_given = Signal(object)  # Secret
    code_given = Signal(object)  # Secret
    browser_wanted = Signal()
    link_wanted = Signal()
    way_changed = Signal(Way)

    def __init__(self, window: QWidget, state: StepUpState | None = None) -> None:
        super().__init__(window, text("account.step_up_title"))
        self._state = state or StepUpState()
        self._fields: dict[Way, LineField] = {
            Way.PASSWORD: PasswordField(text("account.step_up_password"), large=True),
            Way.CODE: LineField(text("account.step_up_code"), large=True),
        }
        self._notice = Notice(Tone.NEUTRAL, Icon.BROWSER, "")
        self._trouble = Notice(Tone.WARNING, Icon.WARNING, "")
        self._copy = secondary(text("signin.browser_copy"), icon=Icon.COPY)
        self._links = {way: Link(text(f"account.step_up_by_{way}")) for way in Way}
        self._button = primary(text("account.step_up_go"), hint=RETURN)
        self._sentence = PlainLabel(text("account.step_up_sentence"), wrap=True)
        self._lay_out()
        self._connect()
        self.render_state(self._state)

    def render_state(self, state: StepUpState) -> None:
        """Show another state; what was typed stays, and is selected when it was wrong."""
        before, self._state = self._state, state
        for way, field in self._fields.items():
            field.setVisible(way is state.way)
            field.setEnabled(not state.busy)
            field.set_error(state.trouble if way is state.way else None)
        in_browser = state.way is Way.BROWSER
        for way, link in self._links.items():
            link.setVisible(way in state.ways and way is not state.way)
            link.setEnabled(not state.busy or in_browser)
        self._show_browser(state)
        self._button.setText(text(f"account.step_up_go{'_browser' if in_browser else ''}"))
        self._button.set_busy(state.busy)
        if before.way is not state.way or (state.trouble is not None and not state.busy):
            self._focus()

    def forget(self) -> None:
        """Empty both fields."""
        for field in self._fields.values():
            field.clear()

    def _show_browser(self, state: StepUpState) -> None:
        waiting = state.wait is not Wait.NONE
        in_browser = state.way is Way.BROWSER
        for widget in (self._notice, self._copy):
            widget.setVisible(in_browser and waiting)
        if waiting:
            kind = f"account.step_up_{state.wait}"
            self._notice.say(text(kind), text(f"{kind}_sentence"))
        self._trouble.say(state.trouble or "")
        self._trouble.setVisible(in_browser and state.trouble is not None)
        self._sentence.setText(
            text("account.step_up_sentence" + ("_browser" if in_browser and not waiting else ""))
        )

    def _lay_out(self) -> None:
        px = current().px
        cancel = secondary(text("account.step_up_cancel"), hint=text("shell.key_esc"))
        cancel.clicked.connect(self.dismiss)
        self.body.addWidget(self._sentence)
        self.body.addSpacing(px(10))
        for widget in (*self._fields.values(), self._trouble, self._notice):
            self.body.addWidget(widget)
        for button in (self._copy, *self._links.values()):
            self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.set_footer(None, [cancel, self._button])

    def _connect(self) -> None:
        for way, link in self._links.items():
            link.clicked.connect(partial(self.way_changed.emit, way))
        for field in self._fields.values():
            field.submitted.connect(self._submit)
        self._copy.clicked.connect(self.link_wanted)
        self.accepted.connect(self._submit)
        self.dismissed.connect(self.forget)

    def _focus(self) -> None:
        field = self._fields.get(self._state.way)
        if field is None:
            self._button.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        field.edit.selectAll()
        field.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _submit(self) -> None:
        field = self._fields.get(self._state.way)
        if self._state.busy:
            return
        if field is None:
            self.browser_wanted.emit()
        elif not field.value().strip():
            field.set_error(text("account.step_up_missing"))
            field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._state.way is Way.CODE:
            self.code_given.emit(Secret(field.value().strip()))
        else:
            self.password_given.emit(Secret(field.value()))
