"""The journal tab, newest first, and the composer that is one key away."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Size, primary
from leaddesk.ui.kit.entry.edits import TextEdit
from leaddesk.ui.kit.labels import PlainLabel, set_tip
from leaddesk.ui.kit.phrases import full, when
from leaddesk.ui.kit.pieces.choices import CheckBox
from leaddesk.ui.kit.pieces.marks import Tag, Tone
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.detail.state import LeadDetailState, NoteLine
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle


class JournalTab(QWidget):
    """All notes of the lead; those still waiting to be sent say so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.px(16))
        self._empty = PlainLabel(text("lead_detail.no_notes"), TextStyle.BODY, "text3", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(16))
        column.addWidget(self._empty)
        column.addLayout(self._rows)
        column.addStretch(1)

    def show_state(self, state: LeadDetailState) -> None:
        """Render the notes."""
        self._empty.setVisible(not state.notes)
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for note in state.notes:
            self._rows.addWidget(_NoteRow(note, state.now))


class _NoteRow(QWidget):
    def __init__(self, note: NoteLine, now: datetime) -> None:
        super().__init__()
        at = PlainLabel(when(note.at, now), TextStyle.CAPTION, "text3")
        set_tip(at, full(note.at))
        head = QHBoxLayout()
        head.setSpacing(current().px(8))
        head.addWidget(PlainLabel(note.author, TextStyle.BODY, bold=True))
        if note.intern:
            head.addWidget(Tag(text("lead_detail.intern"), Tone.NEUTRAL))
        if note.pending:
            head.addWidget(Tag(text("lead_detail.waits"), Tone.WARNING))
        head.addStretch(1)
        head.addWidget(at)
        words = PlainLabel(note.text, TextStyle.BODY, "text2", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(4))
        column.addLayout(head)
        column.addWidget(words)


class NoteComposer(QWidget):
    """A field that grows when used: Ctrl+Enter sends, Esc leaves and keeps the words.

    Invariant: the words leave the field only after ``note_written`` was emitted with them.
    """

    note_written = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edit = TextEdit()
        self._edit.setPlaceholderText(text("lead_detail.write_note"))
        self._edit.setAccessibleName(text("lead_detail.write_note"))
        self._intern = CheckBox(text("lead_detail.intern_hint"))
        self._intern.setChecked(True)
        self._send = primary(
            text("lead_detail.save_note"), hint=text("lead_detail.send_key"), size=Size.SMALL
        )
        self._send.clicked.connect(self._submit)
        self._edit.textChanged.connect(self._grow)
        self._edit.submitted.connect(self._submit)
        self._edit.installEventFilter(self)
        self._lay_out()
        self._grow()

    def _lay_out(self) -> None:
        theme = current()
        self._footer = QWidget()
        row = QHBoxLayout(self._footer)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._intern)
        row.addStretch(1)
        row.addWidget(self._send)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(20), theme.px(8), theme.px(20), theme.px(16))
        column.setSpacing(theme.px(8))
        column.addWidget(self._edit)
        column.addWidget(self._footer)

    def write(self) -> None:
        """Put the keyboard into the field."""
        self._edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def draft(self) -> str:
        """Return what was typed and not sent."""
        return self._edit.toPlainText()

    def set_draft(self, words: str) -> None:
        """Bring back what was typed before."""
        self._edit.setPlainText(words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._grow(focused=event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)

    def _grow(self, *_: object, focused: bool | None = None) -> None:
        has_focus = self._edit.hasFocus() if focused is None else focused
        open_ = has_focus or bool(self._edit.toPlainText())
        self._edit.setFixedHeight(current().px(84 if open_ else 40))
        self._footer.setVisible(open_)
        self._send.setEnabled(bool(self._edit.toPlainText().strip()))

    def _submit(self) -> None:
        words = self._edit.toPlainText().strip()
        if words:
            self.note_written.emit(words, self._intern.isChecked())
            self._edit.setPlainText("")
            self._grow()
