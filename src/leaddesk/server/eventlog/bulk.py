"""Writing a whole population at once, from bytes that are prepared elsewhere (server seed).

The same facts as one append after the other – gapless positions, versions, links, projection rows – in few
statements, and sealed before they come here. A lead without later events stores its row once when
``share_docs`` is set: ``lead.doc`` stays empty, ``lead.position`` names the event whose payload ends with it.

Rows are tuples of plain values, as statements take them: they can be made in another process, which is told
where the log stands (performance.md, P13).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from leaddesk.contract.ids import FormId, LeadId, TenantId, Urn
from leaddesk.server.eventlog import chain
from leaddesk.server.eventlog.kept.counts import FIELDS, Counts
from leaddesk.server.eventlog.schema import INSERT_EVENT
from leaddesk.server.eventlog.storage import Value, VersionConflict
from leaddesk.server.keys.places import event_place, lead_place
from leaddesk.server.keys.port import lead_key
from leaddesk.server.keys.sealing import sealed_anew

if TYPE_CHECKING:
    from leaddesk.server.eventlog.log import TenantLog, Unit

INSERT_LEAD = (
    "INSERT INTO lead (tenant_id, id, version, serial, modified_at, lead_modified_at, created_at, started_at,"
    " closed_at, step, responsible, keeper, form_id, owner_id, key_id, position, doc)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
MOVE_RELAY = (
    "INSERT INTO relay_cursor (tenant_id, position) VALUES (?, ?)"
    " ON CONFLICT (tenant_id) DO UPDATE SET position = excluded.position"
)
TOGETHER = 25_000
"""How many leads one transaction takes before the next begins: their keys are in memory until it ends."""

_CREATED = "LeadCreated"
_TIMES, _STEP, _RESPONSIBLE, _KEEPER = 3, 8, 9, 10
"""Places in a row as ``INSERT_LEAD`` has it, behind the tenant."""


class SeedEvent(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An event after the first: its kind, its encoded content, who and when."""

    kind: str
    at: str
    actor: Urn
    payload: bytes
    keeper: Urn | None = None
    subject: str | None = None

    def __repr__(self) -> str:
        return "<SeedEvent>"


