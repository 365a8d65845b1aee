"""The approvals page: queue, question, and the bar that decides (picture 05)."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from leaddesk.ui.approvals.approval_queue import ApprovalQueue
from leaddesk.ui.approvals.approvals_state import ApprovalsState
from leaddesk.ui.approvals.decision_bar import DecisionBar
from leaddesk.ui.approvals.question_view import QuestionView
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.pieces.empty import EmptyState
from leaddesk.ui.kit.pieces.marks import Hairline
from leaddesk.ui.kit.pieces.panes import Pane
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

ARMED_AFTER_MS = 500
"""A and R count only on a question that could be read: shown at least this long (look.md, keys)."""


class ApprovalsView(Pane):
    """Renders an :class:`ApprovalsState`. A or R takes the keyboard to the button, Enter presses it."""

    request_chosen = Signal(str)
    approve_requested = Signal()
    reject_requested = Signal(str)
    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent)
        self.setAccessibleName(text("approvals.title"))
        self._shown = QElapsedTimer()
        self._shown_id: object = None
        self._decidable = False
        self._queue = ApprovalQueue()
        self._question = QuestionView()
        self._bar = DecisionBar()
        self._counts = PlainLabel("", TextStyle.BODY, "text2")
        self._decided = PlainLabel("", TextStyle.CAPTION, "text2", elide=True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._page())
        self._stack.addWidget(
            EmptyState(Icon.APPROVALS, text("approvals.empty_title"), text("approvals.empty_sentence"))
        )
        self._connect()

    def _connect(self) -> None:
        self._queue.chosen.connect(self.request_chosen)
        self._question.walked.connect(self._queue.step)
        self._question.retry_requested.connect(self.retry_requested)
        self._bar.approve_requested.connect(self._approve_pressed)
        self._bar.reject_requested.connect(self.reject_requested)

    def _page(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        left = self._left = QWidget()
        self._lay_out_left(left)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._question, 1)
        right.addWidget(self._bar)
        row.addWidget(left)
        row.addWidget(Hairline(Qt.Orientation.Vertical))
        row.addLayout(right, 1)
        return page

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave what would leave the house most of a small window."""
        super().resizeEvent(event)
        self._left.setFixedWidth(min(current().length("layout.approvalQueue"), self.width() // 3))

    def _lay_out_left(self, left: QWidget) -> None:
        theme = current()
        title = QWidget()
        title.setFixedHeight(theme.length("layout.paneHeader"))
        head = QHBoxLayout(title)
        head.setContentsMargins(theme.px(16), 0, theme.px(16), 0)
        head.setSpacing(theme.px(8))
        head.addWidget(PlainLabel(text("approvals.title"), TextStyle.PANE_TITLE))
        head.addWidget(self._counts, 1)
        foot = QWidget()
        foot.setFixedHeight(theme.px(44))
        end = QHBoxLayout(foot)
        end.setContentsMargins(theme.px(16), 0, theme.px(16), 0)
        end.addWidget(self._decided)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (title, Hairline(), self._queue, Hairline(), foot):
            column.addWidget(widget, 1 if widget is self._queue else 0)

    def render_state(self, state: ApprovalsState) -> None:
        """Show a state; a new question starts the time until A and R count."""
        held = self._bar.holds_focus()
        self._stack.setCurrentIndex(0 if state.queue else 1)
        self._counts.setText(text("approvals.for_you", n=sum(not line.own for line in state.queue)))
        self._decided.setText(
            text("approvals.decided", approved=state.approved_today, rejected=state.rejected_today)
        )
        self._queue.render_state(state)
        self._question.render_state(state)
        self._bar.render_state(state)
        self._decidable = state.question is not None and not state.question.line.own and not state.busy
        shown = _identity(state)
        if shown != self._shown_id:
            self._shown_id = shown
            self._shown.restart()
            if held:
                self.focus_page()

    def ask_reason(self) -> None:
        """Open the field for the reason of a rejection."""
        self._bar.ask_reason()

    def focus_page(self) -> None:
        """Put the keyboard on the queue."""
        self._queue.setFocus(Qt.FocusReason.OtherFocusReason)

    def _armed(self) -> bool:
        return self._decidable and self._shown.elapsed() >= ARMED_AFTER_MS

    def _approve_pressed(self) -> None:
        """However it was pressed: not before the question that stands there now could be read."""
        if self._armed():
            self.approve_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_A and self._armed():
            self._bar.focus_approve()
        elif event.key() == Qt.Key.Key_R and self._armed():
            self._bar.ask_reason()
        else:
            super().keyPressEvent(event)


def _identity(state: ApprovalsState) -> object:
    """Return what makes a question another one: the request, or new values of the same lead."""
    question = state.question
    return None if question is None else (question.line.share_request_id, question.lead_serial)
