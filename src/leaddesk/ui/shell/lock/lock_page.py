"""The lock page: brand, person, since when, unlock. It holds no lead and nothing that leads to one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.personal.masked import Secret
from leaddesk.ui.kit.buttons import Link, Size, primary
from leaddesk.ui.kit.fields import PasswordField
from leaddesk.ui.kit.labels import IconLabel, PlainLabel
from leaddesk.ui.kit.painting.hints import RETURN
from leaddesk.ui.kit.pieces.chips import PlainChip
from leaddesk.ui.kit.pieces.marks import Avatar, Tone
from leaddesk.ui.kit.pieces.notice import Notice
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.frame.status_bar import SEPARATOR, NothingStored
from leaddesk.ui.shell.lock.bars import LockFoot, LockHead
from leaddesk.ui.shell.place.place import Place
from leaddesk.ui.shell.state import LockCause, LockState, Memory
from leaddesk.ui.signin.sign_in_state import BrowserStep, BrowserWish
from leaddesk.ui.signin.ways.browser_pane import HAS_THE_WORD, BrowserPane
from leaddesk.ui.signin.ways.second_step import SecondStep
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

WIDTH = 336


class LockPage(QWidget):
    """Renders a LockState; the password leaves it only inside a Secret."""

    unlock_requested = Signal(object)
    code_given = Signal(object)  # Secret
    code_given_up = Signal()
    sign_out_requested = Signal()
    browser_wished = Signal(BrowserWish)

    def __init__(self, state: LockState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._password = PasswordField(text("lock.key" if state.key else "lock.password"), large=True)
        self._missing = text("lock.key_missing" if state.key else "lock.missing")
        self._button = primary(text("lock.unlock"), icon=Icon.UNLOCK, hint=RETURN, size=Size.LARGE)
        self._second = SecondStep(text("lock.unlock"))
        self._browser = BrowserPane(text("lock.browser"))
        self._trouble = Notice(Tone.WARNING, Icon.WARNING, "")
        self._ways = _below(self._trouble, self._browser)
        self._waiting = PlainLabel("", TextStyle.CAPTION, "text3", elide=True)
        self._sign_out = Link(text("lock.sign_out"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._built_head(state))
        column.addLayout(self._middle(state), 1)
        column.addLayout(self._promise())
        column.addSpacing(current().px(32))
        column.addWidget(LockFoot(self._waiting, NothingStored()))
        self._connect()
        self.render_state(state)

    def _built_head(self, state: LockState) -> QWidget:
        self._place = Place(state.instance, state.who.tenant)
        self._head = LockHead(self._place, state.instance)
        return self._head

    def _connect(self) -> None:
        self._password.submitted.connect(self._submit)
        self._button.clicked.connect(self._submit)
        self._sign_out.clicked.connect(self.sign_out_requested)
        self._second.given.connect(self.code_given)
        self._second.given_up.connect(self.code_given_up)
        self._browser.wished.connect(self.browser_wished)

    def render_state(self, state: LockState) -> None:
        """Show another state; what was typed stays."""
        trouble = _sentence(state)
        self._place.show_place(state.instance, state.who.tenant)
        self._head.set_instance(state.instance)
        self._show_ways(state, trouble)
        self._take_ready(busy=state.busy, ready=state.memory is not Memory.EMPTYING)
        self._outage.setVisible(state.outage)
        self._waiting.setText(_kept(state))
        self._memory.setText(text(f"lock.memory_{state.memory.value}"))
        if trouble is not None and not state.second:
            self._password.edit.selectAll()
            self.focus_first()

    def _take_ready(self, *, busy: bool, ready: bool) -> None:
        """Take nothing that would be lost: a process about to begin anew shows that it is not ready."""
        comes = ready and not busy and not self._password.isEnabled()
        self._password.setEnabled(ready and not busy)
        self._button.set_busy(busy)
        self._button.setEnabled(ready)
        self._sign_out.setEnabled(ready and not busy)
        if comes and not self._password.isHidden():
            self.focus_first()

    def _show_ways(self, state: LockState, trouble: str | None) -> None:
        """Show password, second step and browser, and what went wrong where it can be put right."""
        step = state.browser or BrowserStep.ABSENT
        has_form = state.form and not state.second and step not in HAS_THE_WORD
        for widget in (self._password, self._button):
            widget.setVisible(has_form)
        self._browser.show_step(step, form=state.form, busy=state.busy, second=state.second)
        self._second.show_step(shown=state.second, busy=state.busy, error=trouble)
        self._trouble.say(trouble or "")
        self._trouble.setVisible(trouble is not None and not has_form and not state.second)
        self._ways.setVisible(not (self._trouble.isHidden() and self._browser.isHidden()))
        self._password.set_error(trouble if has_form else None)

    def focus_first(self) -> None:
        """Put the cursor into the password."""
        self._password.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Empty the fields of password and code."""
        self._password.edit.clear()
        self._second.forget()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the page: opaque, whatever was behind it."""
        QPainter(self).fillRect(self.rect(), current().color("window"))

    def _note_of_outage(self) -> QWidget:
        self._outage = PlainLabel(text("lock.outage"), TextStyle.CAPTION, "text2", wrap=True)
        self._outage.setContentsMargins(0, 0, 0, current().px(16))
        return self._outage

    def _middle(self, state: LockState) -> QHBoxLayout:
        """Build the column in the page's middle; a stretch above and below lets an error sentence grow."""
        px, middle = current().px, Qt.AlignmentFlag.AlignHCenter
        box = QWidget()
        box.setFixedWidth(px(WIDTH))
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        for widget, space in self._parts(state):
            if widget in (self._password, self._button, self._second, self._ways, self._outage):
                column.addWidget(widget)
            else:
                column.addWidget(widget, 0, middle)
            column.addSpacing(px(space))
        column.addStretch(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(box)
        row.addStretch(1)
        return row

    def _parts(self, state: LockState) -> tuple[tuple[QWidget, int], ...]:
        """Return what stands in the middle, each with the space below it."""
        return (
            (Avatar(state.who.name, state.who.person_id, 72), 20),
            (PlainLabel(state.who.name, TextStyle.TITLE, elide=True), 2),
            (PlainLabel(state.who.tenant, role="text2", elide=True), 16),
            (PlainChip(_since(state), Icon.LOCK), 24),
            (self._note_of_outage(), 0),
            (self._password, 12),
            (self._button, 0),
            (self._ways, 0),
            (self._second, 20),
            (self._sign_out, 0),
        )

    def _promise(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(current().px(8))
        row.addStretch(1)
        row.addWidget(IconLabel(Icon.NOTHING_STORED, "text3", 14))
        self._memory = PlainLabel("", TextStyle.CAPTION, "text3")
        row.addWidget(self._memory)
        row.addStretch(1)
        return row

    def _submit(self) -> None:
        if not self._password.value():
            self._password.set_error(self._missing)
            self.focus_first()
            return
        self.unlock_requested.emit(Secret(self._password.value()))


def _since(state: LockState) -> str:
    """Say since when, and why if not by hand."""
    cause, minutes = state.locking.cause, state.locking.minutes
    if cause is LockCause.HAND:
        return text("lock.since", time=state.since)
    return text(f"lock.since_{cause.value}", time=state.since, n=minutes)


def _kept(state: LockState) -> str:
    """Say what is kept: changes that wait, and notes that are begun."""
    waiting = state.waiting and text("lock.waiting", n=state.waiting)
    begun = state.begun and text("lock.begun", n=state.begun)
    return SEPARATOR.join(part for part in (waiting, begun) if part)


def _below(*widgets: QWidget) -> QWidget:
    """Stack what may come and go, with room above it that goes too."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, current().px(12), 0, 0)
    column.setSpacing(current().px(12))
    for widget in widgets:
        column.addWidget(widget)
    return box


def _sentence(state: LockState) -> str | None:
    if state.trouble is None:
        return None
    if state.obstacle is not None:
        return text(f"outcome.obstacle.{state.obstacle}")
    return text(state.trouble, n=state.seconds)
