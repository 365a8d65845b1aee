"""The columns of the lead shelf: where each lead lies, and the few numbers that order and group it.

Personal values exist only as bytes in the :class:`Arena`; a slot holds offsets, codes and times: 56 bytes.
"""

from array import array
from collections.abc import Callable, Sequence
from itertools import accumulate

from leaddesk.store.arena import Arena
from leaddesk.store.leads.mapped.codes import FieldCodes, Standing, Standings
from leaddesk.store.search.folding import SEPARATOR

_SEPARATOR = SEPARATOR.encode()


def fill(column: "array[int]", taken: Sequence[int], values: list[int]) -> None:
    """Set the values of slots; those of a range in one go."""
    if isinstance(taken, range):
        column[taken.start : taken.stop] = array(column.typecode, values)
        return
    for slot, value in zip(taken, values, strict=True):
        column[slot] = value


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

    @property
    def waste(self) -> int:
        """How many bytes of the mapping lie between its leads."""
        return self.arena.top - self._used

    def read(self, start: int, stop: int) -> bytes:
        """Copy bytes out of the mapping."""
        return self.arena.read(start, stop)

    def take(self, count: int) -> Sequence[int]:
        """Give out slots, freed ones first; nothing lies in them yet. Without freed ones it is a range."""
        reused = [self._free.pop() for _ in range(min(count, len(self._free)))]
        first, fresh = len(self.begin), count - len(reused)
        for column in (*self._columns, self.life):
            column.frombytes(bytes(fresh * column.itemsize))
        new = range(first, first + fresh)
        taken = [*reused, *new] if reused else new
        lives, self._lives = self._lives, self._lives + count
        fill(self.life, taken, [life & 0xFFFFFFFF for life in range(lives + 1, self._lives + 1)])
        return taken

    def write(self, taken: Sequence[int], folds: Sequence[bytes], bodies: Sequence[bytes]) -> None:
        """Lay leads into slots: each a folded text and what is kept of it; what lay there is overwritten."""
        self.version += 1
        if len(taken) == 1 and self._rewrite(taken[0], folds[0], bodies[0]):
            return
        for slot in taken if self._used else ():
            self._vacate(slot)
        texts = [text for pair in zip(folds, bodies, strict=True) for text in pair]
        start = self.arena.put(b"".join(texts))
        ends = [*accumulate(map(len, texts), initial=start)]
        fill(self.begin, taken, ends[:-1:2])
        fill(self.end, taken, ends[1::2])
        fill(self.close, taken, ends[2::2])
        self._used += ends[-1] - start

    def empty(self, slot: int) -> None:
        """Overwrite what lies in a slot; it is given out again only after ``release``."""
        self.version += 1
        self._vacate(slot)
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

    def _vacate(self, slot: int) -> None:
        begin, close = self.begin[slot], self.close[slot]
        if close > begin:
            self.arena.clear(begin, close)
            self._used -= close - begin

    def _rewrite(self, slot: int, folded: bytes, body: bytes) -> bool:
        """Write over what lies in a slot, if it is large enough."""
        size, start = len(folded) + len(body), self.begin[slot]
        room = self.close[slot] - start
        if not 0 < size <= room:
            return False
        self.arena.put_at(start, folded + body)
        self.arena.clear(start + size, start + room)
        self.end[slot], self.close[slot] = start + len(folded), start + size
        self._used += size - room
        return True
