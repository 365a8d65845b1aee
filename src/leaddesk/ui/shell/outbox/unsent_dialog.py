"""Asked before unsent changes would be lost: quitting, signing out, and locking without a keyring."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtWidgets import QWidget

from leaddesk.ui.kit.buttons import danger, secondary
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.wording import text


class Ending(StrEnum):
    """What the person was about to do."""

    QUIT = "quit"
    SIGN_OUT = "sign_out"
    LOCK = "lock"


class UnsentDialog(OverlayDialog):
    """``accepted`` means: discard them. Staying is what Esc and the first button do."""

    def __init__(self, window: QWidget, count: int, what: Ending) -> None:
        super().__init__(window, text("shell.quit_title"))
        self.body.addWidget(PlainLabel(text(f"shell.{what.value}_sentence", n=count), wrap=True))
        stay = secondary(text("shell.quit_stay"), hint=text("shell.key_esc"))
        stay.clicked.connect(self.dismiss)
        leave = danger(text(f"shell.{what.value}_leave"))
        self.set_footer(None, [stay, leave])
        self.accepted.connect(self.dismiss)


def ask_unsent(window: QWidget, waiting: int, go: Callable[[], object], what: Ending) -> None:
    """Ask whether to give up what was not sent yet; go at once where there is nothing."""
    if not waiting:
        go()
        return
    dialog = UnsentDialog(window, waiting, what)
    dialog.accepted.connect(go)
    dialog.open()
