"""Signing in, or unlocking, with the browser: one button, and what to do while it has the word."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Size, primary, quiet, secondary
from leaddesk.ui.kit.pieces.marks import Tone
from leaddesk.ui.kit.pieces.notice import Notice
from leaddesk.ui.kit.wording import text
from leaddesk.ui.signin.sign_in_state import BrowserStep, BrowserWish
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current

HAS_THE_WORD = (BrowserStep.WAITING, BrowserStep.UNOPENED)
"""The steps in which the browser is open, or should be."""


class BrowserPane(QWidget):
    """Offers the browser where the server does; while it is open: what to do, and two ways on.

    Invariant: the address is copied from the presenter and never stands in a widget.
    """

    wished = Signal(BrowserWish)

    def __init__(self, action: str, parent: QWidget | None = None) -> None:
        """``action``: the words of the button."""
        super().__init__(parent)
        self._beside = secondary(action, icon=Icon.BROWSER, size=Size.LARGE)
        self._alone = primary(action, icon=Icon.BROWSER, size=Size.LARGE)
        self._notice = Notice(Tone.NEUTRAL, Icon.BROWSER, "")
        self._copy = secondary(text("signin.browser_copy"), icon=Icon.COPY)
        self._cancel = quiet(text("signin.browser_cancel"))
        for button, wish in (
            (self._beside, BrowserWish.BEGIN),
            (self._alone, BrowserWish.BEGIN),
            (self._copy, BrowserWish.COPY),
            (self._cancel, BrowserWish.CANCEL),
        ):
            button.clicked.connect(partial(self.wished.emit, wish))
        self._has_keyboard = False
        """Whether the keyboard was here before what had it was closed for an attempt."""
        self._lay_out()

    def show_step(self, step: BrowserStep, *, form: bool, busy: bool, second: bool) -> None:
        """Show the step; the button is the page's main one where there is no form."""
        waiting = step in HAS_THE_WORD
        inside = self.focusWidget()
        self._has_keyboard |= inside is not None and inside.hasFocus()
        self.setVisible(step is not BrowserStep.ABSENT and not second)
        self._beside.setVisible(step is BrowserStep.OFFERED and form)
        self._alone.setVisible(step is BrowserStep.OFFERED and not form)
        for button in (self._beside, self._alone):
            button.setEnabled(not busy)
        for widget in (self._notice, self._copy, self._cancel):
            widget.setVisible(waiting)
        if waiting:
            kind = step.value
            self._notice.say(text(f"signin.browser_{kind}"), text(f"signin.browser_{kind}_sentence"))
        if self._has_keyboard and not (busy and not waiting):
            at = self._cancel if waiting else self._beside if form else self._alone
            at.setFocus(Qt.FocusReason.OtherFocusReason)
            self._has_keyboard = False

    def _lay_out(self) -> None:
        px = current().px
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(self._copy)
        row.addStretch(1)
        row.addWidget(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        for widget in (self._beside, self._alone, self._notice):
            column.addWidget(widget)
        column.addLayout(row)
