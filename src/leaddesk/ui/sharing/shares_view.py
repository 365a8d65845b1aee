"""The page of own share requests: what waits, what was decided and why."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from leaddesk.contract.sharing import ShareStatus
from leaddesk.ui.kit.buttons import Size, secondary
from leaddesk.ui.kit.labels import PlainLabel, set_tip
from leaddesk.ui.kit.phrases import full, when
from leaddesk.ui.kit.pieces.empty import EmptyState
from leaddesk.ui.kit.pieces.marks import Hairline, Tag, Tone
from leaddesk.ui.kit.pieces.panes import Pane, scroll
from leaddesk.ui.kit.wording import text
from leaddesk.ui.sharing.share_state import ShareLine, SharesState
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

TONES = {
    ShareStatus.PENDING: Tone.WARNING,
    ShareStatus.APPROVED: Tone.SUCCESS,
    ShareStatus.REJECTED: Tone.DANGER,
}
ROW = 60


class SharesView(Pane):
    """Renders a :class:`SharesState`."""

    lead_opened = Signal(str)
    withdraw_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent)
        self.setAccessibleName(text("sharing.page_title"))
        self._count = PlainLabel("", TextStyle.BODY, "text3")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        empty = EmptyState(Icon.SHARE, text("sharing.empty_title"), text("sharing.empty_sentence"))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._page())
        self._stack.addWidget(empty)

    def _page(self) -> QWidget:
        theme = current()
        page, listed = QWidget(), QWidget()
        head = QHBoxLayout()
        head.setContentsMargins(theme.px(24), 0, theme.px(24), 0)
        head.setSpacing(theme.px(8))
        head.addWidget(PlainLabel(text("sharing.page_title"), TextStyle.PANE_TITLE))
        head.addWidget(self._count, 1)
        rows = QVBoxLayout(listed)
        rows.setContentsMargins(theme.px(24), 0, theme.px(24), theme.px(24))
        rows.addLayout(self._rows)
        rows.addStretch(1)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        title = QWidget()
        title.setLayout(head)
        title.setFixedHeight(theme.length("layout.pageHeader"))
        column.addWidget(title)
        column.addWidget(scroll(listed), 1)
        return page

    def render_state(self, state: SharesState) -> None:
        """Show a state."""
        self._stack.setCurrentIndex(0 if state.lines else 1)
        self._count.setText(text("sharing.page_count", n=len(state.lines)))
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for line in state.lines:
            row = _ShareRow(line, state)
            row.lead_opened.connect(self.lead_opened)
            row.withdraw_requested.connect(self.withdraw_requested)
            self._rows.addWidget(Hairline())
            self._rows.addWidget(row)


class _ShareRow(QWidget):
    lead_opened = Signal(str)
    withdraw_requested = Signal(str)

    def __init__(self, line: ShareLine, state: SharesState) -> None:
        super().__init__()
        theme = current()
        self.setMinimumHeight(theme.px(ROW))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme.px(8), 0, theme.px(8))
        row.setSpacing(theme.px(16))
        place = ", ".join(part for part in (line.title, line.place) if part)
        row.addLayout(_two_lines(line.name, place, bold=True), 3)
        at = PlainLabel(when(line.requested_at, state.now), TextStyle.CAPTION, "text3")
        set_tip(at, full(line.requested_at))
        row.addLayout(_two_lines(line.market, line.reason), 3)
        row.addWidget(at)
        row.addLayout(_standing(line), 3)
        button = secondary(text("sharing.open_lead"), size=Size.SMALL)
        button.clicked.connect(lambda: self.lead_opened.emit(line.lead_id))
        if line.status is ShareStatus.PENDING:
            back = secondary(text("sharing.withdraw"), icon=Icon.UNDO, size=Size.SMALL)
            back.clicked.connect(lambda: self.withdraw_requested.emit(line.share_request_id))
            row.addWidget(back)
        row.addWidget(button)


def _two_lines(upper: str, lower: str, *, bold: bool = False) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(PlainLabel(upper, TextStyle.BODY, bold=bold, elide=True))
    column.addWidget(PlainLabel(lower, TextStyle.CAPTION, "text3", elide=True))
    return column


def _standing(line: ShareLine) -> QVBoxLayout:
    tag = Tag(text(f"sharing.status_{line.status.value}"), TONES.get(line.status, Tone.NEUTRAL))
    first = QHBoxLayout()
    first.addWidget(tag)
    first.addStretch(1)
    column = QVBoxLayout()
    column.setSpacing(current().px(2))
    column.addLayout(first)
    if line.decided_by and line.decision_reason:
        words = text("sharing.rejected_because", name=line.decided_by, reason=line.decision_reason)
        column.addWidget(PlainLabel(words, TextStyle.CAPTION, "text3", elide=True))
    elif line.decided_by:
        words = text("sharing.decided_by", name=line.decided_by)
        column.addWidget(PlainLabel(words, TextStyle.CAPTION, "text3", elide=True))
    return column
