"""Said before the window closes: the keyring still has an entry of a sign-in that is over (guarantee B7)."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from leaddesk.ui.kit.buttons import primary, secondary
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.wording import text


class StayedDialog(OverlayDialog):
    """Staying open is what Esc and Enter do: then it is tried again. ``closes``: the person closes anyway."""

    closes = Signal()

    def __init__(self, window: QWidget, count: int) -> None:
        super().__init__(window, text("shell.stayed_title"))
        self.body.addWidget(PlainLabel(text("shell.stayed_sentence", n=count), wrap=True))
        self.body.addWidget(PlainLabel(text("shell.stayed_what_to_do"), wrap=True))
        stay = primary(text("shell.stayed_stay"))
        leave = secondary(text("shell.stayed_leave"))
        leave.clicked.connect(self.closes)
        self.set_footer(None, [leave, stay])
        self.accepted.connect(self.dismiss)
        self.closes.connect(self.dismiss)
