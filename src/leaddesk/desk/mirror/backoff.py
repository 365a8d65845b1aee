"""Pauses between attempts that fail: longer each time, and never the same for many at once (D9)."""

from __future__ import annotations

import random

LEAST, MOST = 0.7, 1.3
"""Between these shares of a pause chance decides: who lost the same server comes back at another moment."""


def spread(seconds: float) -> float:
    """Return a pause a little shorter or longer, by chance."""
    return seconds * random.uniform(LEAST, MOST)  # noqa: S311 - spreads attempts, guards nothing


class Backoff:
    """Pauses that double from the first to the longest, in seconds, spread by chance."""

    def __init__(self, first: float, longest: float) -> None:
        self._first, self._longest, self._next = first, longest, first

    def pause(self) -> float:
        """Return how long to wait now; the next time it is twice as long."""
        pause, self._next = self._next, min(self._next * 2, self._longest)
        return spread(pause)

    def begin_anew(self) -> None:
        """It worked: the next pause is the first one again."""
        self._next = self._first
