"""Weighted choice as one index: a table repeats each value by its weight, a random number picks a slot.

Drawing by ``random.choices`` costs about a microsecond; a lead needs forty draws, and a server with 12,480
leads must be ready within a second (performance.md, P13). So weights are spent once, when a table is built.
"""

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Table(Generic[T]):
    """A weighted choice with a power of two of slots. Invariant: every value has at least one slot."""

    __slots__ = ("mask", "slots")

    def __init__(self, weighted: Iterable[tuple[T, float]], size: int = 1024) -> None:
        """Raises ``ValueError`` if ``size`` is no power of two or has fewer slots than values."""
        pairs = [pair for pair in weighted if pair[1] > 0]
        if size & (size - 1) or len(pairs) > size:
            raise ValueError("size must be a power of two and hold every value")
        spare, total = size - len(pairs), sum(weight for _, weight in pairs)
        slots: list[T] = []
        reached = 0.0
        for count, (value, weight) in enumerate(pairs, 1):
            reached += weight
            slots += [value] * (count + round(spare * reached / total) - len(slots))
        self.slots = tuple(slots)
        self.mask = size - 1

    def draw(self, number: int) -> T:
        """Return the value for a random number of at least as many bits as the table has."""
        return self.slots[number & self.mask]


def even(values: Iterable[T], size: int = 1024) -> Table[T]:
    """Return a table in which every value is equally likely."""
    return Table(((value, 1.0) for value in values), size)


def ranked(values: Sequence[T]) -> Table[T]:
    """Return a table after Zipf and Mandelbrot: names, most frequent first.

    It is as small as the rarest name allows, for what is drawn at random is read from memory at random.
    """
    size = 4 << len(values).bit_length()
    return Table(((value, 1.0 / (rank + 6.0)) for rank, value in enumerate(values)), size)
