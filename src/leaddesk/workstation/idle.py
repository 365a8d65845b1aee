"""How long nobody has touched anything, and what follows: nothing, a warning, the lock."""

from __future__ import annotations

from enum import StrEnum

from leaddesk.workstation.clock import Clock

WARNING_SECONDS = 20.0
"""The countdown's usual length."""


class Calm(StrEnum):
    """Where the wait stands."""

    BUSY = "busy"
    WARNED = "warned"
    OVER = "over"


class Idle:
    """Counts from the last touch to the lock.

    Invariant: once the wait is over no touch takes it back; only :meth:`begin` starts anew. So the first key
    after a long sleep does not keep a workstation open that should have locked hours ago (guarantee C6).
    """

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._touched_at = clock()
        self._warning = WARNING_SECONDS

    @property
    def seconds(self) -> float:
        """How long nobody may touch anything."""
        return self._seconds

    def begin(self) -> None:
        """Start anew: somebody has just shown who they are."""
        self._touched_at = self._clock()

    def allow(self, seconds: float) -> None:
        """Wait so long from the last touch on, from now on."""
        self._seconds = seconds

    def warn_before(self, seconds: float) -> None:
        """Warn so long before the lock, from now on; of the shortest waits a third at most."""
        self._warning = seconds

    def touch(self) -> Calm:
        """Somebody is there. Returns where the wait stood before."""
        before = self.calm()
        if before is not Calm.OVER:
            self._touched_at = self._clock()
        return before

    def calm(self) -> Calm:
        """Say where the wait stands."""
        left = self.left()
        if left <= 0:
            return Calm.OVER
        return Calm.WARNED if left <= min(self._warning, self._seconds / 3) else Calm.BUSY

    def left(self) -> float:
        """Return the seconds until the lock; negative when it is overdue."""
        return self._touched_at + self._seconds - self._clock()
