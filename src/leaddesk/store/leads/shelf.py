"""The lead shelf: every lead this person may see, in memory, searchable, wipeable."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter

from leaddesk.contract.ids import LeadId
from leaddesk.contract.rows import LeadRow
from leaddesk.store.leads.changes import Changed
from leaddesk.store.leads.ids import Key, LeadIds, key_of
from leaddesk.store.leads.queries import LeadQueries
from leaddesk.store.leads.slots import LeadSlots
from leaddesk.store.leads.view import LeadView
from leaddesk.store.leads.writing import age_of, blocks_in, drafts_of, lay_down, same
from leaddesk.store.topics import Topic

_BYTES_A_LEAD = 640


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Rows hold no cycles, and a collection among thousands of them costs more than decoding them."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


class LeadShelf:
    """Confirmed leads by slot. Pending edits are an overlay elsewhere and never written here.

    An older row never overwrites a newer one: the serial decides, then ``modifiedAt``. Each call publishes
    at most one :class:`Changed`. Slots are small numbers, valid until the lead is removed.
    """

    def __init__(self) -> None:
        self.changes: Topic[Changed] = Topic()
        self._slots = LeadSlots()
        self._ids = LeadIds()
        self.queries = LeadQueries(self._slots)
        self._gone: set[LeadId] | None = None
        self._seen = bytearray()
        self._settling: Iterator[None] | None = None

    def __len__(self) -> int:
        return self._ids.count

    def slot_of(self, lead_id: LeadId) -> int | None:
        """Return where a lead lies, ``None`` if it is not here."""
        return self._ids.slot_of(key_of(lead_id))

    def get(self, slot: int) -> LeadView:
        """Return the lead in a slot; raises :class:`LookupError` if there is none."""
        return LeadView(self._slots, slot, self._ids.id_at)

    def begin_load(self, expected: int | None = None) -> None:
        """Begin a load of everything; from now on a removal outlives older pages that still hold the lead."""
        self._gone, self._seen = set(), bytearray()
        if expected is not None and expected > len(self):
            self._slots.arena.reserve((expected - len(self)) * _BYTES_A_LEAD)
            self._ids.reserve(expected)

    def load(self, rows: Iterable[LeadRow]) -> int:
        """Take in a slice of a load, best 100 to 1,000 rows; returns how many were new or newer."""
        with _collector_paused():
            fresh: dict[Key, LeadRow] = {}
            updated: list[LeadId] = []
            for row in rows:
                self._sort_out(row, fresh, updated)
            self.queries.add_late(self._write(fresh))
        self._publish(Changed(tuple([row.lead.lead_id for row in fresh.values()]), tuple(updated)))
        return len(fresh) + len(updated)

    def end_load(self, complete: bool = True) -> int:
        """End a load. ``complete``: what it did not mention is removed; returns how many leads that were."""
        unseen: list[int] = []
        if complete and self._gone is not None:
            unseen = _left_over(bytes(map(bool, self._slots.life)), bytes(self._seen))
        self._gone, self._seen = None, bytearray()
        self._remove(unseen)
        return len(unseen)

    def upsert(self, row: LeadRow) -> bool:
        """Take in one row that was pushed or answered; ``False`` if the shelf knows it, or a newer one."""
        lead_id = row.lead.lead_id
        if self._gone is not None:
            self._gone.discard(lead_id)
        key = key_of(lead_id)
        slot = self._ids.slot_of(key)
        if slot is None:
            self.queries.add(self._write({key: row})[0])
            self._publish(Changed(added=(lead_id,)))
            return True
        self._mark(slot)
        changed = self._replace(slot, row, tie=True)
        if changed:
            self._publish(Changed(updated=(lead_id,)))
        return changed

    def remove(self, lead_id: LeadId) -> bool:
        """Overwrite and forget a lead that was deleted or may no longer be seen."""
        if self._gone is not None:
            self._gone.add(lead_id)
        slot = self.slot_of(lead_id)
        if slot is not None:
            self._remove([slot])
        return slot is not None

    def settle(self, budget: float) -> bool:
        """Do what can wait (index, ranks, packing) for about ``budget`` seconds; whether all is done."""
        end = perf_counter() + budget
        if self._settling is None:
            self._settling = self._settle()
        while next(self._settling, self) is not self:
            if perf_counter() >= end:
                return False
        self._settling = None
        return True

    def wipe(self) -> None:
        """Overwrite and unmap every value and forget index, ids and codes: 60 ms at 100k leads."""
        self._settling = None
        self._gone, self._seen = None, bytearray()
        self._slots.wipe()
        self._ids.clear()
        self.queries.clear()
        self._publish(Changed(reset=True))

    def _settle(self) -> Iterator[None]:
        yield from self.queries.settle()
        yield from self._slots.settle()

    def _publish(self, change: Changed) -> None:
        if change:
            self.changes.publish(change)

    def _mark(self, slot: int) -> None:
        if self._gone is not None:
            if slot >= len(self._seen):
                self._seen.extend(bytes(slot + 1 - len(self._seen)))
            self._seen[slot] = 1

    def _sort_out(self, row: LeadRow, fresh: dict[Key, LeadRow], updated: list[LeadId]) -> None:
        if self._gone is not None and row.lead.lead_id in self._gone:
            return
        key = key_of(row.lead.lead_id)
        slot = self._ids.slot_of(key)
        if slot is not None:
            self._mark(slot)
            if self._replace(slot, row, tie=False):
                updated.append(row.lead.lead_id)
        elif key not in fresh or age_of(fresh[key]) < age_of(row):
            fresh[key] = row

    def _write(self, fresh: dict[Key, LeadRow]) -> list[int]:
        rows = list(fresh.values())
        drafts = drafts_of(self._slots, rows, [*map(blocks_in, rows)])
        slots = self._slots.take(len(rows))
        for slot, key, draft in zip(slots, fresh, drafts, strict=True):
            lay_down(self._slots, slot, draft)
            self._ids.add(key, slot)
            self._mark(slot)
        return slots

    def _replace(self, slot: int, row: LeadRow, tie: bool) -> bool:
        """Overwrite a lead unless it is newer. A row without its blocks leaves the values as they are.

        Two changes within a millisecond have equal ages: then the one that was pushed (``tie``) counts.
        """
        mine, theirs = (self._slots.serial[slot], self._slots.modified[slot]), age_of(row)
        if theirs < mine or (theirs == mine and not tie):
            return False
        blocks = blocks_in(row)
        if blocks == (None, None):
            blocks = self.get(slot).field_lists()
        draft = drafts_of(self._slots, [row], [blocks])[0]
        if theirs == mine and same(self._slots, slot, draft):
            return False
        self.queries.discard(slot)
        lay_down(self._slots, slot, draft)
        self.queries.add(slot)
        return True

    def _remove(self, slots: list[int]) -> None:
        removed = tuple([self._ids.id_at(slot) for slot in slots])
        for slot in slots:
            self.queries.discard(slot)
            self._ids.discard(slot)
            self._slots.empty(slot)
        self._publish(Changed(removed=removed, removed_slots=tuple(slots)))
        self._slots.release(slots)


def _left_over(alive: bytes, seen: bytes) -> list[int]:
    """Return the slots flagged in ``alive`` and not in ``seen``; 1 ms at 100k where there are none."""
    left = int.from_bytes(alive, "little") & ~int.from_bytes(seen, "little")
    return [] if not left else [slot for slot, flag in enumerate(left.to_bytes(len(alive), "little")) if flag]
