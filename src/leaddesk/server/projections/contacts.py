"""The blind index: which leads share an e-mail address or a phone number, without holding either.

A mark is a digest keyed with the tenant's secret. The tables are temporary: no dump contains them, and after
a start they are drawn from the log again, in slices, when somebody asks (server design, "Erasure").
"""

from typing import Any

from leaddesk.contract.rows import LeadRow, decode_row
from leaddesk.server.domain.entry.contacts import Kind, contacts_of
from leaddesk.server.eventlog.bulk import doc_of_payload
from leaddesk.server.eventlog.log import TenantLog, Unit
from leaddesk.server.keys.places import event_place, lead_place
from leaddesk.server.keys.port import Sealed

SLICE = 50
"""Events of one slice: a few milliseconds."""

_MARK_BYTES = 16
_CHANGED = (
    "SELECT position, stream_id FROM event WHERE tenant_id = ? AND position > ?"
    " AND kind IN ('LeadCreated', 'FieldsChanged', 'LeadReceived') ORDER BY position LIMIT ?"
)
_ROW = (
    "SELECT l.id, l.doc, l.key_id, l.owner_id, e.payload FROM lead l LEFT JOIN event e"
    " ON l.doc IS NULL AND e.tenant_id = l.tenant_id AND e.position = l.position"
    " WHERE l.tenant_id = ? AND l.id = ?"
)
_MOVE = (
    "INSERT INTO contact_cursor (tenant_id, position) VALUES (?, ?)"
    " ON CONFLICT (tenant_id) DO UPDATE SET position = excluded.position"
)
_FORGET = "DELETE FROM contact_mark WHERE tenant_id = ? AND lead_id = ?"
_ADD = "INSERT INTO contact_mark (tenant_id, mark, lead_id, kind) VALUES (?, ?, ?, ?)"
_SAME = (
    "SELECT m.kind, l.id, l.keeper, l.created_at FROM contact_mark m"
    " JOIN lead l ON l.tenant_id = m.tenant_id AND l.id = m.lead_id"
    " WHERE m.tenant_id = ? AND m.mark = ? AND m.lead_id <> ? ORDER BY l.created_at DESC, l.id LIMIT ?"
)


def catch_up(log: TenantLog) -> bool:
    """Mark the leads of the next slice of the log; tells whether there may be more."""
    with log.keeping() as unit:
        cursor = unit.select("SELECT position FROM contact_cursor WHERE tenant_id = ?")
        found = unit.select(_CHANGED, cursor[0][0] if cursor else 0, SLICE)
        _mark_all(unit, {lead_id: None for _, lead_id in found})
        unit.run(_MOVE, found[-1][0] if len(found) == SLICE else unit.head()[0])
    return len(found) == SLICE


def same_contacts(unit: Unit, row: LeadRow, limit: int) -> list[tuple[Kind, str, str | None, str]]:
    """Return kind, id, keeper and creation of leads that share a contact with this one, newest first."""
    found: list[tuple[Kind, str, str | None, str]] = []
    for kind, mark in _marks(unit, row):
        found += [(kind, *rest) for _, *rest in unit.select(_SAME, mark, row.lead.lead_id, limit)]
    return found


def forget(unit: Unit, lead_id: str) -> None:
    """Take a lead's marks away."""
    unit.run(_FORGET, lead_id)


def _mark_all(unit: Unit, lead_ids: dict[str, None]) -> None:
    rows = [row for lead_id in lead_ids for row in unit.select(_ROW, lead_id)]
    opened = unit.keys.open_many([_sealed(*row) for row in rows])
    unit.run_many(_FORGET, [(lead_id,) for lead_id in lead_ids])
    marks = [
        (mark, lead_id, kind)
        for (lead_id, doc, *_), plain in zip(rows, opened, strict=True)
        if plain is not None
        for kind, mark in _marks(unit, decode_row(plain if doc is not None else doc_of_payload(plain)))
    ]
    unit.run_many(_ADD, marks)


def _sealed(lead_id: str, doc: bytes | None, key_id: str, owner: Any, payload: bytes | None) -> Sealed:
    if doc is None:
        return Sealed(owner, key_id, payload or b"", event_place(lead_id, 1))
    return Sealed(owner, key_id, doc, lead_place(lead_id))


def _marks(unit: Unit, row: LeadRow) -> list[tuple[Kind, bytes]]:
    return [
        (kind, unit.keys.blind(unit.tenant, f"contact-{kind}", text.encode())[:_MARK_BYTES])
        for kind, text in sorted(contacts_of(row))
    ]
