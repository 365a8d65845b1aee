"""What the search reads: folded texts lying in a mapping, one a slot."""

from array import array
from collections.abc import Callable, Sequence
from typing import Protocol

MANY = 1_024


class Texts(Protocol):
    """Folded texts by slot. ``begin`` and ``end`` are equal for a slot that is free."""

    begin: "array[int]"
    end: "array[int]"

    @property
    def find(self) -> Callable[[bytes, int, int], int]:
        """Looks for a term between two offsets without copying; -1 when it is not there."""
        ...

    def read(self, start: int, stop: int) -> bytes:
        """Copy what lies between two offsets."""
        ...

    @property
    def portion(self) -> int:
        """How many texts are read in one go: ``MANY``, or fewer while reading them takes longer."""
        ...

    def sift(self, slots: Sequence[int], terms: Sequence[bytes]) -> Sequence[int]:
        """Drop slots that certainly hold not every term; the texts of the others lie ready afterwards."""
        ...
