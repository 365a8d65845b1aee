"""The first page: promises at the left, the form at the right, facts about the connection below."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Link
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.wording import language, text
from leaddesk.ui.signin.door_panel import DoorPanel
from leaddesk.ui.signin.sign_in_form import SignInForm
from leaddesk.ui.signin.sign_in_state import BrowserWish, SignInState
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

PANEL, PANEL_NEEDS = 520, 960
_FROM_FORM = (
    "sign_in_requested",
    "resume_requested",
    "browser_wished",
    "key_given",
    "code_given",
    "code_given_up",
    "server_chosen",
    "email_given",
    "back_requested",
)


class Foot(QWidget):
    """The status bar of the door: version, language, how the way to the server is protected."""

    language_requested = Signal(str)

    def __init__(self, state: SignInState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = current()
        self.setFixedHeight(theme.length("layout.statusBar"))
        self._way = PlainLabel("", TextStyle.CAPTION, "text3")
        other = "de" if language() == "en" else "en"
        switch = Link(text("signin.other_language"))
        switch.clicked.connect(lambda: self.language_requested.emit(other))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), 1, theme.px(12), 0)
        row.setSpacing(theme.px(16))
        row.addWidget(PlainLabel(text("signin.version", version=state.version), TextStyle.CAPTION, "text3"))
        row.addStretch(1)
        row.addWidget(self._way)
        row.addWidget(switch)
        self.render_state(state)

    def render_state(self, state: SignInState) -> None:
        """Say how the way to this server is protected."""
        local = state.server.startswith("http://")
        self._way.setText(text("signin.way_local" if local else "signin.way_tls"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the bar and draw its hairline."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), current().color("window"))
        painter.fillRect(0, 0, self.width(), 1, current().color("border"))


class SignInPage(QWidget):
    """Renders a SignInState and says what was asked for."""

    sign_in_requested = Signal(object, object)  # Personal e-mail, Secret password
    resume_requested = Signal()
    browser_wished = Signal(BrowserWish)
    key_given = Signal(object, bool)  # Secret; whether the keyring may keep it
    code_given = Signal(object)  # Secret
    code_given_up = Signal()
    server_chosen = Signal(str)
    email_given = Signal(str)
    back_requested = Signal()
    promises_requested = Signal()
    language_requested = Signal(str)

    def __init__(self, state: SignInState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panel = DoorPanel(state)
        self._form = SignInForm(state)
        self._foot = Foot(state)
        self._panel.setFixedWidth(current().px(PANEL))
        halves = QHBoxLayout()
        halves.setSpacing(0)
        halves.addWidget(self._panel)
        halves.addWidget(self._form, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(halves, 1)
        column.addWidget(self._foot)
        for name in _FROM_FORM:
            getattr(self._form, name).connect(getattr(self, name))
        self._panel.promises_requested.connect(self.promises_requested)
        self._foot.language_requested.connect(self.language_requested)

    def render_state(self, state: SignInState) -> None:
        """Show another state; what was typed stays."""
        self._panel.render_state(state)
        self._form.render_state(state)
        self._foot.render_state(state)

    def focus_first(self) -> None:
        """Put the cursor into the first empty field."""
        self._form.focus_first()

    def email(self) -> str:
        """Return the e-mail address as far as it is typed."""
        return self._form.email()

    def forget(self) -> None:
        """Empty the password field."""
        self._form.forget()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the form alone where both halves do not fit."""
        super().resizeEvent(event)
        self._panel.setVisible(self.width() >= current().px(PANEL_NEEDS))
