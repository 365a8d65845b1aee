"""Ranks of a text column: keys with gaps between different texts."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any

from leaddesk.store.search.ranks import FEW, FIRST_MISSING, MISSING, SLOT_BITS, STEP, RankedColumn

_GAP = 1 << 19
_NO_TEXT = b"\xff"


class RankedTexts(RankedColumn):
    """The order of all slots by a text; equal texts share a key, an empty text is ``MISSING``.

    A single lead is placed between its neighbours. Where no key is left between them it shares its
    neighbour's until the next ``settle`` numbers the column anew: 5 µs a lead. No text is kept. ``text`` is
    UTF-8 without a zero byte, and must be empty for a slot that was taken out.
    """

    def __init__(self, text: Callable[[int], bytes]) -> None:
        super().__init__(self._between)
        self._text = text
        self._crowded = False

    @property
    def ready(self) -> bool:
        """Whether ``sequence`` answers within a few milliseconds."""
        return len(self._late) <= FEW

    def settle(self) -> Iterator[None]:
        """Number the column anew after a bulk, in steps of a millisecond or two."""
        while len(self._late) > FEW or self._crowded:
            self._crowded = False
            yield from self._rebuild()
        self._admit()

    def _admit(self) -> None:
        if len(self._late) > FEW:
            for _ in self._rebuild():
                pass
        for slot in self._late.slots():
            self._late.discard(slot)
            self.add(slot)

    def _between(self, slot: int) -> int:
        text = self._text(slot)
        if not text:
            return MISSING
        low, high = 0, bisect_left(self._sorted, FIRST_MISSING)
        end = high
        while low < high:
            middle = (low + high) // 2
            if self._text(self._slots[middle]) < text:
                low = middle + 1
            else:
                high = middle
        right = (self._sorted[low] >> SLOT_BITS) - 1 if low < end else None
        if right is not None and self._text(self._slots[low]) == text:
            return right
        left = (self._sorted[low - 1] >> SLOT_BITS) - 1 if low else 0
        key = left + _GAP if right is None else (left + right) // 2
        self._crowded |= key == left
        return key

    def _runs(self, late: "array[int]") -> Iterator[list[Any]]:
        slots = self._slots + late
        for start in range(0, len(slots), STEP):
            yield sorted([self._line(slot) for slot in slots[start : start + STEP]])

    def _line(self, slot: int) -> bytes:
        """Join text and slot to one sort key: half the memory of a pair; no text comes last."""
        return (self._text(slot) or _NO_TEXT) + b"\0" + slot.to_bytes(4, "big")

    def _labeller(self) -> Callable[[Any], int]:
        key, last = 0, b""

        def label_of(line: bytes) -> int:
            nonlocal key, last
            text, slot = line[:-5], int.from_bytes(line[-4:], "big")
            if text == _NO_TEXT:
                return FIRST_MISSING | slot
            if text != last:
                key, last = key + _GAP, text
            return key << SLOT_BITS | slot

        return label_of
