"""The pipeline as a row of segments: where the lead stands, one click or the key S from anywhere else."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from leaddesk.ui.kit.entry.claimed_keys import claim
from leaddesk.ui.kit.labels import set_tip
from leaddesk.ui.kit.painting.writing import draw_text, text_width
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.detail.state import StepState
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle, line_height

GAP = 4
BAR = 4
HEIGHT = 36
WORD_GAP = 10


class StepBar(QWidget):
    """Shows a :class:`StepState`; emits ``step_chosen`` with the name a person picked.

    Left and right move the proposal, Enter takes it, Esc drops it. Nothing is emitted for the current step.
    """

    step_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = StepState()
        self._enabled = False
        self._over: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text("lead_detail.step"))
        self.setVisible(False)

    def show_state(self, state: StepState, *, enabled: bool) -> None:
        """Render; ``enabled`` when the person may move the lead."""
        if (state, enabled) == (self._state, self._enabled):
            return
        if state.steps != self._state.steps or not enabled:
            self._over = None
        self._state, self._enabled = state, enabled
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if enabled else Qt.FocusPolicy.NoFocus)
        self.setAccessibleDescription(state.current or text("leads.step_none"))
        self.setVisible(bool(state.steps))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(current().px(320), current().px(HEIGHT))

    minimumSizeHint = sizeHint

    def _position(self) -> int:
        current_step = self._state.current
        return self._state.steps.index(current_step) if current_step in self._state.steps else -1

    def _widths(self) -> list[float]:
        """Return equal widths, or widths that follow the words where equal ones would cut a name."""
        steps = self._state.steps
        room = self.width() - GAP * (len(steps) - 1)
        needed = [text_width(name, TextStyle.MICRO, True) + current().px(WORD_GAP) for name in steps]
        if max(needed) <= room / len(steps):
            return [room / len(steps)] * len(steps)
        spare = (room - sum(needed)) / len(steps)
        return [need + spare for need in needed] if spare >= 0 else [n * room / sum(needed) for n in needed]

    def _segment(self, index: int) -> QRect:
        widths = self._widths()
        left = round(sum(widths[:index]) + index * GAP)
        right = round(sum(widths[: index + 1]) + index * GAP)
        return QRect(left, 0, right - left, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        at = self._position()
        for index, name in enumerate(self._state.steps):
            self._paint_segment(painter, index, name, at)
        painter.end()

    def _paint_segment(self, painter: QPainter, index: int, name: str, at: int) -> None:
        theme, area = current(), self._segment(index)
        over = index == self._over
        role = "accentMark" if index <= at else ("borderControl" if over else "border")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(role))
        bar = theme.px(BAR)
        painter.drawRoundedRect(QRectF(area.left(), 0, area.width(), bar), bar / 2, bar / 2)
        words = QRectF(area.left(), bar + theme.px(6), area.width(), line_height(TextStyle.MICRO))
        if index == at and self._state.pending:
            draw_icon(painter, words.topLeft(), Icon.WAITING, "warningText", 14)
            words.setLeft(words.left() + theme.px(18))
        shade = "text" if index == at or over else "text3"
        draw_text(painter, words, name, TextStyle.MICRO, shade, bold=index == at)

    def _index_at(self, x: float) -> int | None:
        for index in range(len(self._state.steps)):
            if self._segment(index).left() <= x <= self._segment(index).right() + GAP:
                return index
        return None

    def _hover(self, index: int | None) -> None:
        self._over = index if self._enabled else None
        name = "" if index is None else self._state.steps[index]
        set_tip(self, name)
        self.setAccessibleDescription(name or self._state.current or text("leads.step_none"))
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if self._over is not None else Qt.CursorShape.ArrowCursor
        )
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover(self._index_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._index_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._hover(None)

    def event(self, event: QEvent) -> bool:
        if self._over is not None and claim(event, Qt.Key.Key_Escape):
            return True
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._choose(self._index_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key in moves and self._enabled:
            start = self._position() if self._over is None else self._over
            self._hover(max(0, min(len(self._state.steps) - 1, start + moves[key])))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self._over)
        elif key == Qt.Key.Key_Escape and self._over is not None:
            self._hover(None)
        else:
            super().keyPressEvent(event)

    def _choose(self, index: int | None) -> None:
        if self._enabled and index is not None and index != self._position():
            self.step_chosen.emit(self._state.steps[index])
