"""Where one is signed in: device and time, this one marked; end one, or all others (measures A5, A6)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.account.session_row import SessionRow
from leaddesk.ui.account.sessions_state import SessionsState
from leaddesk.ui.kit.buttons import Button, Kind, primary, secondary
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.painting.hints import RETURN
from leaddesk.ui.kit.pieces.marks import Skeleton, Tone
from leaddesk.ui.kit.pieces.notice import Notice
from leaddesk.ui.kit.pieces.panes import scroll
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current

_ROWS_SHOWN, _ROW = 5, 60


class SessionsDialog(OverlayDialog):
    """Renders a SessionsState; ending all others is asked for twice, in the same place."""

    end_requested = Signal(str)
    end_others_requested = Signal()
    asked = Signal(bool)
    retry_requested = Signal()

    def __init__(self, window: QWidget, state: SessionsState) -> None:
        super().__init__(window, text("account.sessions_title"), width="conflict")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        content = QWidget()
        content.setLayout(self._rows)
        self._rows.setContentsMargins(0, 0, current().px(8), 0)
        self._area = scroll(content)
        self._trouble = Notice(Tone.WARNING, Icon.WARNING, "", action=text("account.retry"))
        self._trouble.acted.connect(self.retry_requested)
        self.body.addWidget(PlainLabel(text("account.sessions_sentence"), role="text2", wrap=True))
        self.body.addWidget(self._trouble)
        self.body.addWidget(self._area)
        self._build_footer()
        self._shown: SessionsState | None = None
        self.render_state(state)

    def render_state(self, state: SessionsState) -> None:
        """Show another state; the rows are made anew only when they changed."""
        before, self._shown = self._shown, state
        self._trouble.setVisible(state.trouble is not None)
        self._trouble.say(state.trouble or "")
        if before is None or (before.lines, before.busy) != (state.lines, state.busy):
            self._show_rows(state)
        some = state.others > 0
        self._others.setVisible(some and not state.asking)
        self._others.set_busy("*" in state.busy)
        self._sure.setVisible(some and state.asking)
        self._stay.setVisible(some and state.asking)
        self._question.setText(text("account.end_others_sure", n=state.others) if state.asking else "")
        if before is not None and before.asking is not state.asking and some:
            (self._stay if state.asking else self._others).setFocus(Qt.FocusReason.PopupFocusReason)

    def open(self) -> None:
        """Begin at the button that only closes."""
        super().open()
        self._close.setFocus(Qt.FocusReason.PopupFocusReason)

    def _show_rows(self, state: SessionsState) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        lines = state.lines
        if lines is None:
            self._rows.addWidget(Skeleton(3, row_height=_ROW))
        for line in lines or ():
            row = SessionRow(line, busy=line.session_id in state.busy or "*" in state.busy)
            row.end_requested.connect(self.end_requested)
            self._rows.addWidget(row)
        self._rows.addStretch(1)
        shown = min(max(len(lines or (1, 2, 3)), 1), _ROWS_SHOWN)
        self._area.setVisible(lines is None or bool(lines))
        self._area.setFixedHeight(current().px(_ROW) * shown + 2)

    def _build_footer(self) -> None:
        self._others = secondary(text("account.end_others"), icon=Icon.SIGN_OUT)
        self._sure = Button(text("account.end_others_yes"), kind=Kind.DANGER_SECONDARY)
        self._stay = secondary(text("account.end_others_no"))
        self._question = PlainLabel("", wrap=True)
        self._close = primary(text("account.close"), hint=RETURN)
        self._others.clicked.connect(lambda: self.asked.emit(True))
        self._stay.clicked.connect(lambda: self.asked.emit(False))
        self._sure.clicked.connect(self.end_others_requested)
        left = QWidget()
        row = QHBoxLayout(left)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().px(8))
        row.addWidget(self._others)
        row.addWidget(self._question, 1)
        row.addWidget(self._stay)
        row.addWidget(self._sure)
        row.addStretch(0)
        self.set_footer(left, [self._close])
        self.accepted.connect(self.dismiss)
