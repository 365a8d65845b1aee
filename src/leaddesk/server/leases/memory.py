"""Leases of one process, for the memory back end: nobody else can be there."""

import threading
import time
from collections.abc import Callable

from leaddesk.server.leases.port import Held


class MemoryLeases:
    """From any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[str, tuple[str, float]] = {}
        self._turn = threading.Lock()

    def take(self, name: str, holder: str, seconds: float) -> bool:
        """Take or renew."""
        with self._turn:
            now = self._clock()
            known, until = self._held.get(name, (holder, now))
            if known != holder and now < until:
                return False
            self._held[name] = (holder, now + seconds)
            return True

    def leave(self, name: str, holder: str) -> None:
        """End it."""
        with self._turn:
            if self._held.get(name, ("", 0.0))[0] == holder:
                del self._held[name]

    def held(self) -> list[Held]:
        """List them."""
        with self._turn:
            now = self._clock()
            left = [Held(name, holder, until - now) for name, (holder, until) in sorted(self._held.items())]
        return [one for one in left if one.seconds_left > 0]
