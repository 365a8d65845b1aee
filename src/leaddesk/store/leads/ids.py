"""Which lead lies in which slot: 24 bytes a lead instead of the 190 of a dict of strings.

Ids are UUIDs; they are kept as two 64-bit numbers. A server may send other ids (old data): those few are
kept as text beside.
"""

import re
from array import array

from leaddesk.contract.ids import LeadId

_LOW = (1 << 64) - 1
_PARTS = 256
_FREE, _GONE = 0, 0xFFFFFFFF
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch

Key = tuple[int, int] | str
"""The two halves of a UUID in canonical spelling, else the id itself."""


def key_of(lead_id: str) -> Key:
    """Return what a lead is looked up by."""
    if _UUID(lead_id) is None:
        return lead_id
    number = int(lead_id.replace("-", ""), 16)
    return number >> 64, number & _LOW


class _Part:
    """One of 256 open-addressing tables; so small that growing one takes a millisecond at 1M leads."""

    __slots__ = ("cells", "used")

    def __init__(self) -> None:
        self.cells = array("I", bytes(4 * 16))
        self.used = 0


class LeadIds:
    """Finds slots by key and ids by slot."""

    def __init__(self) -> None:
        self._high, self._low = array("Q"), array("Q")
        self._parts = [_Part() for _ in range(_PARTS)]
        self._odd: dict[str, int] = {}
        self._odd_at: dict[int, str] = {}
        self.count = 0

    def reserve(self, count: int) -> None:
        """Make the tables large enough for so many leads, so that none grows on the way."""
        for part in self._parts:
            if len(part.cells) < 2 * count // _PARTS:
                self._grow(part, 2 * count // _PARTS)

    def slot_of(self, key: Key) -> int | None:
        """Return the slot of a lead, ``None`` if it is not here."""
        if isinstance(key, str):
            return self._odd.get(key)
        mixed = hash(key)
        cells = self._parts[mixed & _PARTS - 1].cells
        mask = len(cells) - 1
        place = mixed >> 8 & mask
        while cell := cells[place]:
            if cell != _GONE and self._low[cell - 1] == key[1] and self._high[cell - 1] == key[0]:
                return cell - 1
            place = place + 1 & mask
        return None

    def add(self, key: Key, slot: int) -> None:
        """Enter a lead that is not here yet."""
        self.count += 1
        missing = slot + 1 - len(self._high)
        if missing > 0:
            self._high.frombytes(bytes(8 * missing))
            self._low.frombytes(bytes(8 * missing))
        if isinstance(key, str):
            self._odd[key], self._odd_at[slot] = slot, key
            return
        self._high[slot], self._low[slot] = key
        mixed = hash(key)
        part = self._parts[mixed & _PARTS - 1]
        if part.used * 3 >= len(part.cells) * 2:
            self._grow(part)
        self._enter(part, mixed, slot)

    def discard(self, slot: int) -> None:
        """Take out the lead of a slot."""
        self.count -= 1
        odd = self._odd_at.pop(slot, None)
        if odd is not None:
            del self._odd[odd]
            return
        mixed = hash((self._high[slot], self._low[slot]))
        cells = self._parts[mixed & _PARTS - 1].cells
        mask = len(cells) - 1
        place = mixed >> 8 & mask
        while cells[place] != slot + 1:
            place = place + 1 & mask
        cells[place] = _GONE
        self._high[slot] = self._low[slot] = 0

    def id_at(self, slot: int) -> LeadId:
        """Return the id of the lead in ``slot``."""
        odd = self._odd_at.get(slot)
        if odd is not None:
            return LeadId(odd)
        text = f"{self._high[slot] << 64 | self._low[slot]:032x}"
        return LeadId(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")

    def clear(self) -> None:
        """Forget all ids."""
        self._high, self._low = array("Q"), array("Q")
        self._parts = [_Part() for _ in range(_PARTS)]
        self._odd.clear()
        self._odd_at.clear()
        self.count = 0

    def _enter(self, part: _Part, mixed: int, slot: int) -> None:
        cells = part.cells
        mask = len(cells) - 1
        place = mixed >> 8 & mask
        while cells[place]:
            place = place + 1 & mask
        cells[place] = slot + 1
        part.used += 1

    def _grow(self, part: _Part, least: int = 16) -> None:
        """Enter what lives into a table that is at most half full."""
        living = [cell - 1 for cell in part.cells if cell not in (_FREE, _GONE)]
        size = 16
        while size < max(least, 2 * (len(living) + 1)):
            size *= 2
        part.cells, part.used = array("I", bytes(4 * size)), 0
        for slot in living:
            self._enter(part, hash((self._high[slot], self._low[slot])), slot)
