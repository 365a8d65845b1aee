"""Writing a whole population at once, from bytes that are prepared elsewhere (server seed).

The same facts as one append after the other – gapless positions, versions, links, projection rows – in two
statements, and sealed before they come here. A lead without later events stores its row once when
``share_docs`` is set: ``lead.doc`` stays empty, ``lead.position`` names the event whose payload ends with it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from leaddesk.contract.ids import FormId, LeadId, TenantId, Urn
from leaddesk.server.eventlog import chain
from leaddesk.server.eventlog.schema import INSERT_EVENT
from leaddesk.server.eventlog.storage import Value
from leaddesk.server.keys.places import event_place, lead_place
from leaddesk.server.keys.port import lead_key
from leaddesk.server.keys.sealing import sealed_anew

if TYPE_CHECKING:
    from leaddesk.server.eventlog.log import TenantLog

INSERT_LEAD = (
    "INSERT INTO lead (tenant_id, id, version, serial, modified_at, lead_modified_at, created_at, started_at,"
    " closed_at, step, responsible, keeper, form_id, owner_id, key_id, position, doc)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
MOVE_RELAY = (
    "INSERT INTO relay_cursor (tenant_id, position) VALUES (?, ?)"
    " ON CONFLICT (tenant_id) DO UPDATE SET position = excluded.position"
)
_CREATED = "LeadCreated"


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


class SealedLead(SeedLead, frozen=True, gc=False, array_like=True):
    """A lead whose contents – ``created``, ``later``, ``doc`` unless shared – are sealed under ``key``."""

    key: bytes = b""

    def __repr__(self) -> str:
        return "<SealedLead>"


def sealed(tenant: TenantId, lead: SeedLead, share_docs: bool = False) -> SealedLead:
    """Seal a lead under a new key of its own; needs no database, so any process may do it."""
    lead_id, later = lead.lead_id, lead.later
    contents = [(lead.created or created_payload(lead.form_id, lead.doc), event_place(lead_id, 1))]
    contents += [(one.payload, event_place(lead_id, version)) for version, one in enumerate(later, start=2)]
    shared = share_docs and not later
    if not shared:
        contents.append((lead.doc, lead_place(lead_id)))
    key, opaque = sealed_anew(tenant, lead_key(lead_id), contents)
    return SealedLead(
        lead_id,
        lead.form_id,
        b"" if shared else opaque[-1],
        lead.created_at,
        lead.modified_at,
        lead.lead_modified_at,
        lead.serial,
        lead.actor,
        lead.started_at,
        lead.closed_at,
        lead.step,
        lead.responsible,
        lead.keeper,
        opaque[0],
        [
            SeedEvent(one.kind, one.at, one.actor, payload, one.keeper, one.subject)
            for one, payload in zip(later, opaque[1:], strict=False)
        ],
        key,
    )


def write_leads(log: "TenantLog", leads: Sequence[SeedLead], share_docs: bool = False) -> None:
    """Seal new leads and write them; see :func:`write_sealed`."""
    write_sealed(log, [sealed(log.tenant, lead, share_docs) for lead in leads])


def write_sealed(log: "TenantLog", leads: Sequence[SealedLead]) -> None:
    """Write new leads with their keys, events and rows in one transaction.

    The log must hold nothing that still waits for the relay.
    """
    with log.writing() as unit:
        for lead in leads:
            unit.keys.adopt(unit.tenant, lead_key(lead.lead_id), lead.key)
        position, link = unit.head()
        writer = _Writer(unit.tenant, position, link)
        unit.run_many(INSERT_EVENT, writer.events(leads))
        unit.run_many(INSERT_LEAD, writer.rows(leads))
        unit.move_head(writer.position, writer.link)
        # What is written here concerns no other tenant: the relay begins behind it.
        unit.run(MOVE_RELAY, writer.position)


class _Writer:
    """Counts positions and links while the statements draw their rows."""

    def __init__(self, tenant: TenantId, position: int, link: bytes) -> None:
        self.position = position
        self.link = link
        self._tenant = tenant
        self._first: list[int] = []

    def events(self, leads: Iterable[SealedLead]) -> Iterator[Sequence[Value]]:
        """Give the events of all leads, each linked to the one before."""
        columns, chained, position, link = chain.columns, chain.link, self.position, self.link
        for lead in leads:
            stream_id, key_id, payload = lead.lead_id, lead_key(lead.lead_id), lead.created or b""
            self._first.append(position + 1)
            first = SeedEvent(_CREATED, lead.created_at, lead.actor, payload)
            for version, one in enumerate((first, *lead.later), start=1):
                position += 1
                named = (position, stream_id, version, one.kind, one.at, one.actor, one.subject, one.keeper)
                link = chained(link, columns(named, key_id), one.payload)
                yield *named, key_id, link, one.payload
        self.position, self.link = position, link

    def rows(self, leads: Iterable[SealedLead]) -> Iterator[Sequence[Value]]:
        """Give the rows of the same leads."""
        for lead, first in zip(leads, self._first, strict=True):
            times = (
                lead.modified_at,
                lead.lead_modified_at,
                lead.created_at,
                lead.started_at,
                lead.closed_at,
            )
            whose = (lead.step, lead.responsible, lead.keeper, lead.form_id, self._tenant)
            version, key_id = 1 + len(lead.later), lead_key(lead.lead_id)
            yield (lead.lead_id, version, lead.serial, *times, *whose, key_id, first, lead.doc or None)
