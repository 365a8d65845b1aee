"""The queue of changes not confirmed yet, with an undo each, and what works meanwhile (picture 10c)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import icon_button
from leaddesk.ui.kit.labels import IconLabel, PlainLabel
from leaddesk.ui.kit.phrases import number
from leaddesk.ui.kit.pieces.marks import Tone
from leaddesk.ui.kit.pieces.notice import Notice
from leaddesk.ui.kit.pieces.panes import SectionTitle, scroll
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.outbox.change_row import ChangeRow
from leaddesk.ui.shell.outbox.queue_state import QueueState, Waiting
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle


class WaitingChangesPane(QWidget):
    """Renders a QueueState in the place of a lead."""

    undo_requested = Signal(str)
    conflict_opened = Signal(str)
    note_opened = Signal(str)
    closed = Signal()

    def __init__(self, state: QueueState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = PlainLabel("", role="text3")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._info = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(_Head(self._count, self._close_button()))
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, current().px(20))
        inner.setSpacing(0)
        inner.addLayout(self._rows)
        inner.addLayout(self._info)
        inner.addStretch(1)
        column.addWidget(scroll(content), 1)
        self.render_state(state)

    def render_state(self, state: QueueState) -> None:
        """Show another queue."""
        self._count.setText(number(len(state.changes)))
        _empty(self._rows)
        for change in state.changes:
            row = ChangeRow(change)
            row.undo_requested.connect(self.undo_requested)
            row.conflict_opened.connect(self.conflict_opened)
            row.note_opened.connect(self.note_opened)
            self._rows.addWidget(row)
        _empty(self._info)
        side = current().length("space.paneX")
        self._info.setContentsMargins(side, current().px(16), side, 0)
        self._info.setSpacing(current().px(12))
        for sentence in _sentences(state):
            self._info.addWidget(sentence)
        if not state.online:
            self._info.addWidget(_what_works())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the pane."""
        QPainter(self).fillRect(self.rect(), current().color("surface"))

    def _close_button(self) -> QWidget:
        button = icon_button(Icon.CLOSE, text("outbox.close"))
        button.clicked.connect(self.closed)
        return button


class _Head(QWidget):
    def __init__(self, count: QWidget, close: QWidget) -> None:
        super().__init__()
        self.setFixedHeight(current().length("layout.paneHeader"))
        row = QHBoxLayout(self)
        row.setContentsMargins(current().length("space.paneX"), 0, current().px(12), 1)
        row.setSpacing(current().px(8))
        row.addWidget(PlainLabel(text("outbox.title"), TextStyle.PANE_TITLE))
        row.addWidget(count)
        row.addStretch(1)
        row.addWidget(close)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the hairline."""
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, current().color("border"))


def _sentences(state: QueueState) -> list[QWidget]:
    if not state.changes:
        return [PlainLabel(text("outbox.empty"), role="text2", wrap=True)]
    return [Notice(Tone.ACCENT, Icon.INFO, "", text(f"outbox.info_{each}")) for each in _situations(state)]


def _situations(state: QueueState) -> list[str]:
    """Return what the queue waits for: the connection, an answer, or a decision; and words to come."""
    states = {change.state for change in state.changes}
    begun = ["begun"] if Waiting.BEGUN in states else []
    if not (waiting := states - {Waiting.BEGUN}):
        return begun
    if not state.online:
        return ["queued", *begun]
    return ["decide" if waiting <= {Waiting.CONFLICT, Waiting.REFUSED} else "sending", *begun]


def _what_works() -> QWidget:
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(current().px(8))
    grid.setVerticalSpacing(current().px(6))
    grid.setColumnStretch(1, 1)
    grid.addWidget(SectionTitle(text("outbox.works_title")), 0, 0, 1, 2)
    for row, (key, works) in enumerate(
        (("read", True), ("edit", True), ("not_share", False), ("not_delete", False)), start=1
    ):
        mark = IconLabel(Icon.CHECK, "successText", 14) if works else IconLabel(Icon.CLOSE, "text3", 14)
        grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(PlainLabel(text(f"outbox.works_{key}"), role="text2", wrap=True), row, 1)
    return box


def _empty(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
