"""What came of a lock, until the person has seen it: changes that did not come back, for now or for good.

It may be told just before the next lock, or while nobody is there: then it is told again after that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaddesk.desk.sealing.safe import Stuck, Trouble
from leaddesk.ui.kit.pieces.marks import Tone
from leaddesk.ui.kit.wording import text

if TYPE_CHECKING:
    from leaddesk.ui.kit.floating.toasts import ToastHost

_UNTIL_SEEN = 0.0
"""Seconds of a toast that stays until somebody closes it."""


class Untold:
    """News of one seat; each is shown once while its person works, and after a lock again, until seen."""

    def __init__(self, toasts: ToastHost) -> None:
        self._toasts = toasts
        self._changes: dict[Stuck, int] = {}
        self._whose: str | None = None

    def hear(self, trouble: Trouble) -> None:
        """Remember what did not come back; what is lost adds up, what waits is counted anew."""
        before = self._changes.get(trouble.stuck, 0) if trouble.stuck is Stuck.LOST else 0
        self._withdraw(trouble.stuck)
        self._changes[trouble.stuck] = before + trouble.changes

    def tell(self, person: str) -> None:
        """Show all to the person it is for, anew; another's news are nobody's any more."""
        if self._whose not in (None, person):
            self.forget()
        self._whose = person
        for stuck, changes in self._changes.items():
            self._show(stuck, changes)

    def all_is_back(self) -> None:
        """Nothing waits any more: what said so is no longer true."""
        self._withdraw(Stuck.WAITS)

    def forget(self) -> None:
        """Tell nothing more."""
        for stuck in tuple(self._changes):
            self._withdraw(stuck)
        self._whose = None

    def take_over(self, whose: str | None, told: dict[str, int]) -> None:
        """Go on with what the process before this one had still to tell."""
        self._whose = whose
        self._changes = {Stuck(name): changes for name, changes in told.items()}

    @property
    def changes(self) -> dict[str, int]:
        """How many changes did not come back, by why; nothing else of it can be handed over in the clear."""
        return {stuck.value: changes for stuck, changes in self._changes.items()}

    def _show(self, stuck: Stuck, changes: int) -> None:
        words, detail = _words(stuck, changes)
        self._toasts.withdraw(words)
        toast = self._toasts.show_toast(words, detail=detail, seconds=_UNTIL_SEEN, tone=Tone.WARNING)
        toast.seen.connect(lambda: self._changes.pop(stuck, None))

    def _withdraw(self, stuck: Stuck) -> None:
        changes = self._changes.pop(stuck, None)
        if changes is not None:
            self._toasts.withdraw(_words(stuck, changes)[0])


def _words(stuck: Stuck, changes: int) -> tuple[str, str]:
    return text(f"shell.stuck_{stuck.value}", n=changes), text(f"shell.stuck_{stuck.value}_detail")
