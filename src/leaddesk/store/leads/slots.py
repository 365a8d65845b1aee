"""The columns of the lead shelf: where each lead lies, and the few numbers that order and group it.

Personal values exist only as bytes in the :class:`Arena`; a slot holds offsets, codes and times: 60 bytes.
"""

from array import array
from collections.abc import Callable, Iterator
from datetime import datetime

from leaddesk.store.arena import Arena
from leaddesk.store.leads.codes import Codes, Shape, ShapeKey, Standing
from leaddesk.store.search.folding import SEPARATOR
from leaddesk.store.search.ranks import MAX_SLOTS, SLOT_BITS

_SEPARATOR = SEPARATOR.encode()
_WASTE = 0.25
_MIN_WASTE = 1 << 18
_MOVES = 128
_LOOKS = 4096


def milliseconds(time: str) -> int:
    """Turn a row's time into milliseconds since 1970; 0 for what is no time, so that the lead still shows."""
    try:
        return max(0, round(datetime.fromisoformat(time).timestamp() * 1000))
    except ValueError:
        return 0


class LeadSlots:
    """Leads by slot. A slot is free when its text is empty; freed slots are given out again.

    ``begin``…``end`` is the folded text of a slot, ``end``…``close`` its facts and values. ``life`` is
    another number for each lead that lay in a slot, 0 while it is free.
    """

    def __init__(self) -> None:
        self.arena = Arena()
        self.begin, self.end, self.close = array("Q"), array("Q"), array("Q")
        self.serial, self.created, self.modified = array("q"), array("Q"), array("Q")
        self.shape, self.standing = array("I"), array("I")
        self.life = array("I")
        self.shapes: Codes[ShapeKey, Shape] = Codes(Shape)
        self.standings: Codes[Standing, Standing] = Codes(lambda standing: standing)
        self._free: list[int] = []
        self._used = self._lives = 0

    @property
    def _columns(self) -> "tuple[array[int], ...]":
        return (
            self.begin,
            self.end,
            self.close,
            self.serial,
            self.created,
            self.modified,
            self.shape,
            self.standing,
        )

    @property
    def find(self) -> Callable[[bytes, int, int], int]:
        """The mapping's own search, without a call of ours between; fetch it anew after each change."""
        return self.arena.find

    def read(self, start: int, stop: int) -> bytes:
        """Copy bytes out of the mapping."""
        return self.arena.read(start, stop)

    def take(self) -> int:
        """Give out a slot; nothing lies in it yet."""
        self._lives += 1
        if self._free:
            slot = self._free.pop()
        else:
            slot = len(self.begin)
            for column in (*self._columns, self.life):
                column.append(0)
        self.life[slot] = self._lives & 0xFFFFFFFF
        return slot

    def write(self, slot: int, folded: bytes, body: bytes) -> None:
        """Lay a lead's bytes into a slot; what lay there is overwritten."""
        size, start = len(folded) + len(body), self.begin[slot]
        room = self.close[slot] - start
        if 0 < size <= room:
            self.arena.put_at(start, folded + body)
            self.arena.clear(start + size, start + room)
        else:
            self.arena.clear(start, start + room)
            start = self.begin[slot] = self.arena.put(folded + body)
        self.end[slot], self.close[slot] = start + len(folded), start + size
        self._used += size - room

    def empty(self, slot: int) -> None:
        """Overwrite what lies in a slot; it is given out again only after ``release``."""
        self.arena.clear(self.begin[slot], self.close[slot])
        self._used -= self.close[slot] - self.begin[slot]
        for column in (*self._columns, self.life):
            column[slot] = 0

    def release(self, slots: list[int]) -> None:
        """Let emptied slots be given out again."""
        self._free.extend(slots)

    def shape_of(self, slot: int) -> Shape:
        """Return the shape of a lead."""
        return self.shapes.things[self.shape[slot]]

    def standing_of(self, slot: int) -> Standing:
        """Return the standing of a lead."""
        return self.standings.things[self.standing[slot]]

    def value(self, slot: int, index: int) -> str:
        """Decode one text: 0 to 3 are the facts, the values follow. The others are not touched."""
        find, start, close = self.arena.find, self.end[slot], self.close[slot]
        for _ in range(index):
            start = find(_SEPARATOR, start, close) + 1
        stop = find(_SEPARATOR, start, close)
        return str(self.arena.read(start, close if stop < 0 else stop), "utf-8", "surrogatepass")

    def values(self, slot: int) -> list[str]:
        """Decode facts and values of a slot."""
        lying = self.arena.read(self.end[slot], self.close[slot])
        return str(lying, "utf-8", "surrogatepass").split(SEPARATOR)

    def settle(self) -> Iterator[None]:
        """Close the gaps in the mapping once they are a quarter of it, 128 leads a step."""
        while self.arena.top - self._used > max(_MIN_WASTE, int(self.arena.top * _WASTE)):
            yield from self._pack()

    def wipe(self) -> None:
        """Overwrite and unmap all values, and forget columns and codes."""
        self.arena.wipe()
        for column in self._columns:
            memoryview(column).cast("B")[:] = bytes(len(column) * column.itemsize)
            del column[:]
        del self.life[:]
        self.shapes.clear()
        self.standings.clear()
        self._free.clear()
        self._used = 0

    def _pack(self) -> Iterator[None]:
        """Move records down in the order they lie. Leads may change between the steps.

        A lead written meanwhile lies above ``limit`` and is moved in a later round; one that was removed
        or rewritten is known by its changed offset and skipped.
        """
        limit = target = 0
        while limit < self.arena.top:
            records: list[int] = []
            for start in range(0, len(self.begin), _LOOKS):
                records.extend(self._lying_above(limit, start))
                yield
            limit = self.arena.top
            records.sort()
            for start in range(0, len(records), _MOVES):
                for record in records[start : start + _MOVES]:
                    target = self._move(record >> SLOT_BITS, record & MAX_SLOTS - 1, target)
                yield
        self.arena.top = target

    def _lying_above(self, limit: int, first: int) -> list[int]:
        slots = range(first, min(first + _LOOKS, len(self.begin)))
        begin, close = self.begin, self.close
        return [begin[slot] << SLOT_BITS | slot for slot in slots if begin[slot] >= limit and close[slot]]

    def _move(self, start: int, slot: int, target: int) -> int:
        if self.begin[slot] != start or not self.close[slot]:
            return target
        close = self.close[slot]
        down = start - target
        if down:
            self.arena.move(start, close, target)
            self.begin[slot], self.end[slot], self.close[slot] = target, self.end[slot] - down, close - down
        return close - down
