"""Who waits for what becomes of an entry: the first answer, or the last word."""

from __future__ import annotations

import asyncio
from typing import Any

from leaddesk.desk.outcomes import Outcome, Queued, Unknown

Answer = asyncio.Future[Outcome[Any]]


def told(outcome: Outcome[Any]) -> Answer:
    """Return an answer that is there already."""
    answer: Answer = asyncio.get_running_loop().create_future()
    answer.set_result(outcome)
    return answer


class Waiters:
    """At most one of each kind an entry.

    Whoever asked for the first answer hears anything, "queued" and "unknown" too; whoever asked for the last
    word hears only what will not change any more.
    """

    def __init__(self) -> None:
        self._first: dict[str, Answer] = {}
        self._last: dict[str, Answer] = {}

    def first(self, entry_id: str) -> Answer:
        """Wait for any answer."""
        return self._first.setdefault(entry_id, asyncio.get_running_loop().create_future())

    def last(self, entry_id: str) -> Answer:
        """Wait for the last word."""
        return self._last.setdefault(entry_id, asyncio.get_running_loop().create_future())

    def tell(self, entry_id: str, outcome: Outcome[Any]) -> bool:
        """Answer those who wait for this; ``False`` when nobody does."""
        waiting = [self._first.pop(entry_id, None)]
        if not isinstance(outcome, Queued | Unknown):
            waiting.append(self._last.pop(entry_id, None))
        hearing = [one for one in waiting if one is not None and not one.done()]
        for one in hearing:
            one.set_result(outcome)
        return bool(hearing)
