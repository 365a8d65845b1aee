"""One waiting change: what kind, about whom, from what to what, and its undo."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from leaddesk.ui.kit import masks
from leaddesk.ui.kit.buttons import Button, Size, icon_button, secondary
from leaddesk.ui.kit.isolation import listed
from leaddesk.ui.kit.painting.writing import draw_text, elided, text_width
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.outbox.queue_state import Waiting, WaitingChange
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle, font

HEIGHT, LEFT, TEXT, RIGHT = 64, 20, 48, 16
_ICONS = {
    "step": Icon.STEP,
    "note": Icon.NOTE,
    "reveal": Icon.VISIBLE,
    "delete": Icon.DELETE,
    "share": Icon.SHARE,
    "withdraw": Icon.UNDO,
    "approve": Icon.CHECK,
    "reject": Icon.CLOSE,
    "accept": Icon.CHECK,
    "decline": Icon.CLOSE,
}


class ChangeRow(QWidget):
    """Painted; its one button takes the change back, asks which version counts, or goes on with a note."""

    undo_requested = Signal(str)
    conflict_opened = Signal(str)
    note_opened = Signal(str)

    def __init__(self, change: WaitingChange, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._change = change
        self._button = _button(change)
        self._button.setParent(self)
        self._button.setVisible(change.state is Waiting.CONFLICT or change.can_undo)
        asked = {Waiting.CONFLICT: self.conflict_opened, Waiting.BEGUN: self.note_opened}
        wanted = asked.get(change.state, self.undo_requested)
        self._button.clicked.connect(lambda: wanted.emit(change.entry_id))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        masks.name(
            self, text("outbox.row_spoken", subject=change.subject, what=self._what(), time=change.time)
        )
        self.cover()

    def cover(self) -> None:
        """Mask whom and what it is about, or show it again."""
        self._button.setAccessibleDescription(self.accessibleName())
        self.update()

    def sizeHint(self) -> QSize:
        """Give the row's height."""
        return QSize(current().px(240), current().px(HEIGHT + (18 if self._note_below() else 0)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button at the right."""
        super().resizeEvent(event)
        size = self._button.sizeHint()
        left = self.width() - current().px(RIGHT) - size.width()
        self._button.setGeometry(
            left, current().px(HEIGHT // 2) - size.height() // 2, size.width(), size.height()
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint icon, subject and time, then the change itself."""
        theme = current()
        painter = QPainter(self)
        draw_icon(painter, QPointF(theme.px(LEFT), theme.px(14)), _ICONS[self._change.kind], "text2")
        end = self.width() - theme.px(RIGHT + 18) - self._button.sizeHint().width()
        time = text_width(self._change.time, TextStyle.CAPTION)
        left, line = theme.px(TEXT), theme.px(20)
        draw_text(
            painter,
            QRectF(end - time, theme.px(12), time + 2, line),
            self._change.time,
            TextStyle.CAPTION,
            "text3",
        )
        subject = QRectF(left, theme.px(12), end - time - theme.px(12) - left, line)
        draw_text(painter, subject, masks.covered(self._change.subject, self), TextStyle.BODY, bold=True)
        self._paint_change(painter, left, theme.px(32), end)
        note = self._note_below()
        if note:
            place = QRectF(left, theme.px(52), end - left, theme.px(18))
            draw_text(painter, place, note, TextStyle.CAPTION, "warningText")
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.color("border"))

    def _what(self) -> str:
        parts = (text(f"outbox.kind_{self._change.kind}"), self._change.before, self._change.after)
        return listed(" ", (part for part in parts if part))

    def _note_below(self) -> str:
        if self._change.reason is not None:
            return self._change.reason
        state, plain = self._change.state, (Waiting.QUEUED, Waiting.BEGUN)
        return "" if state in plain else text(f"outbox.state_{state.value}")

    def _paint_change(self, painter: QPainter, left: float, top: float, end: float) -> None:
        """Paint ``Schritt  Kontakt → Vor-Ort-Termin`` with the old value struck through."""
        theme, line = current(), current().px(20)
        kind = text(f"outbox.kind_{self._change.kind}")
        x = left + draw_text(painter, QRectF(left, top, end - left, line), kind, TextStyle.BODY, "text3")
        x += theme.px(6)
        if self._change.before:
            before = masks.covered(self._change.before, self)
            x += _draw_struck(painter, QRectF(x, top, (end - x) / 2, line), before) + theme.px(6)
            draw_icon(painter, QPointF(x, top + (line - theme.px(12)) / 2), Icon.ARROW, "text3", 12)
            x += theme.px(18)
        if self._change.after:
            words = masks.covered(self._change.after, self)
            quoted = text("outbox.quoted", words=words) if self._change.kind == "note" else words
            draw_text(painter, QRectF(x, top, end - x, line), quoted, TextStyle.BODY)


def _button(change: WaitingChange) -> Button:
    match change.state:
        case Waiting.CONFLICT:
            return secondary(text("outbox.open"), icon=Icon.MERGE, size=Size.SMALL)
        case Waiting.BEGUN:
            return icon_button(Icon.NOTE, text("outbox.write_on"), size=Size.SMALL)
        case _:
            return icon_button(Icon.UNDO, text("outbox.undo"), size=Size.SMALL)


def _draw_struck(painter: QPainter, rect: QRectF, words: str) -> float:
    struck = QFont(font(TextStyle.BODY))
    struck.setStrikeOut(True)
    shown = elided(words, TextStyle.BODY, rect.width())
    metrics = QFontMetricsF(struck)
    painter.setFont(struck)
    painter.setPen(current().color("text3"))
    base = rect.top() + (rect.height() + metrics.ascent() - metrics.descent()) / 2
    painter.drawText(QPointF(rect.left(), round(base)), shown)
    return metrics.horizontalAdvance(shown)
