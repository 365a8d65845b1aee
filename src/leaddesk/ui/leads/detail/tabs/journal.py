"""The journal tab, newest first."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.labels import PlainLabel, set_tip
from leaddesk.ui.kit.layout.kept_rows import KeptRows
from leaddesk.ui.kit.phrases import full, when
from leaddesk.ui.kit.pieces.marks import Tag, Tone
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.detail.state import LeadDetailState, NoteLine
from leaddesk.ui.leads.detail.tabs.pending import Pending
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle


class JournalTab(QWidget):
    """All notes of the lead; those still waiting to be sent come first and say so."""

    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self._rows = KeptRows(theme.px(16))
        self._pending = Pending(3)
        self._pending.retry_requested.connect(self.retry_requested)
        self._empty = PlainLabel(text("lead_detail.no_notes"), TextStyle.BODY, "text3", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(16))
        column.setSpacing(theme.px(16))
        column.addWidget(self._empty)
        column.addLayout(self._rows)
        column.addWidget(self._pending)
        column.addStretch(1)

    def show_state(self, state: LeadDetailState) -> None:
        """Render; skeleton rows while the notes load, a sentence if they cannot."""
        lines, today = (*state.waiting, *(state.notes or ())), state.now.astimezone().date()
        self._empty.setText(
            text("lead_detail.no_notes" if state.allowed.write else "lead_detail.no_notes_yet")
        )
        self._empty.setVisible(state.notes is not None and not lines)
        self._pending.show_for(state.notes, state.failed)
        self._rows.show_rows([(line, today) for line in lines], lambda row: _NoteRow(row[0], state.now))


class _NoteRow(QWidget):
    def __init__(self, note: NoteLine, now: datetime) -> None:
        super().__init__()
        at = PlainLabel(when(note.at, now), TextStyle.CAPTION, "text3")
        set_tip(at, full(note.at))
        head = QHBoxLayout()
        head.setSpacing(current().px(8))
        head.addWidget(PlainLabel(note.author, TextStyle.BODY, bold=True, elide=True))
        if note.intern:
            head.addWidget(Tag(text("lead_detail.intern"), Tone.NEUTRAL))
        if note.pending:
            head.addWidget(Tag(text("lead_detail.waits"), Tone.WARNING))
        head.addStretch(1)
        head.addWidget(at)
        words = PlainLabel(note.text, TextStyle.BODY, "text2", wrap=True, personal=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(4))
        column.addLayout(head)
        column.addWidget(words)
