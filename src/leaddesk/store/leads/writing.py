"""From rows of the wire to slots: encode, compare, lay down."""

from collections.abc import Sequence
from typing import NamedTuple

from leaddesk.contract.rows import FieldList, LeadRow
from leaddesk.store.leads.codes import block_key, standing_of
from leaddesk.store.leads.records import fold_sheets, sheet_of
from leaddesk.store.leads.slots import LeadSlots, milliseconds

Blocks = tuple[FieldList | None, FieldList | None]


class Draft(NamedTuple):
    """A row ready to be laid down. Never kept: it holds personal values."""

    serial: int
    created: int
    modified: int
    shape: int
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
    sheets = [sheet_of(row, *pair) for row, pair in zip(rows, blocks, strict=True)]
    return [
        Draft(
            row.lead.serial,
            milliseconds(row.lead.created_at),
            milliseconds(row.modified_at),
            slots.shapes.number((block_key(pair[0]), block_key(pair[1]), sheet.coded)),
            slots.standings.number(standing_of(row)),
            folded,
            sheet.body(),
        )
        for row, pair, sheet, folded in zip(rows, blocks, sheets, fold_sheets(sheets), strict=True)
    ]


def lay_down(slots: LeadSlots, slot: int, draft: Draft) -> None:
    """Write a draft into a slot; what lay there is overwritten."""
    serial, created, modified, shape, standing, folded, body = draft
    slots.serial[slot], slots.created[slot], slots.modified[slot] = serial, created, modified
    slots.shape[slot], slots.standing[slot] = shape, standing
    slots.write(slot, folded, body)


def same(slots: LeadSlots, slot: int, draft: Draft) -> bool:
    """Whether a slot holds exactly this draft already."""
    if (slots.shape[slot], slots.standing[slot]) != (draft.shape, draft.standing):
        return False
    return slots.read(slots.begin[slot], slots.close[slot]) == draft.folded + draft.body
