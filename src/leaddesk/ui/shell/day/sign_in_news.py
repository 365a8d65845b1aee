"""Says to whoever works what they have to know of their own sign-in: that it ends, that nothing keeps it.

A session has an end of its own, however often it is renewed (measure A6): it is announced before it comes. A
keyring often refuses only when it is to keep something: after the sign-in, whose page has gone (B1, B3).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from leaddesk.ui.kit.phrases import clock_time
from leaddesk.ui.kit.pieces.marks import Tone
from leaddesk.ui.kit.wording import text

if TYPE_CHECKING:
    from leaddesk.desk.sign_in import SignIn
    from leaddesk.session.vault import VaultNote
    from leaddesk.ui.kit.presenting.surroundings import Surroundings

WARNINGS = (900.0, 120.0)
"""Seconds before its end at which a session's end is told: time to finish something, and the last moment."""
LOOK_MS = 5_000
_WELL = frozenset({"kept", "memory"})
_SILENT = "slow"
"""A keyring that has not answered yet is asked again; what it says then is told."""
_SECONDS, _UNTIL_SEEN = 20.0, 0.0


class SignInNews:
    """One toast for each thing, until it changes. ``renew`` begins another session, keeping what is open."""

    def __init__(self, clerk: SignIn, around: Surroundings, renew: Callable[[], object]) -> None:
        self._clerk, self._around, self._renew = clerk, around, renew
        self._subscription = clerk.vault_changed.subscribe(self._hear)
        self._timer = QTimer()
        self._timer.timeout.connect(self.look)
        self._timer.start(LOOK_MS)
        self._hear(clerk.vault_note)
        self.look()

    def close(self) -> None:
        """Hear and look no more."""
        self._timer.stop()
        self._subscription.close()

    def look(self) -> None:
        """Announce the session's end, if it is time."""
        left, told = self._clerk.left(), self._clerk.told
        due = [one for one in WARNINGS if left is not None and left <= one]
        if left is None or not due:
            told.ends = None
        elif told.ends is None or told.ends > min(due):
            told.ends = min(due)
            self._announce(left, last=told.ends == min(WARNINGS))

    def _announce(self, left: float, *, last: bool) -> None:
        ends = self._around.clock() + timedelta(seconds=max(left, 0.0))
        self._around.toasts.show_toast(
            text("shell.session_ends", time=clock_time(ends)),
            detail=text("shell.session_ends_detail"),
            actions=[(text("shell.session_ends_renew"), self._renew)],
            seconds=_UNTIL_SEEN if last else 3 * _SECONDS,
            tone=Tone.WARNING,
        )

    def _hear(self, note: VaultNote) -> None:
        told = self._clerk.told
        if note.value in _WELL:
            told.keyring = None
        elif told.lasting and note.value != _SILENT and note is not told.keyring:
            told.keyring = note
            words, why = text("signin.session_only"), text(f"signin.session_only_{note.value}")
            self._around.toasts.show_toast(words, detail=why, seconds=_SECONDS, tone=Tone.WARNING)
