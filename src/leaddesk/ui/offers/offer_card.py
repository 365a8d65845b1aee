"""One offer: the ring, what is wanted, the dots for what comes after acceptance, two buttons (picture 06)."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QElapsedTimer, QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMoveEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit import masks
from leaddesk.ui.kit.buttons import Size, primary, secondary
from leaddesk.ui.kit.entry.claimed_keys import claim
from leaddesk.ui.kit.floating.focus_ring import ring_corner
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.pieces.document import document_rows, document_title
from leaddesk.ui.kit.pieces.kv import KeyValueRows
from leaddesk.ui.kit.pieces.marks import CountdownRing, Hairline
from leaddesk.ui.kit.wording import text
from leaddesk.ui.offers.decline_form import DeclineForm
from leaddesk.ui.offers.offers_state import OfferCardState
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current, token
from leaddesk.ui.theme.type_scale import TextStyle

ARMED_AFTER_MS = 500
HOUR = timedelta(hours=1)
MOVES = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_J: 1, Qt.Key.Key_K: -1}


def remaining(left: timedelta) -> tuple[str, str]:
    """Return figure and unit of a countdown: ``11:42 min``, ``2:31 h``, ``22 h``."""
    seconds = int(left.total_seconds())
    if left < HOUR:
        return f"{seconds // 60}:{seconds % 60:02d}", text("offers.minutes")
    if left < 10 * HOUR:
        return f"{seconds // 3600}:{seconds % 3600 // 60:02d}", text("offers.hours")
    return str(seconds // 3600), text("offers.hours")


class OfferCard(QFrame):
    """Renders an :class:`OfferCardState`. A or R on the focused card, then Enter; never by one key alone."""

    accept_requested = Signal(str)
    decline_requested = Signal(str, str)
    moved_on = Signal(int)

    def __init__(self, state: OfferCardState, now: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._late, self._over = False, False
        self._shown = QElapsedTimer()
        self._shown.start()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        ring_corner(self, token("radius.offerCard"))
        title = document_title(state.document)
        masks.name(self, text("offers.spoken", title=title, owner=state.owner))
        self._ring = CountdownRing("offer")
        self._accept = primary(text("offers.accept"), icon=Icon.CHECK, size=Size.OFFER)
        self._decline = secondary(text("offers.decline"), icon=Icon.CLOSE, size=Size.OFFER)
        self._problem = PlainLabel("", TextStyle.CAPTION, "dangerText", wrap=True)
        self._form = DeclineForm(state.owner)
        self._lay_out()
        self._connect()
        self.render_state(state)
        self.tick(now)

    def _connect(self) -> None:
        self._accept.clicked.connect(self._accept_pressed)
        self._decline.clicked.connect(self.ask_reason)
        self._form.left.connect(self._leave_form)
        self._form.given.connect(self._reason_given)

    def _lay_out(self) -> None:
        theme = current()
        head = QHBoxLayout()
        head.setSpacing(theme.px(16))
        head.addWidget(self._ring)
        head.addLayout(self._words(), 1)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self._offer_body())
        self._stack.addWidget(self._form)
        column = QVBoxLayout(self)
        margin = theme.px(18)
        column.setContentsMargins(margin, margin, margin, margin)
        column.setSpacing(theme.px(12))
        column.addLayout(head)
        column.addWidget(Hairline())
        column.addWidget(self._problem)  # above, so that the buttons of all cards stay in one line
        column.addWidget(body, 1)

    def _words(self) -> QVBoxLayout:
        title = document_title(self._state.document)
        source = text("offers.source", owner=self._state.owner, market=self._state.market)
        words = QVBoxLayout()
        words.setSpacing(current().px(2))
        words.addStretch(1)
        words.addWidget(PlainLabel(title, TextStyle.PANE_TITLE, wrap=True, personal=True))
        words.addWidget(PlainLabel(source, TextStyle.CAPTION, "text2", elide=True))
        words.addStretch(1)
        return words

    def _offer_body(self) -> QWidget:
        theme = current()
        body, rows = QWidget(), KeyValueRows(key_width=108)
        rows.set_rows(document_rows(self._state.document))
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.px(8))
        buttons.addWidget(self._accept, 1)
        buttons.addWidget(self._decline, 1)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(rows)
        column.addStretch(1)
        column.addLayout(buttons)
        return body

    def render_state(self, state: OfferCardState) -> None:
        """Show what may have changed: pending or a problem."""
        self._state = state
        self._accept.set_busy(state.pending)
        self._form.set_busy(state.pending)
        self._problem.setText(state.problem or "")
        self._problem.setVisible(state.problem is not None)
        self._enable()

    def _enable(self) -> None:
        self._accept.setEnabled(not self._over)
        self._decline.setEnabled(not self._over and not self._state.pending)

    def offer_id(self) -> str:
        """Return whose card this is."""
        return self._state.offer_id

    def tick(self, now: datetime) -> None:
        """Move the ring; called once a second, repaints the ring alone."""
        figure, unit = remaining(self._state.left(now))
        late = self._state.is_late(now)
        self._ring.show_left(self._state.share_left(now), figure, unit, late=late)
        over = self._state.left(now) <= timedelta()
        if (late, over) != (self._late, self._over):
            self._late, self._over = late, over
            self._enable()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.color("raised"))
        painter.setPen(QPen(theme.color("warning" if self._late else "border"), 1))
        radius = theme.length("radius.offerCard")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.end()

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._shown.restart()  # a card that slid under pointer or key counts as new

    def event(self, event: QEvent) -> bool:
        if claim(event, *MOVES):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_A and self._armed():
            self._stack.setCurrentIndex(0)
            self._accept.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif key == Qt.Key.Key_R and self._armed():
            self.ask_reason()
        elif key in MOVES:
            self.moved_on.emit(MOVES[key])
        else:
            super().keyPressEvent(event)

    def _armed(self) -> bool:
        waits = self._state.pending or self._over
        return not waits and self._shown.elapsed() >= ARMED_AFTER_MS

    def _accept_pressed(self) -> None:
        if self._armed():
            self.accept_requested.emit(self._state.offer_id)

    def _reason_given(self, reason: str) -> None:
        if self._armed():
            self.decline_requested.emit(self._state.offer_id, reason)

    def ask_reason(self) -> None:
        """Key R: four reasons take the place of the body."""
        self._stack.setCurrentIndex(1)
        self._form.start()

    def _leave_form(self) -> None:
        self._stack.setCurrentIndex(0)
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