class SeedLead(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One lead as it shall stand: columns, the encoded row with field lists, and how it came to be.

    ``created`` is the content of ``LeadCreated``; absent when there is nothing ``later``: then it is made
    from ``doc``.
    """

    lead_id: LeadId
    form_id: FormId
    doc: bytes
    created_at: str
    modified_at: str
    lead_modified_at: str
    serial: int
    actor: Urn
    started_at: str | None = None
    closed_at: str | None = None
    step: str | None = None
    responsible: Urn | None = None
    keeper: Urn | None = None
    created: bytes | None = None
    later: Sequence[SeedEvent] = ()

    def __repr__(self) -> str:
        return "<SeedLead>"


def created_payload(form_id: FormId, doc: bytes) -> bytes:
    """Write the content of ``LeadCreated`` around an encoded row; equal to ``encode_event``."""
    return b'{"formId":"' + form_id.encode() + b'","row":' + doc + b"}"


def doc_of_payload(payload: bytes) -> bytes:
    """Cut the encoded row out of ``LeadCreated``'s content."""
    return payload[payload.index(b'"row":') + 6 : -1]


def span_in_payload(buffer: bytearray, begin: int, end: int) -> tuple[int, int]:
    """Find the encoded row in ``LeadCreated``'s content that lies in a buffer."""
    return buffer.index(b'"row":', begin, end) + 6, end - 1


EventRow = tuple[str, int, str, str, str, str | None, str | None, str, bytes]
"""Stream, version, kind, time, actor, subject, keeper, key id and sealed content of an event."""
LeadRow = tuple[tuple[Value, ...], int, bytes | None]
"""The columns of a lead's row up to its key id, its version, and the sealed row."""
NewKey = tuple[str, bytes]
"""A key id and the key, drawn for one lead alone."""
Row = tuple[Value, ...]


class Batch(NamedTuple):
    """Sealed leads, which could stand anywhere in the tenant's log."""

    events: list[EventRow]
    leads: list[LeadRow]
    keys: list[NewKey]


class Linked(NamedTuple):
    """Sealed leads as they stand behind one place in the log; ``position`` and ``link`` are their last."""

    events: list[Row]
    leads: list[Row]
    keys: list[NewKey]
    position: int
    link: bytes


Source = Callable[[int, bytes], Iterable[Linked]]
"""Gives leads for a log that stands at a position and link, each batch behind the one before."""


def sealed(tenant: TenantId, leads: Iterable[SeedLead], share_docs: bool = False) -> Batch:
    """Seal leads, each under a new key of its own; needs no database, so any process may do it."""
    batch = Batch([], [], [])
    for lead in leads:
        _seal(batch, tenant, lead, share_docs)
    return batch


def _seal(batch: Batch, tenant: TenantId, lead: SeedLead, share_docs: bool) -> None:
    lead_id, later, key_id = lead.lead_id, lead.later, lead_key(lead.lead_id)
    contents = [(lead.created or created_payload(lead.form_id, lead.doc), event_place(lead_id, 1))]
    for version, event in enumerate(later, start=2):
        contents.append((event.payload, event_place(lead_id, version)))
    doc = None
    if later or not share_docs:
        contents.append((lead.doc, lead_place(lead_id)))
    key, opaque = sealed_anew(tenant, key_id, contents)
    if later or not share_docs:
        doc = opaque.pop()
    batch.keys.append((key_id, key))
    batch.events.append((lead_id, 1, _CREATED, lead.created_at, lead.actor, None, None, key_id, opaque[0]))
    for version, event in enumerate(later, start=2):
        whose = (event.actor, event.subject, event.keeper)
        batch.events.append((lead_id, version, event.kind, event.at, *whose, key_id, opaque[version - 1]))
    version = 1 + len(later)
    times = (lead.modified_at, lead.lead_modified_at, lead.created_at, lead.started_at, lead.closed_at)
    work = (lead.step, lead.responsible, lead.keeper, lead.form_id, tenant, key_id)
    batch.leads.append(((lead_id, version, lead.serial, *times, *work), version, doc))


class Linker:
    """Gives sealed leads their places: positions without a gap, each event linked to the one before."""

    def __init__(self, position: int, link: bytes) -> None:
        self._position = position
        self._link = link

    def linked(self, batch: Batch) -> Linked:
        """Put a batch behind the one before."""
        first = self._position + 1
        events = list(self._events(batch.events))
        return Linked(events, list(_rows(batch.leads, first)), batch.keys, self._position, self._link)

    def _events(self, rows: Iterable[EventRow]) -> Iterator[Row]:
        columns, chained, position, link = chain.columns, chain.link, self._position, self._link
        for stream_id, version, kind, at, actor, subject, keeper, key_id, payload in rows:
            position += 1
            named = (position, stream_id, version, kind, at, actor, subject, keeper)
            link = chained(link, columns(named, key_id), payload)
            yield (*named, key_id, link, payload)
        self._position, self._link = position, link


def _rows(rows: Iterable[LeadRow], first: int) -> Iterator[Row]:
    """Give the rows of leads; the first one's first event is at position ``first``."""
    for columns, version, doc in rows:
        yield (*columns, first, doc)
        first += version


def write_leads(log: "TenantLog", leads: Iterable[SeedLead], share_docs: bool = False) -> None:
    """Seal new leads and write them; see :func:`write_linked`."""
    batch = sealed(log.tenant, leads, share_docs)
    write_linked(log, lambda position, link: [Linker(position, link).linked(batch)])


def write_linked(log: "TenantLog", source: Source) -> None:
    """Write new leads with their keys, events and rows, many batches in one transaction.

    The log must hold nothing that still waits for the relay. Raises ``VersionConflict`` if somebody else
    appends meanwhile, or the source does not go on where the log ends; nothing of that transaction remains.
    """
    with log.reading() as unit:
        head = unit.head()
    left = iter(source(*head))
    for first in left:
        with log.writing() as unit:
            if unit.head() != head:
                raise VersionConflict
            head = _write(unit, _together(first, left))


def _together(first: Linked, left: Iterator[Linked]) -> Iterator[Linked]:
    """Give as many batches as one transaction takes."""
    yield first
    count = len(first.leads)
    while count < TOGETHER and (batch := next(left, None)) is not None:
        yield batch
        count += len(batch.leads)


def _write(unit: "Unit", batches: Iterable[Linked]) -> tuple[int, bytes]:
    """Write batches and move the head; returns it."""
    head, counts = unit.head(), Counts()
    for batch in batches:
        if batch.events[0][0] != head[0] + 1:
            raise VersionConflict
        for key_id, key in batch.keys:
            unit.keys.adopt(unit.tenant, key_id, key)
        unit.run_many(INSERT_EVENT, batch.events)
        unit.run_many(INSERT_LEAD, batch.leads)
        counts.add_many(
            ((row[_KEEPER], row[_RESPONSIBLE], row[_STEP]) for row in batch.leads),  # type: ignore[misc]
            {field: [row[place] for row in batch.leads] for place, field in enumerate(FIELDS, _TIMES)},  # type: ignore[misc]
        )
        head = batch.position, batch.link
    counts.keep(unit)
    unit.move_head(*head)
    unit.run(MOVE_RELAY, head[0])  # what is written here concerns no other tenant: the relay begins behind it
    return head
