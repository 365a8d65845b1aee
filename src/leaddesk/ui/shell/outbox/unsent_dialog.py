"""Asked before something unsent would be lost: quitting, signing out, and locking without a keyring."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from leaddesk.desk.sending.drafts import Unsent
from leaddesk.ui.kit.buttons import danger, secondary
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.wording import text

if TYPE_CHECKING:
    from leaddesk.desk.desk import Desk


class Ending(StrEnum):
    """What the person was about to do."""

    QUIT = "quit"
    SIGN_OUT = "sign_out"
    LOCK = "lock"


class UnsentDialog(OverlayDialog):
    """``accepted`` means: discard them. Staying is what Esc and the first button do."""

    def __init__(self, window: QWidget, unsent: Unsent, what: Ending) -> None:
        super().__init__(window, text("shell.quit_title"))
        words = (*sentences(unsent), text(f"shell.{what.value}_loses"))
        self.body.addWidget(PlainLabel(" ".join(words), wrap=True))
        stay = secondary(text("shell.quit_stay"), hint=text("shell.key_esc"))
        stay.clicked.connect(self.dismiss)
        leave = danger(text(f"shell.{what.value}_leave"))
        self.set_footer(None, [stay, leave])
        self.accepted.connect(self.dismiss)


def sentences(unsent: Unsent) -> list[str]:
    """Say how many changes are not sent, and how many notes are only begun; nothing of what there is not."""
    changes = unsent.changes and text("shell.unsent_changes", n=unsent.changes)
    begun = unsent.begun and text("shell.unsent_begun", n=unsent.begun)
    return [sentence for sentence in (changes, begun) if sentence]


def unsent_at(*desks: Desk) -> Unsent:
    """Return what would be lost if these sign-ins ended now; what lies sealed counts."""
    return sum((Unsent(desk.outbox.waiting, desk.drafts.count) for desk in desks), Unsent())


def ask_unsent(window: QWidget, unsent: Unsent, go: Callable[[], object], what: Ending) -> None:
    """Ask whether to give up what was not sent yet; go at once where there is nothing."""
    if not unsent:
        go()
        return
    dialog = UnsentDialog(window, unsent, what)
    dialog.accepted.connect(go)
    dialog.open()
