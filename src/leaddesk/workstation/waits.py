"""How long a window waits before it locks: what the firm asks for, or less that a person chose."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

OFFERED = (1, 2, 5, 10, 15, 30)
"""Minutes that can be chosen, where they are fewer than what is asked for."""


class WaitBy(StrEnum):
    """Who wants a wait to be so short; the values are keys of the countdown's line (lock.countdown_…)."""

    POLICY = "policy"
    MACHINE = "machine"
    PERSON = "own"


@dataclass(frozen=True)
class Wait:
    """Minutes without a touch until the lock, and who wants it so.

    ``loses``: what the lock would cost, because there is no keyring to seal it for: unsent changes and begun
    notes, ``begun`` of which are notes.
    """

    minutes: int
    by: WaitBy = WaitBy.POLICY
    loses: int = 0
    begun: int = 0


class OwnWait:
    """One for all sign-ins of a window, in memory alone: it goes with the window (ADR 64).

    Invariant: nothing chosen here makes anybody wait longer than the tenant's policy or ``limit``, what the
    administrators of this machine decided.
    """

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self.chosen: int | None = None

    def choose(self, minutes: int | None) -> None:
        """Lock after so many minutes; None: as it is asked for."""
        self.chosen = minutes

    def wait(self, asked: int) -> Wait:
        """Return the wait where a policy asks for ``asked`` minutes, and who wants it."""
        allowed = self.allowed(asked)
        if self.chosen is not None and self.chosen < allowed.minutes:
            return Wait(self.chosen, WaitBy.PERSON)
        return allowed

    def allowed(self, asked: int) -> Wait:
        """Return the longest wait there may be."""
        if self._limit is not None and self._limit < asked:
            return Wait(self._limit, WaitBy.MACHINE)
        return Wait(asked)

    def offered(self, asked: int) -> tuple[int, ...]:
        """Return what can be chosen besides, longest first."""
        most = self.allowed(asked).minutes
        return tuple(minutes for minutes in reversed(OFFERED) if minutes < most)
