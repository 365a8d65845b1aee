"""The page of own share requests: what waits, what was decided and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from leaddesk.contract.sharing import ShareStatus
from leaddesk.ui.kit import masks
from leaddesk.ui.kit.buttons import Button, Size, secondary
from leaddesk.ui.kit.isolation import listed
from leaddesk.ui.kit.labels import PlainLabel, set_tip
from leaddesk.ui.kit.layout.kept_rows import KeptRows
from leaddesk.ui.kit.phrases import DASH, full, when
from leaddesk.ui.kit.pieces.empty import EmptyState
from leaddesk.ui.kit.pieces.marks import Hairline, Tag, Tone
from leaddesk.ui.kit.pieces.panes import ColumnHead, Pane, page_head, scroll
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
COLUMNS = (5, 5, 4, 6)


class SharesView(Pane):
    """Renders a :class:`SharesState`; a row that did not change stays the same widget."""

    lead_opened = Signal(str)
    withdraw_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent)
        self.setAccessibleName(text("sharing.page_title"))
        self._count = PlainLabel("", TextStyle.BODY, "text3")
        self._rows = KeptRows()
        empty = EmptyState(Icon.SHARE, text("sharing.empty_title"), text("sharing.empty_sentence"))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._page())
        self._stack.addWidget(empty)
        self.setProperty("ring", "none")

    def _page(self) -> QWidget:
        theme = current()
        page, listed = QWidget(), QWidget()
        rows = QVBoxLayout(listed)
        rows.setContentsMargins(theme.px(24), 0, theme.px(24), theme.px(24))
        rows.addLayout(self._rows)
        rows.addStretch(1)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(page_head(text("sharing.page_title"), self._count))
        column.addWidget(Hairline())
        names = _Columns()
        column.addWidget(names)
        column.addWidget(Hairline())
        area = scroll(listed)
        area.setAccessibleName(text("sharing.page_title"))
        names.stand_above(area)
        column.addWidget(area, 1)
        return page

    def focus_page(self) -> None:
        """Put the keyboard on the first row's first button; without rows, on the page."""
        rows = self._rows.widgets()
        button = rows[0].findChild(Button) if rows else None
        (button or self).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def render_state(self, state: SharesState) -> None:
        """Show a state."""
        self._stack.setCurrentIndex(0 if state.lines else 1)
        self._count.setText(text("sharing.page_count", n=len(state.lines)))
        today = state.now.astimezone().date()
        wanted = [(line, today, line.share_request_id in state.busy) for line in state.lines]
        self._rows.show_rows(wanted, lambda row: self._row(row[0], state.now, busy=row[2]))

    def _row(self, line: ShareLine, now: datetime, *, busy: bool) -> QWidget:
        row = _ShareRow(line, now, busy=busy)
        row.lead_opened.connect(self.lead_opened)
        row.withdraw_requested.connect(self.withdraw_requested)
        return row


class _Columns(ColumnHead):
    """The names of the columns."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(current().px(24), 0, current().px(24), 0)
        names = ("sharing.col_lead", "sharing.col_market", "sharing.col_requested", "sharing.col_status")
        cells = [PlainLabel(text(name), TextStyle.CAPTION, "text2", elide=True) for name in names]
        _spread(row, cells, QWidget())


class _ShareRow(QWidget):
    lead_opened = Signal(str)
    withdraw_requested = Signal(str)

    def __init__(self, line: ShareLine, now: datetime, *, busy: bool) -> None:
        super().__init__()
        theme = current()
        at = PlainLabel(when(line.requested_at, now), TextStyle.BODY, "text2", elide=True)
        set_tip(at, full(line.requested_at))
        place = listed(", ", (line.title, line.place))
        cells: list[QWidget] = [
            _two_lines(line.name or DASH, place or DASH, bold=True),
            _two_lines(line.market, line.reason or DASH),
            at,
            _standing(line),
        ]
        inner = QWidget()
        inner.setMinimumHeight(theme.px(ROW))
        row = QHBoxLayout(inner)
        row.setContentsMargins(0, theme.px(8), 0, theme.px(8))
        _spread(row, cells, self._buttons(line, busy=busy))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(inner)
        column.addWidget(Hairline(role="borderSubtle"))

    def _buttons(self, line: ShareLine, *, busy: bool) -> QWidget:
        host = QWidget()
        row = QHBoxLayout(host)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().px(8))
        row.addStretch(1)
        if line.status is ShareStatus.PENDING:
            back = _withdraw_button()
            back.set_busy(busy)
            back.clicked.connect(lambda: self.withdraw_requested.emit(line.share_request_id))
            row.addWidget(back)
        opened = secondary(text("sharing.open_lead"), size=Size.SMALL)
        opened.clicked.connect(lambda: self.lead_opened.emit(line.lead_id))
        row.addWidget(opened)
        for button in host.findChildren(Button):
            masks.name(button, listed(", ", (button.shown_text(), line.name)))
        return host


def _withdraw_button() -> Button:
    return secondary(text("sharing.withdraw"), icon=Icon.UNDO, size=Size.SMALL)


def _spread(row: QHBoxLayout, cells: Sequence[QWidget], buttons: QWidget) -> None:
    """Put cells into columns that stand under each other in every row, the buttons at the right end."""
    row.setSpacing(current().px(16))
    for cell, share in zip(cells, COLUMNS, strict=True):
        cell.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(cell, share)
    withdraw = _withdraw_button()
    withdraw.set_busy(True)
    opened = secondary(text("sharing.open_lead"), size=Size.SMALL)
    buttons.setFixedWidth(withdraw.sizeHint().width() + opened.sizeHint().width() + current().px(8))
    row.addWidget(buttons)


def _two_lines(upper: str, lower: str, *, bold: bool = False) -> QWidget:
    host = QWidget()
    column = QVBoxLayout(host)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(PlainLabel(upper, TextStyle.BODY, bold=bold, elide=True, personal=True))
    column.addWidget(PlainLabel(lower, TextStyle.CAPTION, "text3", elide=True, personal=True))
    return host


def _standing(line: ShareLine) -> QWidget:
    host = QWidget()
    tag = Tag(text(f"sharing.status_{line.status.value}"), TONES.get(line.status, Tone.NEUTRAL))
    column = QVBoxLayout(host)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(current().px(2))
    column.addWidget(tag, 0, Qt.AlignmentFlag.AlignLeft)
    if line.decided_by and line.decision_reason:
        words = text("sharing.rejected_because", name=line.decided_by, reason=line.decision_reason)
        column.addWidget(PlainLabel(words, TextStyle.CAPTION, "text3", elide=True, personal=True))
    elif line.decided_by:
        words = text("sharing.decided_by", name=line.decided_by)
        column.addWidget(PlainLabel(words, TextStyle.CAPTION, "text3", elide=True))
    return host
