"""What was looked up a moment ago, so that not every request asks the database again.

Bounded in number and time: what another process changes is known here ``seconds`` later at the latest; what
this process changes it forgets at once.
"""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

SECONDS = 2.0
"""How long a revocation may take to reach the other processes."""
MOST = 20_000


class Recent(Generic[T]):
    """Values by name. Any thread may use it."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, most: int = MOST) -> None:
        self._monotonic = monotonic
        self._most = most
        self._known: dict[Hashable, tuple[T, float]] = {}
        self._turn = threading.Lock()
        self.changes = 0

    def get(self, name: Hashable) -> T | None:
        """Return what was found under a name less than ``SECONDS`` ago."""
        found = self._known.get(name)
        if found is None or found[1] <= self._monotonic():
            return None
        return found[0]

    def keep(self, name: Hashable, value: T, changes: int) -> None:
        """Keep what was found; ``changes`` as it was before looking: what changed meanwhile is not kept.

        Counted from after the look, the look's own time comes on top.
        """
        with self._turn:
            if changes != self.changes:
                return
            self._known.pop(name, None)
            self._known[name] = (value, self._monotonic() + SECONDS)
            if len(self._known) > self._most:
                for oldest in list(self._known)[: self._most // 8]:
                    del self._known[oldest]

    def forget(self, meant: Callable[[T], bool] = lambda _: True) -> None:
        """Forget what is meant, everything if not told else, and what is being looked up just now."""
        with self._turn:
            self.changes += 1
            self._known = {name: kept for name, kept in self._known.items() if not meant(kept[0])}
