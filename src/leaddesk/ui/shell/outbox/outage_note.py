"""The amber note above the table header while nothing new arrives (picture 10c)."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from leaddesk.ui.kit.buttons import Button, Size
from leaddesk.ui.kit.labels import IconLabel, PlainLabel
from leaddesk.ui.kit.painting.boxes import draw_box
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.state import OutageState
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import Scheme, current
from leaddesk.ui.theme.type_scale import TextStyle

HEIGHT, SIDE, BELOW, ROOM = 42, 16, 10, 720


class OutageNote(QWidget):
    """Since when, what still works, when the next attempt is, and a button for now."""

    retry_requested = Signal()

    def __init__(self, state: OutageState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = current().px
        self._since = PlainLabel("", bold=True)
        self._icon = IconLabel(Icon.OFFLINE, "warningText")
        self._works = PlainLabel("", elide=True)
        self._next = PlainLabel("", TextStyle.CAPTION, "warningText")
        self._now = Button(text("shell.outage_now"), icon=Icon.RETRY, size=Size.SMALL)
        self._now.clicked.connect(self.retry_requested)
        self.setFixedHeight(px(HEIGHT + BELOW))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(SIDE + 12), 0, px(SIDE + 8), px(BELOW))
        row.setSpacing(px(8))
        row.addWidget(self._icon)
        row.addSpacing(px(2))
        row.addWidget(self._since)
        row.addWidget(self._works, 1)
        row.addWidget(self._next)
        row.addWidget(self._now)
        self.render_state(state)

    def render_state(self, state: OutageState) -> None:
        """Show another state; a running attempt cannot be started again."""
        self._icon.set_icon(Icon.RETRY if state.ours else Icon.OFFLINE, "warningText")
        self._since.setText(text("shell.rebuilt") if state.ours else text("shell.outage", since=state.since))
        self._works.setText(_sentence(state))
        trying = state.retry_in is None
        words = text("shell.outage_retrying") if trying else text("shell.outage_retry_in", n=state.retry_in)
        self._next.setText(words)
        self._now.setEnabled(not trying)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the countdown where it would push the rest away."""
        super().resizeEvent(event)
        self._next.setVisible(self.width() >= current().px(ROOM))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the amber box."""
        px = current().px
        box = QRectF(px(SIDE), 0, self.width() - px(2 * SIDE), px(HEIGHT))
        line = "warningText" if current().scheme is Scheme.HIGH_CONTRAST else None
        draw_box(QPainter(self), box, current().length("radius.card"), fill="warningSoft", line=line)


def _sentence(state: OutageState) -> str:
    """What stands in the way is worth more than what still works; an error of our own comes before both."""
    if state.ours:
        return text("shell.rebuilt_sentence")
    if state.obstacle is not None:
        return text(f"outcome.obstacle.{state.obstacle}")
    return text("shell.outage_sentence")
