"""What an open lead has to read again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from leaddesk.contract.ids import LeadId
from leaddesk.contract.leads import Commission, FieldBlock, Lead
from leaddesk.contract.rows import CommissionPart, FieldContent, FieldList, LeadPart, LeadRow
from leaddesk.contract.wire import format_time


class Touch(StrEnum):
    """LEAD: detail, history and recipients; NOTES: the journal; GONE: it is no longer there."""

    LEAD = "lead"
    NOTES = "notes"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class LeadTouched:
    """A lead of the store changed; its row is already the newest."""

    lead_id: LeadId
    what: Touch


def row_of(lead: Lead) -> LeadRow:
    """Turn a detail answer into the row of the list."""
    head, work = lead.lead, lead.commission
    part = LeadPart(
        head.lead_id,
        head.serial,
        head.owner,
        format_time(head.created_at),
        format_time(head.modified_at),
        _list_of(lead.prospect),
        _list_of(lead.interest),
    )
    return LeadRow(format_time(lead.modified_at), part, None if work is None else _part_of(work))


def _part_of(work: Commission) -> CommissionPart:
    return CommissionPart(
        work.commission_id,
        work.responsible,
        format_time(work.started_at),
        work.step,
        None if work.closed_at is None else format_time(work.closed_at),
        work.outcome,
        work.sales_pipeline_id,
    )


def _list_of(block: FieldBlock) -> FieldList:
    contents = {label: FieldContent(entry.type, entry.value) for label, entry in block.fields.items()}
    return FieldList(contents, block.field_order)
