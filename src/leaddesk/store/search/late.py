"""Slots that wait for work: a byte each, where a set of them would take 100."""

from array import array
from collections.abc import Iterable, Iterator
from itertools import compress, islice


class LateSlots:
    """A set of slots, given back in ascending order, round and round."""

    def __init__(self) -> None:
        self.flags = bytearray()
        """One byte a slot: 1 while it waits."""
        self._count = 0
        self._next = 0
        self._lowest = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, slot: int) -> bool:
        return slot < len(self.flags) and self.flags[slot] == 1

    def __iter__(self) -> Iterator[int]:
        return compress(range(self._lowest, len(self.flags)), memoryview(self.flags)[self._lowest :])

    def slots(self) -> "array[int]":
        """Return all in ascending order: 30 ns each."""
        return array("I", iter(self))

    def add(self, slots: Iterable[int]) -> None:
        """Let slots wait; a run of new ones at the end, as a load brings them, all at once."""
        if isinstance(slots, range) and slots and slots.start == len(self.flags):
            self._lowest = self._lowest if self._count else slots.start
            self.flags.extend(b"\1" * len(slots))
            self._count += len(slots)
            return
        flags, lowest = self.flags, self._lowest if self._count else len(self.flags)
        for slot in slots:
            if slot >= len(flags):
                flags.extend(bytes(slot + 1 - len(flags)))
            self._count += not flags[slot]
            flags[slot] = 1
            lowest = slot if slot < lowest else lowest
        self._lowest = lowest

    def fill(self, flags: bytes) -> None:
        """Let all slots wait whose byte is 1, and only them."""
        self.flags[:] = flags
        self._count, self._lowest = flags.count(1), 0

    def discard(self, slot: int) -> bool:
        """Take out a slot; whether it waited."""
        if slot not in self:
            return False
        self.flags[slot] = 0
        self._count -= 1
        return True

    def upcoming(self, count: int) -> list[int]:
        """Return the next few slots; they stay, and the call after this one goes on behind them."""
        return list(islice(self._ahead(), min(count, self._count)))

    def pop(self, count: int) -> list[int]:
        """Take out the next few slots."""
        taken = self.upcoming(count)
        for slot in taken:
            self.discard(slot)
        return taken

    def subtract(self, flags: bytes, kept: Iterable[int]) -> None:
        """Take out all slots flagged in ``flags``, but for ``kept``."""
        back = [slot for slot in kept if slot in self]
        left = int.from_bytes(self.flags, "little") & ~int.from_bytes(flags, "little")
        self.flags[:] = left.to_bytes(len(self.flags), "little")
        self._count = self.flags.count(1)
        self.add(back)

    def clear(self) -> None:
        """Forget all."""
        self.flags.clear()
        self._next = self._count = self._lowest = 0

    def _ahead(self) -> Iterator[int]:
        """Yield waiting slots from where the last call ended; begins anew at the end."""
        while True:
            self._next = self.flags.find(1, self._next) + 1
            if self._next:
                yield self._next - 1
