"""One offer: the ring, what is wanted, the dots for what comes after acceptance, two buttons (picture 06)."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QElapsedTimer, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Size, primary, secondary
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.pieces.document import document_rows
from leaddesk.ui.kit.pieces.kv import KeyValueRows
from leaddesk.ui.kit.pieces.marks import CountdownRing, Hairline
from leaddesk.ui.kit.wording import text
from leaddesk.ui.offers.decline_form import DeclineForm
from leaddesk.ui.offers.offers_state import OfferCardState
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

ARMED_AFTER_MS = 500
HOUR = timedelta(hours=1)


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

    def __init__(self, state: OfferCardState, now: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._late = False
        self._shown = QElapsedTimer()
        self._shown.start()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(text("offers.spoken", title=state.document.title, owner=state.owner))
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
        offer_id = self._state.offer_id
        self._accept.clicked.connect(lambda: self.accept_requested.emit(offer_id))
        self._decline.clicked.connect(self.ask_reason)
        self._form.left.connect(self._leave_form)
        self._form.given.connect(lambda reason: self.decline_requested.emit(offer_id, reason))

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
        column.addWidget(body, 1)

    def _words(self) -> QVBoxLayout:
        document = self._state.document
        title = ", ".join(part for part in (document.title, document.place) if part)
        source = text("offers.source", owner=self._state.owner, market=self._state.market)
        words = QVBoxLayout()
        words.setSpacing(current().px(2))
        words.addStretch(1)
        words.addWidget(PlainLabel(title, TextStyle.PANE_TITLE, elide=True))
        words.addWidget(PlainLabel(source, TextStyle.CAPTION, "text2", elide=True))
        words.addStretch(1)
        return words

    def _offer_body(self) -> QWidget:
        theme = current()
        body, rows = QWidget(), KeyValueRows(key_width=88)
        rows.set_rows(document_rows(self._state.document))
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.px(8))
        buttons.addWidget(self._accept, 1)
        buttons.addWidget(self._decline, 1)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(rows)
        column.addStretch(1)
        column.addWidget(self._problem)
        column.addLayout(buttons)
        return body

    def render_state(self, state: OfferCardState) -> None:
        """Show what may have changed: pending or a problem."""
        self._state = state
        self._accept.set_busy(state.pending)
        self._decline.setEnabled(not state.pending)
        self._problem.setText(state.problem or "")
        self._problem.setVisible(state.problem is not None)

    def offer_id(self) -> str:
        """Return whose card this is."""
        return self._state.offer_id

    def tick(self, now: datetime) -> None:
        """Move the ring; called once a second, repaints the ring alone."""
        figure, unit = remaining(self._state.left(now))
        late = self._state.is_late(now)
        self._ring.show_left(self._state.share_left(now), figure, unit, late=late)
        if late != self._late:
            self._late = late
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

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        armed = self._shown.elapsed() >= ARMED_AFTER_MS and not self._state.pending
        if event.key() == Qt.Key.Key_A and armed:
            self._leave_form()
            self._accept.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif event.key() == Qt.Key.Key_R and armed:
            self.ask_reason()
        else:
            super().keyPressEvent(event)

    def ask_reason(self) -> None:
        """Key R: four reasons take the place of the body."""
        self._stack.setCurrentIndex(1)
        self._form.start()

    def _leave_form(self) -> None:
        self._stack.setCurrentIndex(0)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
