"""The bar under the question: approve, or reject with a reason; for an own request why not."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from leaddesk.ui.approvals.approvals_state import ApprovalsState
from leaddesk.ui.kit.buttons import Button, Kind, primary, quiet, secondary
from leaddesk.ui.kit.entry.edits import LineEdit
from leaddesk.ui.kit.entry.left_by_escape import LeftByEscape
from leaddesk.ui.kit.floating.toasts import keep_uncovered
from leaddesk.ui.kit.labels import IconLabel, PlainLabel
from leaddesk.ui.kit.pieces.marks import Hairline
from leaddesk.ui.kit.pieces.panes import Pane
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle


class DecisionBar(Pane):
    """Emits ``approve_requested`` or ``reject_requested`` with the reason, which is never empty."""

    approve_requested = Signal()
    reject_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("sunken", parent)
        self._request: str | None = None
        self._approve = primary(text("approvals.approve"), icon=Icon.CHECK, hint="A")
        self._reject = secondary(text("approvals.reject"), icon=Icon.CLOSE, hint="R")
        self._note = PlainLabel("", TextStyle.CAPTION, "text2", wrap=True)
        self._form = _ReasonForm()
        self._approve.clicked.connect(self.approve_requested)
        self._reject.clicked.connect(self.ask_reason)
        self._form.given.connect(self.reject_requested)
        self._form.left.connect(self._leave_form)
        self._lay_out()
        self._take_height()
        keep_uncovered(self)

    def _lay_out(self) -> None:
        theme = current()
        choice = QWidget()
        row = QHBoxLayout(choice)
        row.setContentsMargins(theme.px(24), 0, theme.px(24), 0)
        row.setSpacing(theme.px(8))
        row.addWidget(IconLabel(Icon.HISTORY, "text3", 14))
        row.addWidget(self._note, 1)
        row.addWidget(self._reject)
        row.addWidget(self._approve)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(choice)
        self._stack.addWidget(self._form)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Hairline())
        column.addWidget(body)

    def _take_height(self) -> None:
        """At least the footer's; the note has as many lines as it needs."""
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumHeight(current().length("layout.approvalFooter"))

    def render_state(self, state: ApprovalsState) -> None:
        """Show what may be decided; a reason being typed stays while the same request is shown."""
        question = state.question
        own = question is not None and question.line.own
        self.setVisible(question is not None)
        self._note.setText(text("approvals.own_note" if own else "approvals.recorded"))
        self._approve.setVisible(not own)
        self._reject.setVisible(not own)
        self._approve.set_busy(state.busy)
        self._reject.setEnabled(not state.busy)
        self._form.set_busy(state.busy)
        request = question.line.share_request_id if question else None
        if request != self._request:
            self._request = request
            self._form.forget()
            self._stack.setCurrentIndex(0)

    def holds_focus(self) -> bool:
        """Whether the keyboard is in the bar: it must leave when another question is shown."""
        now = QApplication.focusWidget()
        return now is not None and self.isAncestorOf(now)

    def focus_approve(self) -> None:
        """Key A: the keyboard on the button, Enter presses it."""
        self._stack.setCurrentIndex(0)
        self._approve.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def ask_reason(self) -> None:
        """Key R: the field for the reason takes the place of the buttons."""
        self._stack.setCurrentIndex(1)
        self._form.start()

    def _leave_form(self) -> None:
        """Esc: the buttons again, the words are kept."""
        self._stack.setCurrentIndex(0)
        self._reject.setFocus(Qt.FocusReason.ShortcutFocusReason)


class _ReasonForm(LeftByEscape):
    given = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        theme = current()
        self._edit = LineEdit()
        self._edit.setPlaceholderText(text("approvals.reason"))
        self._edit.setAccessibleName(text("approvals.reason"))
        self._send = Button(text("approvals.reject_now"), Kind.DANGER_SECONDARY, hint="↵")
        back = quiet(text("approvals.back"), hint="Esc")
        self._edit.returnPressed.connect(self._submit)
        self._send.clicked.connect(self._submit)
        back.clicked.connect(self.left)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(24), 0, theme.px(24), 0)
        row.setSpacing(theme.px(8))
        row.addWidget(self._edit, 1)
        row.addWidget(back)
        row.addWidget(self._send)

    def start(self) -> None:
        self._edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def forget(self) -> None:
        self._edit.clear()

    def set_busy(self, busy: bool) -> None:
        self._send.set_busy(busy)

    def _submit(self) -> None:
        reason = self._edit.text().strip()
        if self._send.is_busy():
            return
        if reason:
            self.given.emit(reason)
        else:
            self._edit.setFocus()
