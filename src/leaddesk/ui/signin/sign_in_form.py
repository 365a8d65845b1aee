"""The right half of the sign-in page: where, who, password, one button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.personal.masked import Personal, Secret
from leaddesk.ui.kit.buttons import Size, primary, quiet
from leaddesk.ui.kit.fields import LineField, PasswordField
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.painting.hints import RETURN
from leaddesk.ui.kit.pieces.marks import Tone
from leaddesk.ui.kit.pieces.notice import Notice
from leaddesk.ui.kit.pieces.panes import scroll
from leaddesk.ui.kit.wording import text
from leaddesk.ui.signin.server_line import ServerLine
from leaddesk.ui.signin.sign_in_state import BrowserStep, BrowserWish, SignInState, Trouble
from leaddesk.ui.signin.ways.browser_pane import BrowserPane
from leaddesk.ui.signin.ways.key_pane import KeyPane
from leaddesk.ui.signin.ways.second_step import SecondStep
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

WIDTH = 360
_AT_BROWSER = frozenset(
    {
        *(Trouble.BROWSER_REFUSED, Trouble.BROWSER_LATE, Trouble.NO_LOOPBACK, Trouble.CODE_OVER),
        *(Trouble.MISNAMED, Trouble.NO_WAY, Trouble.FIRM_ONLY),
    }
)


class SignInForm(QWidget):
    """Asks for what is needed and says what went wrong where it can be put right.

    Invariant: the password leaves this widget only inside a Secret, and :meth:`forget` empties the field.
    """

    sign_in_requested = Signal(object, object)  # Personal e-mail, Secret password
    resume_requested = Signal()
    browser_wished = Signal(BrowserWish)
    key_given = Signal(object, bool)  # Secret; whether the keyring may keep it
    code_given = Signal(object)  # Secret
    code_given_up = Signal()
    server_chosen = Signal(str)
    email_given = Signal(str)
    back_requested = Signal()

    def __init__(self, state: SignInState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._server = ServerLine(state.instance, state.server)
        self._email = LineField(text("signin.email"), large=True)
        self._email.set_value(state.email)
        self._password = PasswordField(text("signin.password"), large=True)
        self._password.set_note(text("signin.password_note"))
        self._button = primary(text("signin.sign_in"), hint=RETURN, size=Size.LARGE)
        self._session_only = Notice(Tone.WARNING, Icon.KEY, "")
        self._resume = Notice(Tone.WARNING, Icon.OFFLINE, "", action=text("signin.resume_again"))
        self._browser = BrowserPane(text("signin.browser"))
        self._key = KeyPane()
        self._second = SecondStep(text("signin.sign_in"))
        self._trouble = Notice(Tone.WARNING, Icon.WARNING, "")
        self._unclear = Notice(
            Tone.WARNING, Icon.WARNING, text("signin.managed"), text("signin.managed_sentence")
        )
        self._back = quiet(text("signin.back_to", tenant=state.back)) if state.back else None
        self._writing: QWidget | None = None
        self._lay_out()
        self._connect()
        self.render_state(state)

    def render_state(self, state: SignInState) -> None:
        """Show the state; what was typed stays."""
        self._server.show_server(state.instance, state.server, state.servers, busy=state.busy)
        self._unclear.setVisible(state.servers.unclear)
        self._email.set_error(None)
        self._show_ways(state)
        if state.session_only:
            self._session_only.say(text("signin.session_only"), text(f"signin.session_only_{state.keyring}"))
        self._session_only.setVisible(state.session_only)
        self._resume.say(*_still_in(state))
        self._resume.setVisible(state.resumable and not state.busy)
        self._take_busy(state.busy)
        self._button.setText(text("signin.signing_in" if state.busy else "signin.sign_in"))
        if state.trouble is Trouble.WRONG:
            self._password.edit.selectAll()
            self._password.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _connect(self) -> None:
        for field in (self._email, self._password):
            field.submitted.connect(self._submit)
        self._button.clicked.connect(self._submit)
        self._server.chosen.connect(self.server_chosen)
        if self._back is not None:
            self._back.clicked.connect(self.back_requested)
        self._email.edit.editingFinished.connect(lambda: self.email_given.emit(self._email.value()))
        self._resume.acted.connect(self.resume_requested)
        self._browser.wished.connect(self.browser_wished)
        self._key.given.connect(self.key_given)
        self._second.given.connect(self.code_given)
        self._second.given_up.connect(self.code_given_up)

    def _show_ways(self, state: SignInState) -> None:
        """Show the form, the second step, the browser, and what went wrong where it can be put right."""
        in_browser = state.browser in (BrowserStep.WAITING, BrowserStep.UNOPENED)
        has_form = state.form and not in_browser and not state.second
        for widget in (self._email, self._password, self._button):
            widget.setVisible(has_form)
        sentence = sentence_of(state)
        apart = not (state.second or state.key) and (state.trouble in _AT_BROWSER or not has_form)
        self._key.show_way(shown=state.key, busy=state.busy, keyring=not state.session_only, error=sentence)
        self._second.show_step(shown=state.second, busy=state.busy, error=sentence)
        self._browser.show_step(state.browser, form=state.form, busy=state.busy, second=state.second)
        self._password.set_error(None if apart else sentence)
        self._trouble.say(sentence or "")
        self._trouble.setVisible(apart and sentence is not None)

    def _take_busy(self, busy: bool) -> None:
        """Close the fields during an attempt; afterwards the keyboard is where it was before.

        Qt hands the focus of what is disabled to its neighbours, and does not bring it back.
        """
        if busy and not self._button.is_busy():
            self._writing = self.focusWidget()
        for field in (self._email, self._password):
            field.setEnabled(not busy)
        if not busy and self._button.is_busy() and self._writing is not None and self._writing.isVisible():
            self._writing.setFocus(Qt.FocusReason.OtherFocusReason)
        self._button.set_busy(busy)

    def focus_first(self) -> None:
        """Put the cursor where typing has to go on."""
        if not self._key.isHidden():
            self._key.focus_first()
            return
        field = self._password if self._email.value() else self._email
        field.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def email(self) -> str:
        """Return what stands in the first field."""
        return self._email.value()

    def forget(self) -> None:
        """Empty the fields of password, key and code."""
        self._password.edit.clear()
        self._key.forget()
        self._second.forget()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the pane."""
        QPainter(self).fillRect(self.rect(), current().color("surface"))

    def _lay_out(self) -> None:
        px = current().px
        box = QWidget()
        box.setFixedWidth(px(WIDTH))
        column = QVBoxLayout(box)
        column.setContentsMargins(0, px(16), 0, px(16))
        column.setSpacing(px(16))
        column.addStretch(1)
        column.addWidget(PlainLabel(text("signin.title"), TextStyle.TITLE))
        column.addSpacing(px(4))
        for widget in (
            self._resume,
            self._unclear,
            self._server,
            self._email,
            self._password,
            self._button,
            self._key,
            self._second,
            self._trouble,
            self._browser,
            self._session_only,
        ):
            column.addWidget(widget)
        if self._back is not None:
            column.addWidget(self._back, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self._stand_in_the_middle(box)

    def _stand_in_the_middle(self, box: QWidget) -> None:
        """A low window has no room for every sentence: then it scrolls, and is a stop of the keyboard."""
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(box)
        row.addStretch(1)
        area = scroll(middle)
        stops = (Qt.FocusPolicy.NoFocus, Qt.FocusPolicy.StrongFocus)
        area.setFocusPolicy(stops[0])
        area.verticalScrollBar().rangeChanged.connect(lambda _low, high: area.setFocusPolicy(stops[high > 0]))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def _submit(self) -> None:
        missing = [field for field in (self._email, self._password) if not field.value().strip()]
        for field in missing:
            field.set_error(text("signin.missing"))
        if missing:
            missing[0].edit.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.sign_in_requested.emit(Personal(self._email.value().strip()), Secret(self._password.value()))


def _still_in(state: SignInState) -> tuple[str, str]:
    """Say that somebody is still signed in, and what keeps them out."""
    if not state.held_up:
        return text("signin.still_in"), ""
    return text("signin.still_in_but"), text(state.held_up)


def sentence_of(state: SignInState) -> str | None:
    """Return what went wrong in the person's language, or None."""
    if state.trouble is None:
        return None
    if state.obstacle is not None:
        return text(f"outcome.obstacle.{state.obstacle}")
    if state.trouble is Trouble.ENDED and state.key:
        return text("signin.trouble_key_over")
    if state.trouble is Trouble.THROTTLED:
        return text("signin.trouble_throttled", n=state.seconds)
    return text(f"signin.trouble_{state.trouble.value}")
