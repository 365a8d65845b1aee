"""Sort ranks: for each column one label a slot, and the labels in order.

A label is a 42-bit sort key (plus one, so that no label is 0) above the 22 bits of its slot. So labels are
unique, compare as plain ints and carry their slot: a change is a binary search and one insertion, 0.1 ms
at 100k leads.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from typing import Any

from leaddesk.store.search.late import LateSlots

SLOT_BITS = 22
MAX_SLOTS = 1 << SLOT_BITS
MISSING = (1 << 42) - 2
"""The key of a lead without a value: last in both directions."""
TOP_KEY = MISSING - 1
FIRST_MISSING = MISSING + 1 << SLOT_BITS
"""Labels from here on are those of leads without a value."""

STEP = 48
FEW = 64
_SLOT = MAX_SLOTS - 1
_SLICE = 512
_PAGE = 4096


class RankedColumn:
    """The order of all slots by one column: 24 bytes a slot.

    ``key`` gives the number of a slot, 0 to ``TOP_KEY``, or ``MISSING``. Slots that arrive in bulk wait until
    the order is asked for or ``settle`` is run; slots may come and go between the steps of ``settle``.
    """

    def __init__(self, key: Callable[[int], int]) -> None:
        self._key = key
        self._labels = array("Q")
        self._sorted = array("Q")
        self._slots = array("I")
        self._late = LateSlots()
        self._touched: dict[int, bool] | None = None
        self._turned: array[int] | None = None

    @property
    def ready(self) -> bool:
        """Whether ``sequence`` answers within a few milliseconds."""
        return len(self._late) <= _PAGE

    def add(self, slot: int) -> None:
        """Enter one slot at its place."""
        self._turned = None
        label = self._label(slot)
        place = bisect_left(self._sorted, label)
        self._sorted.insert(place, label)
        self._slots.insert(place, slot)
        if self._touched is not None:
            self._touched[slot] = True

    def add_late(self, slots: Iterable[int]) -> None:
        """Enter many slots; they are merged later in one go."""
        self._late.add(slots)

    def begin_with(self, flags: bytes) -> None:
        """Enter all slots whose byte is 1 into a column that is still empty: 3 ms at 100k."""
        self._late.fill(flags)

    def discard(self, slot: int) -> None:
        """Take out one slot."""
        if not self._late.discard(slot):
            self._cut(slot)
        if self._touched is not None:
            self._touched[slot] = False

    def settle(self) -> Iterator[None]:
        """Merge what arrived in bulk, in steps of a millisecond or two."""
        while len(self._late) > _SLICE:
            yield from self._rebuild()
        self._admit()

    def sequence(self, descending: bool) -> "array[int]":
        """Return all slots in display order, missing values last; merges at once what is late."""
        self._admit()
        if not descending:
            return self._slots[:]
        if self._turned is None:
            first = bisect_left(self._sorted, FIRST_MISSING)
            self._turned = self._slots[:first][::-1] + self._slots[first:]
        return self._turned[:]

    def rank(self, slot: int, descending: bool) -> int:
        """Return a number by which slots compare as they are displayed."""
        if slot in self._late:
            self._admit()
        label = self._labels[slot]
        return -label if descending and label < FIRST_MISSING else label

    def arrange(self, slots: Iterable[int], descending: bool) -> list[int]:
        """Sort some slots into display order; 0.3 µs a slot."""
        self._admit()
        labels = self._labels
        found = sorted([labels[slot] for slot in slots])
        if descending:
            first = bisect_left(found, FIRST_MISSING)
            found = found[:first][::-1] + found[first:]
        return [label & _SLOT for label in found]

    def clear(self) -> None:
        """Forget everything, overwriting the keys first; a merge under way ends without a result."""
        for labels in (self._labels, self._sorted):
            memoryview(labels).cast("B")[:] = bytes(len(labels) * 8)
        self._labels, self._sorted, self._slots = array("Q"), array("Q"), array("I")
        self._late.clear()
        self._touched = self._turned = None

    def _label(self, slot: int) -> int:
        missing = slot + 1 - len(self._labels)
        if missing > 0:
            self._labels.frombytes(bytes(8 * missing))
        label = self._labels[slot] = self._key(slot) + 1 << SLOT_BITS | slot
        return label

    def _label_all(self, slots: "array[int]") -> list[int]:
        key = self._key
        labels = [key(slot) + 1 << SLOT_BITS | slot for slot in slots]
        missing = slots[-1] + 1 - len(self._labels)
        if missing > 0:
            self._labels.frombytes(bytes(8 * missing))
        for slot, label in zip(slots, labels, strict=True):
            self._labels[slot] = label
        return labels

    def _cut(self, slot: int) -> None:
        self._turned = None
        place = bisect_left(self._sorted, self._labels[slot])
        del self._sorted[place]
        del self._slots[place]

    def _admit(self) -> None:
        """Merge all late slots now. Pages of a list in order only extend one end: no sort at all."""
        if not self._late:
            return
        self._turned = None
        late = self._late.slots()
        self._late.clear()
        fresh, known = sorted(self._label_all(late)), self._sorted
        if self._touched is not None:
            self._touched.update(dict.fromkeys(late, True))
        if not known or fresh[0] > known[-1]:
            known.extend(fresh)
            self._slots.extend([label & _SLOT for label in fresh])
        elif fresh[-1] < known[0]:
            self._sorted = array("Q", fresh) + known
            self._slots = array("I", [label & _SLOT for label in fresh]) + self._slots
        else:
            labels = sorted(known.tolist() + fresh)
            self._sorted = array("Q", labels)
            self._slots = array("I", [label & _SLOT for label in labels])

    def _runs(self, late: "array[int]") -> Iterator[list[Any]]:
        """Yield sorted runs of what all slots are ordered by, a step each; the known ones come first."""
        yield self._sorted.tolist()
        for start in range(0, len(late), STEP):
            yield sorted([self._key(slot) + 1 << SLOT_BITS | slot for slot in late[start : start + STEP]])

    def _labeller(self) -> Callable[[Any], int]:
        """Return what turns a line of the merged runs into a label."""
        return int

    def _rebuild(self) -> Iterator[None]:
        """Merge all late slots step by step, then mend what changed meanwhile."""
        touched: dict[int, bool] = {}
        self._touched = touched
        flags, late = bytes(self._late.flags), self._late.slots()
        runs = []
        for run in self._runs(late):
            runs.append(_used_up(run))
            yield
        fresh = _Order(max(len(self._labels), len(flags)))
        label_of = self._labeller()
        for count, line in enumerate(merge(*runs), 1):
            fresh.append(label_of(line))
            if not count % STEP:
                yield
        if self._touched is touched:
            self._touched = self._turned = None
            self._late.subtract(flags, touched)
            self._labels, self._sorted, self._slots = fresh.labels, fresh.sorted, fresh.slots
            self._mend(touched)

    def _mend(self, touched: dict[int, bool]) -> None:
        for slot in touched:
            if slot < len(self._labels) and self._labels[slot]:
                self._cut(slot)
                self._labels[slot] = 0
        for slot, present in touched.items():
            if present:
                self.add(slot)


def _used_up(run: list[Any]) -> Iterator[Any]:
    """Yield what is in a run and forget it on the way: all at once at the end would take 10 ms."""
    run.reverse()
    while run:
        yield run.pop()


class _Order:
    """The three arrays of a column while it is built anew."""

    def __init__(self, length: int) -> None:
        self.labels = array("Q", bytes(8 * length))
        self.sorted, self.slots = array("Q"), array("I")

    def append(self, label: int) -> None:
        slot = label & _SLOT
        self.labels[slot] = label
        self.sorted.append(label)
        self.slots.append(slot)
