"""The lead shelf: every lead this person may see, in memory, searchable, wipeable."""

from collections.abc import Iterator, Sequence
from time import perf_counter

from leaddesk.contract.ids import LeadId
from leaddesk.contract.rows import SealedRow
from leaddesk.store.leads.changes import Changed
from leaddesk.store.leads.collecting import collector_paused
from leaddesk.store.leads.ids import LeadIds
from leaddesk.store.leads.mapped.packing import pack
from leaddesk.store.leads.mapped.sealed import SealableSlots, blocks_in
from leaddesk.store.leads.mapped.writing import Row, age_of, draft_of, lay_down, lay_numbers, same
from leaddesk.store.leads.queries import LeadQueries
from leaddesk.store.leads.view import LeadView
from leaddesk.store.topics import Topic

_BYTES_A_LEAD = 1_400


class LeadShelf:
    """Confirmed leads by slot. Pending edits are an overlay elsewhere and never written here.

    An older row never overwrites a newer one: the serial decides, then ``modifiedAt``. Each call publishes
    at most one :class:`Changed`. Slots are small numbers, valid until the lead is removed.
    """

    def __init__(self) -> None:
        self.changes: Topic[Changed] = Topic()
        self._slots = SealableSlots()
        self._ids = LeadIds()
        self.queries = LeadQueries(self._slots)
        self._gone: set[LeadId] | None = None
        self._seen = bytearray()
        self._settling: Iterator[None] | None = None
        self._ageless: set[int] = set()

    def __len__(self) -> int:
        return self._ids.count

    def slot_of(self, lead_id: LeadId) -> int | None:
        """Return where a lead lies, ``None`` if it is not here."""
        return self._ids.slot_of(lead_id)

    def get(self, slot: int) -> LeadView:
        """Return the lead in a slot; raises :class:`LookupError` if there is none."""
        return LeadView(self._slots, slot, self._ids.id_at)

    def begin_load(self, expected: int | None = None) -> None:
        """Begin a load of everything; from now on a removal outlives older pages that still hold the lead."""
        self._gone, self._seen = set(), bytearray()
        if expected is not None and expected > len(self):
            self._slots.arena.reserve((expected - len(self)) * _BYTES_A_LEAD)
            self._ids.reserve(expected)

    def load(self, rows: Sequence[SealedRow]) -> int:
        """Take in a slice of a load, best 100 to 1,000 rows; returns how many were new or newer.

        New leads stay sealed until somebody looks, see :mod:`~leaddesk.store.leads.mapped.sealed`.
        """
        with collector_paused():
            lead_ids = [row.lead.lead_id for row in rows]
            updated: list[LeadId] = []
            if self._gone or not self._ids.all_new(lead_ids):
                rows = self._sort_out(rows, updated)
                lead_ids = [row.lead.lead_id for row in rows]
            slots = self._enter(lead_ids, rows)
            self._slots.write_sealed(slots, rows)
            self.queries.add_late(slots)
        self._publish(Changed(tuple(lead_ids), tuple(updated)))
        return len(lead_ids) + len(updated)

    def end_load(self, complete: bool = True) -> int:
        """End a load. ``complete``: what it did not mention is removed; returns how many leads that were."""
        unseen: list[int] = []
        if complete and self._gone is not None:
            unseen = _left_over(bytes(map(bool, self._slots.life)), bytes(self._seen))
        self._gone, self._seen = None, bytearray()
        self._remove(unseen)
        return len(unseen)

    def upsert(self, row: Row) -> bool:
        """Take in one row that was pushed or answered; ``False`` if the shelf knows it, or a newer one."""
        lead_id = row.lead.lead_id
        if self._gone is not None:
            self._gone.discard(lead_id)
        slot = self._ids.slot_of(lead_id)
        if slot is None:
            [slot] = self._enter([lead_id], [row])
            lay_down(self._slots, slot, draft_of(self._slots, row, blocks_in(row)))
            self.queries.add(slot)
            self._publish(Changed(added=(lead_id,)))
            return True
        self._mark([slot])
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

    def forget_ages(self) -> None:
        """Let the next row of each lead that is here count, be it older: the server went back in time."""
        self._ageless = {slot for slot, lives in enumerate(self._slots.life) if lives}

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
        self._ageless.clear()
        self._slots.wipe()
        self._ids.clear()
        self.queries.clear()
        self._publish(Changed(reset=True))

    def _settle(self) -> Iterator[None]:
        yield from self._slots.settle()
        yield from self._slots.fields.settle()
        yield from pack(self._slots)
        yield from self.queries.settle()

    def _publish(self, change: Changed) -> None:
        if change:
            self.changes.publish(change)

    def _mark(self, slots: Sequence[int]) -> None:
        if self._gone is not None and slots:
            self._seen.extend(bytes(max(0, max(slots) + 1 - len(self._seen))))
            for slot in slots:
                self._seen[slot] = 1

    def _sort_out(self, rows: Sequence[SealedRow], updated: list[LeadId]) -> list[SealedRow]:
        """Replace what is known and return what is new, each lead once."""
        fresh: dict[LeadId, SealedRow] = {}
        for row in rows:
            lead_id = row.lead.lead_id
            if self._gone is not None and lead_id in self._gone:
                continue
            slot = self._ids.slot_of(lead_id)
            if slot is not None:
                self._mark([slot])
                if self._replace(slot, row, tie=False):
                    updated.append(lead_id)
            elif lead_id not in fresh or age_of(fresh[lead_id]) < age_of(row):
                fresh[lead_id] = row
        return list(fresh.values())

    def _enter(self, lead_ids: Sequence[LeadId], rows: Sequence[Row]) -> Sequence[int]:
        """Give new leads their slots; their texts are still to be written."""
        slots = self._slots.take(len(rows))
        lay_numbers(self._slots, slots, rows)
        self._ids.add(lead_ids, slots)
        self._mark(slots)
        return slots

    def _replace(self, slot: int, row: Row, tie: bool) -> bool:
        """Overwrite a lead unless it is newer. A row without its blocks leaves the values as they are.

        Two changes within a millisecond have equal ages: then the one that was pushed (``tie``) counts.
        """
        mine, theirs = (self._slots.serial[slot], self._slots.modified[slot]), age_of(row)
        if slot in self._ageless:
            self._ageless.discard(slot)
        elif theirs < mine or (theirs == mine and not tie):
            return False
        blocks = blocks_in(row)
        if blocks == (None, None):
            blocks = self.get(slot).field_lists()
        draft = draft_of(self._slots, row, blocks)
        self._slots.open((slot,))
        if theirs == mine and same(self._slots, slot, draft):
            return False
        self.queries.discard(slot)
        lay_down(self._slots, slot, draft)
        self.queries.add(slot)
        return True

    def _remove(self, slots: list[int]) -> None:
        removed = tuple([self._ids.id_at(slot) for slot in slots])
        self._ageless.difference_update(slots)
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
