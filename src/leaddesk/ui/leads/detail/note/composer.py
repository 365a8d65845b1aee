"""The note composer under the tabs: one key away, grows when used, keeps what was typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Size, primary
from leaddesk.ui.kit.entry.edits import TextEdit
from leaddesk.ui.kit.entry.left_by_escape import LeftByEscape
from leaddesk.ui.kit.floating.toasts import keep_uncovered
from leaddesk.ui.kit.painting.hints import draw_hint, hint_width
from leaddesk.ui.kit.pieces.choices import CheckBox
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current

CLOSED, OPEN = 40, 84
KEY = "N"


class NoteComposer(LeftByEscape):
    """Ctrl+Enter sends, Esc leaves (``left``) and keeps the words.

    Invariant: the words leave the field only after ``note_written`` was emitted with them; what a person
    types or ticks is told by ``draft_changed``, what :meth:`set_draft` puts there is not.
    """

    note_written = Signal(str, bool)
    draft_changed = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edit = _NoteEdit()
        self._intern = CheckBox(text("lead_detail.intern_hint"))
        self._intern.setChecked(True)
        self._send = primary(
            text("lead_detail.save_note"), hint=text("lead_detail.send_key"), size=Size.SMALL
        )
        self._send.clicked.connect(self._submit)
        self._edit.textChanged.connect(self._grow)
        self._edit.textChanged.connect(self._tell)
        self._intern.toggled.connect(self._tell)
        self._edit.submitted.connect(self._submit)
        self._order = (self._edit, self._intern, self._send)
        for part in self._order:
            part.installEventFilter(self)
        self._lay_out()
        self._grow()
        keep_uncovered(self)

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

    def set_draft(self, words: str, *, intern: bool) -> None:
        """Bring back what was typed before, or forget it; the cursor stays as far from the end as it was."""
        with QSignalBlocker(self):
            self._intern.setChecked(intern)
            if words != self._edit.toPlainText():
                self._put(words)

    def _put(self, words: str) -> None:
        document, cursor = self._edit.document(), self._edit.textCursor()
        behind = document.characterCount() - cursor.position()
        self._edit.setPlainText(words)
        cursor.setPosition(max(0, document.characterCount() - behind))
        self._edit.setTextCursor(cursor)
        self._edit.cover()  # it may come while nobody is to read it

    def _tell(self) -> None:
        self.draft_changed.emit(self._edit.toPlainText(), self._intern.isChecked())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent):
            self._grow(focused=event.gotFocus() or self._stays_inside(watched, event.reason()))
        return False

    def _stays_inside(self, leaving: QObject, reason: Qt.FocusReason) -> bool:
        """Whether Tab leads to another part of the composer, which must not close in between."""
        reachable: list[QObject] = [part for part in self._order if part.isEnabled()]
        steps = {Qt.FocusReason.TabFocusReason: 1, Qt.FocusReason.BacktabFocusReason: -1}
        if leaving not in reachable or reason not in steps:
            return False
        return 0 <= reachable.index(leaving) + steps[reason] < len(reachable)

    def _grow(self, *_: object, focused: bool | None = None) -> None:
        inside = any(part.hasFocus() for part in self._order) if focused is None else focused
        wanted = inside or bool(self._edit.toPlainText())
        self._edit.set_open(wanted)
        self._footer.setVisible(wanted)
        self._send.setEnabled(bool(self._edit.toPlainText().strip()))

    def _submit(self) -> None:
        words = self._edit.toPlainText().strip()
        if words:
            self.note_written.emit(words, self._intern.isChecked())
            self._edit.setPlainText("")


class _NoteEdit(TextEdit):
    """Closed it is one line with a pen and the key that leads here; open it has room for four."""

    def __init__(self) -> None:
        self._open = False
        super().__init__()
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setPlaceholderText(text("lead_detail.write_note"))
        self.setAccessibleName(text("lead_detail.write_note"))

    def set_open(self, wanted: bool) -> None:
        if wanted != self._open:
            self._open = wanted
            self._measure()
            policies = Qt.ScrollBarPolicy
            bar = policies.ScrollBarAsNeeded if wanted else policies.ScrollBarAlwaysOff
            self.setVerticalScrollBarPolicy(bar)

    def _measure(self) -> None:
        super()._measure()
        theme = current()
        self.setFixedHeight(theme.px(OPEN if self._open else CLOSED))
        if self._open:
            self.setViewportMargins(0, 0, 0, 0)
        else:
            lift = (theme.px(CLOSED) - self.fontMetrics().lineSpacing()) // 2 - theme.px(6) - 3
            self.setViewportMargins(theme.px(26), max(0, lift), hint_width(KEY) + theme.px(6), 0)

    def event(self, event: QEvent) -> bool:
        painted = super().event(event)
        if event.type() == QEvent.Type.Paint and not self._open:
            self._paint_marks()
        return painted

    def _paint_marks(self) -> None:
        theme = current()
        painter = QPainter(self)
        draw_icon(painter, QRectF(theme.px(11), 0, theme.px(16), self.height()), Icon.NOTE, "text2")
        wide = hint_width(KEY)
        draw_hint(painter, QRectF(self.width() - wide - theme.px(10), 0, wide, self.height()), KEY)
        painter.end()
