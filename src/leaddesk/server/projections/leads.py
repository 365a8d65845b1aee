"""The lead table: columns that are filtered or sorted, and the encoded row as it travels.

The row is stored with both field lists; without them it is the same bytes with the lists cut out
(docs/adr: "Rows are stored as they travel").
"""

from dataclasses import replace

import msgspec
from msgspec.structs import replace as with_

from leaddesk.contract.ids import LeadId, Urn
from leaddesk.contract.rows import LeadRow, encode_row
from leaddesk.server.domain.events import Event, Granted
from leaddesk.server.domain.fold import evolve, fold
from leaddesk.server.domain.lead import LeadState, Recorded
from leaddesk.server.domain.refusal import not_found
from leaddesk.server.eventlog.bulk import INSERT_LEAD
from leaddesk.server.eventlog.kept.counts import Counts
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.keys.places import lead_place, offer_place
from leaddesk.server.keys.port import lead_key, offer_key
from leaddesk.server.projections.contacts import forget as forget_contacts
from leaddesk.server.projections.disclosed import note_recipients

_DELETE = (
    "DELETE FROM lead WHERE tenant_id = ? AND id = ?"
    " RETURNING keeper, responsible, step, modified_at, lead_modified_at, created_at, started_at, closed_at"
)
_DOCUMENT = "SELECT key_id, doc FROM offer_document WHERE tenant_id = ? AND offer_id = ? AND stage = 'after'"
_GRANTED = msgspec.json.Decoder(Granted)
_LISTS = b',"prospect":'
_AFTER_LISTS = b'},"commission":{"commissionId":'
_CLOSING = b"}}"


def load_lead(unit: Unit, lead_id: str) -> LeadState:
    """Fold the stream of a lead. Raises ``Refused`` (not found) for an unknown, erased or withdrawn one."""
    if not unit.select("SELECT 1 FROM lead WHERE tenant_id = ? AND id = ?", lead_id):
        raise not_found()
    return fold(LeadId(lead_id), unit.stream(lead_id))


def append_to_lead(unit: Unit, state: LeadState, events: list[Event], at: str, actor: Urn) -> LeadState:
    """Append to the lead's stream and bring its row up to date. Raises ``VersionConflict``."""
    stamp = Stamp(at, actor, lead_key(state.lead_id), state.keeper)
    for recorded in unit.append(state.lead_id, state.version, events, stamp):
        state = evolve(state, recorded)
        note_recipients(unit, state.lead_id, recorded)
    if events:
        store_lead(unit, state)
    return state


def store_lead(unit: Unit, state: LeadState) -> None:
    """Write the row of a lead anew."""
    lead, commission = state.row.lead, state.row.commission
    row, key_tenant, key_id = full_row(unit, state), unit.tenant, lead_key(state.lead_id)
    if state.received is not None:
        key_tenant = state.received.owner_id
        key_id = offer_key(state.received.brokerage_id, "after")
    times = (state.row.modified_at, lead.modified_at, lead.created_at)
    work = (
        (commission.started_at, commission.closed_at, commission.step) if commission else (None, None, None)
    )
    whose = (commission.responsible if commission else None, state.keeper, state.form_id, key_tenant)
    sealed = unit.keys.seal(key_tenant, key_id, encode_row(row), lead_place(state.lead_id))
    counts = Counts()
    counts.add((state.keeper, whose[0], work[2]), (*times, *work[:2]))
    _replace(unit, state.lead_id, counts)
    unit.run(INSERT_LEAD, state.lead_id, state.version, lead.serial, *times, *work, *whose, key_id, 0, sealed)


def full_row(unit: Unit, state: LeadState) -> LeadRow:
    """Return the row with its field lists; a granted lead's lie in the offer's document."""
    if state.received is None:
        return state.row
    found = unit.select(_DOCUMENT, state.received.offer_id)
    if not found:
        raise not_found()
    place = offer_place(state.received.offer_id, "after")
    key_id, doc = found[0]
    plain = unit.opened(state.received.owner_id, key_id, doc, place)
    if plain is None:
        raise not_found()
    granted = _GRANTED.decode(plain)
    lead = with_(state.row.lead, prospect=granted.prospect, interest=granted.interest)
    return with_(state.row, lead=lead)


def begin_lead(unit: Unit, lead_id: LeadId, first: Recorded) -> LeadState:
    """Store the row of a stream that has just begun."""
    state = replace(fold(lead_id, [first]), version=first.version)
    store_lead(unit, state)
    return state


def remove_lead(unit: Unit, lead_id: str) -> None:
    """Take the row away, and what it was recognised by."""
    _replace(unit, lead_id, Counts())
    forget_contacts(unit, lead_id)


def _replace(unit: Unit, lead_id: str, by: Counts) -> None:
    """Delete the row of a lead, and count it no more, but what comes in its place."""
    for keeper, responsible, step, *times in unit.select(_DELETE, lead_id):
        by.add((keeper, responsible, step), times, -1)
    by.keep(unit)


def lists_in(buffer: bytearray, begin: int, end: int) -> tuple[int, int]:
    """Find both field lists of an encoded row that lies in a buffer; without any, an empty place at its end.

    Before the lists stand ids and times only, after them only the commission, so the first and the last
    match are the right ones whatever the values hold: inside a value every quote is escaped.
    """
    first = buffer.find(_LISTS, begin, end)
    if first < 0:
        return end, end
    last = buffer.rfind(_AFTER_LISTS, first, end)
    return first, last if last > 0 else end - len(_CLOSING)
