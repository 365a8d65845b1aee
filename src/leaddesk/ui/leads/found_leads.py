"""The answer to what a person searches, filters and sorts by, kept up to date change by change."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

from leaddesk.store.leads.changes import Changed
from leaddesk.store.leads.queries import ANY, NEWEST, Sort, Where
from leaddesk.store.leads.shelf import LeadShelf
from leaddesk.store.search.questions import Search
from leaddesk.ui.leads.table.row_change import RowChange, RowStep

_FEW = 64


@dataclass(frozen=True)
class Asked:
    """What is asked. Its repr shows nothing: a query is often a name."""

    query: str = ""
    sort: Sort = NEWEST
    where: Where = ANY

    def __repr__(self) -> str:
        return "<Asked>"

    @property
    def narrowed(self) -> bool:
        """Whether not every lead is asked for."""
        return bool(self.query.strip()) or self.where != ANY


class FoundLeads:
    """Runs one search after the other; while a person types on, each starts from the one before."""

    def __init__(self, shelf: LeadShelf) -> None:
        self._shelf = shelf
        self.asked = Asked()
        self._search: Search | None = None

    def ask(self, asked: Asked, screen: int, budget: float) -> array[int]:
        """Begin a search and return its first ``screen`` slots, or all if ``budget`` seconds were enough."""
        before = self._search if asked.sort == self.asked.sort else None
        self.asked = asked
        self._search = self._shelf.queries.search(asked.query, asked.sort, asked.where, before)
        end = perf_counter() + budget
        first = self._search.take(screen, budget)
        return self._search.hits if self._search.run(max(0.0, end - perf_counter())) else first

    @property
    def done(self) -> bool:
        """Whether all slots are known."""
        return self._search is not None and self._search.done

    @property
    def stale(self) -> bool:
        """Whether leads came, changed or went since the search began."""
        return self._search is not None and self._search.stale

    def go_on(self, budget: float) -> bool:
        """Search on for ``budget`` seconds; whether it ended. Ask anew if leads changed meanwhile."""
        return self._search is None or self._search.run(budget)

    def slots(self) -> array[int]:
        """Return what is found so far, in display order."""
        return self._search.hits if self._search is not None else array("I")

    def follows(self, changed: Changed) -> bool:
        """Whether :meth:`steps` can bring a change in row by row: one lead came or changed, few went."""
        return self.done and not changed.reset and _is_small(changed)

    def steps(self, changed: Changed, slots: array[int]) -> Iterator[RowChange]:
        """Yield the steps that bring ``slots`` up to date; each must be done before the next is asked for."""
        for slot in changed.removed_slots:
            row = _row_of(slots, slot)
            if row is not None:
                yield RowChange(RowStep.REMOVE, row)
        for lead_id in (*changed.added, *changed.updated):
            slot_now = self._shelf.slot_of(lead_id)
            if slot_now is not None:
                yield from self._step(slot_now, slots)

    def _step(self, slot: int, slots: array[int]) -> Iterator[RowChange]:
        row = _row_of(slots, slot)
        wanted = self._shelf.queries.matches(slot, self.asked.query, self.asked.where)
        if row is None:
            if wanted:
                yield RowChange(RowStep.INSERT, self._place(slot, slots, None), slot)
            return
        if not wanted:
            yield RowChange(RowStep.REMOVE, row)
            return
        target = self._place(slot, slots, row)
        if target != row:
            yield RowChange(RowStep.MOVE, row, slot, target)
        yield RowChange(RowStep.TOUCH, target)

    def _place(self, slot: int, slots: array[int], row: int | None) -> int:
        """Return the row a slot belongs into, as if it did not stand in ``row``."""
        rank = self._shelf.queries.rank
        own, sort = rank(slot, self.asked.sort), self.asked.sort
        low, high = 0, len(slots) - (row is not None)
        while low < high:
            middle = (low + high) // 2
            other = slots[middle + 1 if row is not None and middle >= row else middle]
            if rank(other, sort) < own:
                low = middle + 1
            else:
                high = middle
        return low


def _is_small(changed: Changed) -> bool:
    return len(changed.added) + len(changed.updated) <= 1 and len(changed.removed) <= _FEW


def _row_of(slots: array[int], slot: int) -> int | None:
    try:
        return slots.index(slot)
    except ValueError:
        return None
