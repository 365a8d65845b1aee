"""From rows of the wire to slots: encode, compare, lay down."""

from collections.abc import Sequence
from typing import NamedTuple

from leaddesk.contract.rows import LeadRow
from leaddesk.store.leads.codes import standing_of
from leaddesk.store.leads.records import Blocks, fold_sheets, sheet_of
from leaddesk.store.leads.slots import LeadSlots, milliseconds


class Draft(NamedTuple):
    """A row ready to be laid down. Never kept: it holds personal values."""

    serial: int
    created: int
    modified: int
    standing: int
    folded: bytes
    body: bytes

    def __repr__(self) -> str:
        return "<Draft>"


def blocks_in(row: LeadRow) -> Blocks:
    """Return contact and enquiry of a row."""
    return row.lead.prospect, row.lead.interest


def age_of(row: LeadRow) -> tuple[int, int]:
    """Return what decides which of two rows is newer: the serial, then ``modifiedAt``."""
    return row.lead.serial, milliseconds(row.modified_at)


def drafts_of(slots: LeadSlots, rows: Sequence[LeadRow], blocks: Sequence[Blocks]) -> list[Draft]:
    """Encode rows with these blocks; a slice costs less than its rows one by one."""
    sheets = [sheet_of(slots.fields, pair) for pair in blocks]
    return [
        Draft(
            row.lead.serial,
            milliseconds(row.lead.created_at),
            milliseconds(row.modified_at),
            slots.standings.number(standing_of(row)),
            folded,
            sheet.body.encode("utf-8", "surrogatepass"),
        )
        for row, sheet, folded in zip(rows, sheets, fold_sheets(sheets), strict=True)
    ]


def lay_down(slots: LeadSlots, slot: int, draft: Draft) -> None:
    """Write a draft into a slot; what lay there is overwritten."""
    slots.serial[slot], slots.created[slot], slots.modified[slot], slots.standing[slot] = draft[:4]
    slots.write(slot, draft.folded, draft.body)


def same(slots: LeadSlots, slot: int, draft: Draft) -> bool:
    """Whether a slot holds exactly this draft already."""
    lying = slots.read(slots.begin[slot], slots.close[slot])
    return slots.standing[slot] == draft.standing and lying == draft.folded + draft.body
