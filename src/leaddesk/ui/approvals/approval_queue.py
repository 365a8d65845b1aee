"""The queue at the left: who asks to offer which lead where."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from leaddesk.ui.approvals.approvals_state import ApprovalsState, QueueLine
from leaddesk.ui.kit.entry.claimed_keys import claim
from leaddesk.ui.kit.masks import covered
from leaddesk.ui.kit.painting.people import draw_avatar, initials, slot_of
from leaddesk.ui.kit.painting.writing import RIGHT, draw_text, text_width
from leaddesk.ui.kit.phrases import ago
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

ROW = 82
LINE = Qt.ItemDataRole.UserRole
STEPS = {Qt.Key.Key_J: 1, Qt.Key.Key_K: -1}


class ApprovalQueue(QListWidget):
    """Keyboard list of requests; emits the id of the one that became current."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(text("approvals.queue"))
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self._lines: tuple[QueueLine, ...] = ()
        self._delegate = _QueueDelegate(self)
        self.setItemDelegate(self._delegate)
        self.currentItemChanged.connect(self._current_changed)

    def render_state(self, state: ApprovalsState) -> None:
        """Show the queue; the current request stays current, and where nothing changed nothing moves."""
        self._delegate.now = state.now
        self.blockSignals(True)
        if state.queue != self._lines:
            self._lines = state.queue
            self.clear()
            for line in state.queue:
                item = QListWidgetItem(covered(_spoken(line), self), self)
                item.setData(LINE, line)
        for row, line in enumerate(self._lines):
            if line.share_request_id == state.chosen and row != self.currentRow():
                self.setCurrentRow(row)
        self.blockSignals(False)
        self.viewport().update()

    def cover(self) -> None:
        """Mask whose lead it is, or show it again."""
        for row, line in enumerate(self._lines):
            self.item(row).setText(covered(_spoken(line), self))
        self.viewport().update()

    def step(self, delta: int) -> None:
        """Make the next or previous request current."""
        self.setCurrentRow(max(0, min(self.count() - 1, self.currentRow() + delta)))

    def event(self, event: QEvent) -> bool:
        if claim(event, *STEPS):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in STEPS:
            self.step(STEPS[key])
        elif event.text().isalnum():
            event.ignore()  # letters decide (A, R) and do not search in the list
        else:
            super().keyPressEvent(event)

    def _current_changed(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            line: QueueLine = item.data(LINE)
            self.chosen.emit(line.share_request_id)


def _spoken(line: QueueLine) -> str:
    words = text("approvals.spoken", name=line.name, market=line.market)
    return f"{words}, {text('approvals.own')}" if line.own else words


class _QueueDelegate(QStyledItemDelegate):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._owner = parent
        self.now = datetime.min.replace(tzinfo=UTC)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, current().px(ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = current()
        line: QueueLine = index.data(LINE)
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            active = bool(state & QStyle.StateFlag.State_Active)
            painter.fillRect(area, theme.color("selected" if active else "selectedInactive"))
            painter.fillRect(QRect(area.left(), area.top(), 3, area.height()), theme.color("accentMark"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, theme.color("hover"))
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), theme.color("borderSubtle"))
        self._paint_line(painter, QRectF(area), line)
        painter.restore()

    def _paint_line(self, painter: QPainter, area: QRectF, line: QueueLine) -> None:
        theme = current()
        side = theme.px(24)
        disc = QRectF(area.left() + theme.px(16), area.top() + theme.px(12), side, side)
        draw_avatar(painter, disc, initials(line.requester), slot_of(line.requester_id))
        left = disc.right() + theme.px(10)
        width = area.right() - theme.px(14) - left
        first = QRectF(left, area.top() + theme.px(10), width, theme.px(20))
        waited = ago(line.at, self.now)
        time = draw_text(painter, first, waited, TextStyle.CAPTION, "text2", align=RIGHT)
        first.setWidth(width - time - theme.px(8))
        draw_text(painter, first, covered(line.name, self._owner), TextStyle.BODY, bold=True)
        second = QRectF(left, first.bottom(), width, theme.px(18))
        draw_text(painter, second, covered(line.topic, self._owner), TextStyle.CAPTION, "text2")
        third = QRectF(left, second.bottom() + theme.px(2), width, theme.px(20))
        words = text("approvals.from_to", name=line.requester, market=line.market)
        tag = _tag_width() if line.own else 0.0
        third.setWidth(width - tag - (theme.px(6) if line.own else 0))
        shown = draw_text(painter, third, words, TextStyle.CAPTION, "text2")
        if line.own:
            self._paint_tag(painter, third.translated(shown + theme.px(6), theme.px(1)), tag)

    def _paint_tag(self, painter: QPainter, at: QRectF, width: float) -> None:
        theme = current()
        box = QRectF(at.left(), at.top(), width, theme.px(18))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("pressed"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRoundedRect(box, theme.px(4), theme.px(4))
        inner = box.adjusted(theme.px(6), 0, 0, 0)
        draw_text(painter, inner, text("approvals.own"), TextStyle.MICRO, "text2", bold=True)


def _tag_width() -> float:
    return text_width(text("approvals.own"), TextStyle.MICRO, bold=True) + current().px(12)
