"""Closing the gaps that changed, deleted and opened leads leave in the mapping."""

from collections.abc import Iterator

from leaddesk.store.leads.mapped.slots import LeadSlots
from leaddesk.store.search.ranks import MAX_SLOTS, SLOT_BITS

_WASTE = 0.08
_MIN_WASTE = 1 << 18
_MOVES = 128
_LOOKS = 4096


def pack(slots: LeadSlots) -> Iterator[None]:
    """Close the gaps once they are a twelfth of the mapping, 128 leads a step."""
    while slots.waste > max(_MIN_WASTE, int(slots.arena.top * _WASTE)):
        yield from _rounds(slots)
        yield from slots.arena.trim()


def _rounds(slots: LeadSlots) -> Iterator[None]:
    """Move records down in the order they lie. Leads may change between the steps.

    A lead written meanwhile lies above ``limit`` and is moved in a later round; one that was removed
    or rewritten is known by its changed offset and skipped. Only the first round lets others in while it
    looks, and the last records are moved in one step: so it ends, however often leads change.
    """
    limit = target = 0
    while limit < slots.arena.top:
        records: list[int] = []
        ceiling = slots.arena.top  # before looking: what is written while we look must lie above it
        for start in range(0, len(slots.begin), _LOOKS):
            records.extend(_lying_above(slots, limit, start))
            if not limit:
                yield
        limit = ceiling
        records.sort()
        for start in range(0, len(records), _MOVES):
            if start:
                yield
            for record in records[start : start + _MOVES]:
                target = _move(slots, record >> SLOT_BITS, record & MAX_SLOTS - 1, target)
    slots.arena.top = target


def _lying_above(slots: LeadSlots, limit: int, first: int) -> list[int]:
    looked = range(first, min(first + _LOOKS, len(slots.begin)))
    begin, close = slots.begin, slots.close
    return [begin[slot] << SLOT_BITS | slot for slot in looked if begin[slot] >= limit and close[slot]]


def _move(slots: LeadSlots, start: int, slot: int, target: int) -> int:
    if slots.begin[slot] != start or not slots.close[slot]:
        return target
    close = slots.close[slot]
    down = start - target
    if down:
        slots.version += 1
        slots.arena.move(start, close, target)
        slots.begin[slot], slots.end[slot], slots.close[slot] = target, slots.end[slot] - down, close - down
    return close - down
