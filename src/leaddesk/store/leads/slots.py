"""The columns of the lead shelf: where each lead lies, and the few numbers that order and group it.

Personal values exist only as bytes in the :class:`Arena`; a slot holds offsets, codes and times: 56 bytes.
"""

from array import array
from collections.abc import Callable, Iterator
from datetime import datetime

from leaddesk.store.arena import Arena
from leaddesk.store.leads.codes import FieldCodes, Standing, Standings
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

    ``begin``…``end`` is the folded text of a slot, ``end``…``close`` its codes and values. ``life`` is
    another number for each lead that lay in a slot, 0 while it is free. ``version`` counts whatever moves
    a text.
    """

    def __init__(self) -> None:
        self.arena = Arena()
        self.begin, self.end, self.close = array("Q"), array("Q"), array("Q")
        self.serial, self.created, self.modified = array("q"), array("Q"), array("Q")
        self.standing, self.life = array("I"), array("I")
        self.fields = FieldCodes()
        self.standings = Standings()
        self._free: list[int] = []
        self._used = self._lives = self.version = 0

    @property
    def _columns(self) -> "tuple[array[int], ...]":
        return (
            self.begin,
            self.end,
            self.close,
            self.serial,
            self.created,
            self.modified,
            self.standing,
        )

    @property
    def find(self) -> Callable[[bytes, int, int], int]:
        """The mapping's own search, without a call of ours between; fetch it anew after each change."""
        return self.arena.find

    def read(self, start: int, stop: int) -> bytes:
        """Copy bytes out of the mapping."""
        return self.arena.read(start, stop)

    def take(self, count: int) -> list[int]:
        """Give out slots, freed ones first; nothing lies in them yet."""
        reused = [self._free.pop() for _ in range(min(count, len(self._free)))]
        first, fresh = len(self.begin), count - len(reused)
        for column in (*self._columns, self.life):
            column.frombytes(bytes(fresh * column.itemsize))
        taken = [*reused, *range(first, first + fresh)]
        for slot in taken:
            self._lives += 1
            self.life[slot] = self._lives & 0xFFFFFFFF
        return taken

    def write(self, slot: int, folded: bytes, body: bytes) -> None:
        """Lay a lead's bytes into a slot; what lay there is overwritten."""
        self.version += 1
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
        self.version += 1
        self.arena.clear(self.begin[slot], self.close[slot])
        self._used -= self.close[slot] - self.begin[slot]
        for column in (*self._columns, self.life):
            column[slot] = 0

    def release(self, slots: list[int]) -> None:
        """Let emptied slots be given out again."""
        self._free.extend(slots)

    def standing_of(self, slot: int) -> Standing:
        """Return the standing of a lead."""
        return self.standings.known[self.standing[slot]]

    def places(self, slot: int) -> list[int]:
        """Return where the texts of a lead begin (codes, orders, values) and, after them, where it ends."""
        find, place, close = self.arena.find, self.end[slot], self.close[slot]
        places = [place]
        while place := find(_SEPARATOR, place, close) + 1:
            places.append(place)
        places.append(close + 1)
        return places

    def text(self, start: int, stop: int) -> str:
        """Decode what lies between two places; nothing else is touched."""
        return str(self.arena.read(start, stop), "utf-8", "surrogatepass")

    def settle(self) -> Iterator[None]:
        """Close the gaps in the mapping once they are a quarter of it, 128 leads a step."""
        while self.arena.top - self._used > max(_MIN_WASTE, int(self.arena.top * _WASTE)):
            yield from self._pack()

    def wipe(self) -> None:
        """Overwrite and unmap all values, and forget columns and codes."""
        self.version += 1
        self.arena.wipe()
        for column in self._columns:
            memoryview(column).cast("B")[:] = bytes(len(column) * column.itemsize)
            del column[:]
        del self.life[:]
        self.fields.clear()
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
            self.version += 1
            self.arena.move(start, close, target)
            self.begin[slot], self.end[slot], self.close[slot] = target, self.end[slot] - down, close - down
        return close - down
