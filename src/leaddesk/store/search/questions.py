"""What is asked of the search, in which order the answer stands, and an answer under way."""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

from leaddesk.store.search.ranks import RankedColumn


@dataclass(frozen=True, slots=True)
class Order:
    """The display order of an answer."""

    column: RankedColumn
    descending: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Question:
    """Folded terms that must all occur, and a condition on the slot itself; equal keys, equal conditions."""

    terms: tuple[bytes, ...]
    admits: Callable[[int], bool] | None = None
    admits_key: object = None

    def narrows(self, other: "Question") -> bool:
        """Whether every answer to this question is also one to ``other``."""
        same = other.admits is None or (self.admits is not None and self.admits_key == other.admits_key)
        return same and all(any(term in mine for mine in self.terms) for term in other.terms)


class Search:
    """One search under way. ``hits`` grows in display order until ``done``.

    An unfinished search is to be begun anew when the leads changed (``stale``); a finished one is kept up
    to date by whoever shows it.
    """

    def __init__(self, question: Question, order: Order, stale: Callable[[], bool]) -> None:
        self.question = question
        self.order = order
        self.hits = array("I")
        self.marks = array("I")
        """Where in its text each hit holds the first term, or empty: what a longer term starts from."""
        self.done = False
        self._stale = stale
        self._steps: Iterator[object] = iter(())

    def begin(self, steps: Iterator[object]) -> None:
        """Set what extends ``hits`` step by step; each step lasts less than a millisecond or two."""
        self._steps = steps

    @property
    def stale(self) -> bool:
        """Whether leads changed since the search began."""
        return self._stale()

    def take(self, count: int, budget: float = 0.008) -> "array[int]":
        """Return the first ``count`` hits; fewer if there are no more or ``budget`` seconds are spent."""
        self._advance(budget, count)
        return self.hits[:count]

    def run(self, budget: float) -> bool:
        """Go on for at most ``budget`` seconds; returns whether all hits are known."""
        self._advance(budget, None)
        return self.done

    def _advance(self, budget: float, count: int | None) -> None:
        end = perf_counter() + budget
        while not self.done and (count is None or len(self.hits) < count):
            if next(self._steps, self) is self:
                self.done = True
            elif perf_counter() >= end:
                break
