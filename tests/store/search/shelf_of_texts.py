"""Texts by slot for search tests, without leads."""

from array import array
from collections.abc import Callable, Sequence

from leaddesk.store.arena import Arena
from leaddesk.store.search.folding import fold
from leaddesk.store.search.texts import MANY


class PlainTexts:
    """Texts in an arena, one a slot; ``shown`` is what a naive scan reads."""

    def __init__(self) -> None:
        self.arena = Arena()
        self.begin, self.end = array("Q"), array("Q")
        self.shown: dict[int, str] = {}

    @property
    def find(self) -> Callable[[bytes, int, int], int]:
        return self.arena.find

    def read(self, start: int, stop: int) -> bytes:
        return self.arena.read(start, stop)

    @property
    def portion(self) -> int:
        return MANY

    def sift(self, slots: Sequence[int], terms: Sequence[bytes]) -> Sequence[int]:
        return slots

    def put(self, slot: int, text: str) -> None:
        while len(self.begin) <= slot:
            self.begin.append(0)
            self.end.append(0)
        folded = b"\x1f" + fold(text) + b"\x1f"
        self.begin[slot] = self.arena.put(folded)
        self.end[slot] = self.arena.top
        self.shown[slot] = text

    def drop(self, slot: int) -> None:
        self.begin[slot] = self.end[slot] = 0
        del self.shown[slot]
