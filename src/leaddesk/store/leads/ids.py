"""Which lead lies in which slot: 24 bytes a lead instead of the 190 of a dict of strings.

Ids are UUIDs; they are kept as two 64-bit numbers. A server may send other ids (old data): those few are
kept as text beside. (Plain dicts until there is time were tried: a load
is 1 µs a lead quicker, and 250 bytes a lead are never given back.)
"""

import re
from array import array
from collections.abc import Sequence

from leaddesk.contract.ids import LeadId

_LOW = (1 << 64) - 1
_PARTS = 256
_FREE, _GONE = 0, 0xFFFFFFFF
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch


class _Part:
    """One of 256 open-addressing tables; so small that growing one takes a millisecond at 1M leads."""

    __slots__ = ("cells", "used")

    def __init__(self) -> None:
        self.cells = array("I", bytes(4 * 16))
        self.used = 0


class LeadIds:
    """Finds slots by id and ids by slot."""

    def __init__(self) -> None:
        self._high, self._low = array("Q"), array("Q")
        self._parts = [_Part() for _ in range(_PARTS)]
        self._texts: dict[str, int] = {}
        self._text_at: dict[int, LeadId] = {}
        self._entered = 0

    @property
    def count(self) -> int:
        """How many leads are known."""
        return self._entered + len(self._texts)

    def reserve(self, count: int) -> None:
        """Make the tables large enough for so many leads, so that none grows on the way."""
        for part in self._parts:
            if len(part.cells) < 2 * count // _PARTS:
                self._grow(part, 2 * count // _PARTS)

    def slot_of(self, lead_id: str) -> int | None:
        """Return the slot of a lead, ``None`` if it is not here."""
        slot = self._texts.get(lead_id)
        if slot is not None or not self._entered or _UUID(lead_id) is None:
            return slot
        key = _key_of(lead_id)
        mixed = hash(key)
        cells = self._parts[mixed & _PARTS - 1].cells
        mask = len(cells) - 1
        place = mixed >> 8 & mask
        while cell := cells[place]:
            if cell != _GONE and self._low[cell - 1] == key[1] and self._high[cell - 1] == key[0]:
                return cell - 1
            place = place + 1 & mask
        return None

    def all_new(self, lead_ids: Sequence[str]) -> bool:
        """Whether none of them is here, and none is named twice."""
        if len(set(lead_ids)) < len(lead_ids) or not self._texts.keys().isdisjoint(lead_ids):
            return False
        return not self._entered or all(self.slot_of(lead_id) is None for lead_id in lead_ids)

    def add(self, lead_ids: Sequence[LeadId], slots: Sequence[int]) -> None:
        """Take in leads that are not here yet."""
        for lead_id, slot in zip(lead_ids, slots, strict=True):
            if _UUID(lead_id) is None:
                self._texts[lead_id], self._text_at[slot] = slot, lead_id
            else:
                self._enter_key(_key_of(lead_id), slot)

    def discard(self, slot: int) -> None:
        """Take out the lead of a slot."""
        text = self._text_at.pop(slot, None)
        if text is not None:
            del self._texts[text]
            return
        self._entered -= 1
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
        known = self._text_at.get(slot)
        if known is not None:
            return known
        text = f"{self._high[slot] << 64 | self._low[slot]:032x}"
        return LeadId(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")

    def clear(self) -> None:
        """Forget all ids."""
        self._high, self._low = array("Q"), array("Q")
        self._parts = [_Part() for _ in range(_PARTS)]
        self._texts, self._text_at = {}, {}
        self._entered = 0

    def _enter_key(self, key: tuple[int, int], slot: int) -> None:
        missing = slot + 1 - len(self._high)
        if missing > 0:
            self._high.frombytes(bytes(8 * missing))
            self._low.frombytes(bytes(8 * missing))
        self._high[slot], self._low[slot] = key
        mixed = hash(key)
        part = self._parts[mixed & _PARTS - 1]
        if part.used * 3 >= len(part.cells) * 2:
            self._grow(part)
        self._enter(part, mixed, slot)
        self._entered += 1

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


def _key_of(lead_id: str) -> tuple[int, int]:
    number = int(lead_id.replace("-", ""), 16)
    return number >> 64, number & _LOW
