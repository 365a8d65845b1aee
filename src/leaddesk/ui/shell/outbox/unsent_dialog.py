"""Asked before unsent changes would be lost: quitting and signing out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from leaddesk.ui.kit.buttons import danger, secondary
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.wording import text


class UnsentDialog(OverlayDialog):
    """``accepted`` means: discard them. Staying is what Esc and the first button do."""

    def __init__(self, window: QWidget, count: int, *, signing_out: bool) -> None:
        super().__init__(window, text("shell.quit_title"))
        what = "sign_out" if signing_out else "quit"
        self.body.addWidget(PlainLabel(text(f"shell.{what}_sentence", n=count), wrap=True))
        stay = secondary(text("shell.quit_stay"), hint=text("shell.key_esc"))
        stay.clicked.connect(self.dismiss)
        leave = danger(text(f"shell.{what}_leave"))
        self.set_footer(None, [stay, leave])
        self.accepted.connect(self.dismiss)


def ask_unsent(window: QWidget, waiting: int, go: Callable[[], object], *, signing_out: bool) -> None:
    """Ask whether to give up what was not sent yet."""
    dialog = UnsentDialog(window, waiting, signing_out=signing_out)
    dialog.accepted.connect(go)
    dialog.open()
