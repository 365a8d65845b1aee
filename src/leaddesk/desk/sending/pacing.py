"""When an entry that got no answer is asked about again."""

from __future__ import annotations

import asyncio

from leaddesk.desk.mirror.backoff import spread

_FIRST = 1.0
_LONGEST = 30.0


class Pacing:
    """Pauses that double from one second to thirty, spread by chance, each entry its own."""

    def __init__(self) -> None:
        self._pauses: dict[str, float] = {}
        self._due: dict[str, float] = {}

    def pause(self, entry_id: str, at_least: float = 0.0) -> None:
        """Leave an entry alone for a while, longer each time, and as long as the server asked for."""
        pause = min(self._pauses.get(entry_id, _FIRST / 2) * 2, _LONGEST)
        self._pauses[entry_id] = pause
        self._due[entry_id] = _now() + max(spread(pause), at_least)

    def rests(self, entry_id: str) -> bool:
        """Tell whether an entry is still to be left alone."""
        return self._due.get(entry_id, 0.0) > _now()

    def next_in(self) -> float | None:
        """Return the seconds until the next entry has rested enough."""
        now = _now()
        return min((due - now for due in self._due.values() if due > now), default=None)

    def hurry(self) -> None:
        """Let every entry be asked about now."""
        self._due.clear()

    def forget(self, entry_id: str) -> None:
        """Forget an entry."""
        self._pauses.pop(entry_id, None)
        self._due.pop(entry_id, None)


def _now() -> float:
    return asyncio.get_running_loop().time()
