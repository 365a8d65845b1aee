"""From rows of the wire to slots: what of a row is a number, and which of two rows is newer."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from leaddesk.contract.rows import LeadRow, SealedRow
from leaddesk.store.leads.mapped.records import Blocks, Sheets, sheets_of
from leaddesk.store.leads.mapped.slots import LeadSlots, fill

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

Row = LeadRow | SealedRow


def milliseconds(time: str) -> int:
    """Turn a row's time into milliseconds since 1970; 0 for what is no time, so that the lead still shows."""
    try:
        return max(0, (datetime.fromisoformat(time) - _EPOCH) // _MILLISECOND)
    except (ValueError, TypeError):
        return 0


def age_of(row: Row) -> tuple[int, int]:
    """Return what decides which of two rows is newer: the serial, then ``modifiedAt``."""
    return row.lead.serial, milliseconds(row.modified_at)


def lay_numbers(slots: LeadSlots, taken: Sequence[int], rows: Sequence[Row]) -> None:
    """Fill the columns of these slots from their rows."""
    number = slots.standings.number
    fill(slots.serial, taken, [row.lead.serial for row in rows])
    fill(slots.created, taken, [milliseconds(row.lead.created_at) for row in rows])
    fill(slots.modified, taken, [milliseconds(row.modified_at) for row in rows])
    fill(slots.standing, taken, [number(row) for row in rows])


class Draft(NamedTuple):
    """A row ready to be laid down. Never kept: it holds personal values."""

    row: Row
    standing: int
    sheets: Sheets

    def __repr__(self) -> str:
        return "<Draft>"


def draft_of(slots: LeadSlots, row: Row, blocks: Blocks) -> Draft:
    """Encode a row with these blocks."""
    return Draft(row, slots.standings.number(row), sheets_of(slots.fields, [blocks]))


def lay_down(slots: LeadSlots, slot: int, draft: Draft) -> None:
    """Write a draft into a slot; what lay there is overwritten."""
    lay_numbers(slots, [slot], [draft.row])
    slots.write([slot], *draft.sheets)


def same(slots: LeadSlots, slot: int, draft: Draft) -> bool:
    """Whether a slot holds exactly this draft already."""
    lying = slots.read(slots.begin[slot], slots.close[slot])
    return slots.standing[slot] == draft.standing and lying == draft.sheets.folds[0] + draft.sheets.bodies[0]
