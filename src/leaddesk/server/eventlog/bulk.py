"""Writing a whole population at once, from bytes that are prepared elsewhere (server seed).

The same facts as one append after the other – gapless positions, versions, links, projection rows – in two
statements. A lead without later events stores its row once when ``share_docs`` is set: ``lead.doc`` stays
empty and ``lead.position`` names the event whose payload ends with it.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from leaddesk.contract.ids import FormId, LeadId, Urn
from leaddesk.server.eventlog import chain
from leaddesk.server.eventlog.log import INSERT_EVENT, TenantLog, Unit
from leaddesk.server.eventlog.storage import Value
from leaddesk.server.keys.places import event_place, lead_place
from leaddesk.server.keys.port import lead_key

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


def write_leads(log: TenantLog, leads: Sequence[SeedLead], share_docs: bool = False) -> None:
    """Write new leads with their events and rows in one transaction.

    The log must hold nothing that still waits for the relay.
    """
    with log.writing() as unit:
        position, link = unit.head()
        writer = _Writer(unit, position, link, share_docs)
        unit.run_many(INSERT_EVENT, writer.events(leads))
        unit.run_many(INSERT_LEAD, writer.rows(leads))
        unit.move_head(writer.position, writer.link)
        # What is written here concerns no other tenant: the relay begins behind it.
        unit.run(MOVE_RELAY, writer.position)


_Fact = tuple[str, str, str, str | None, str | None, bytes]


class _Writer:
    """Counts positions and links while the statements draw their rows."""

    def __init__(self, unit: Unit, position: int, link: bytes, share_docs: bool) -> None:
        self.position = position
        self.link = link
        self._unit = unit
        self._share_docs = share_docs
        self._first: list[tuple[int, bytes | None]] = []

    def events(self, leads: Iterable[SeedLead]) -> Iterator[Sequence[Value]]:
        """Seal each lead under a key of its own; its row waits for :meth:`rows`."""
        columns, chained, position, link = chain.columns, chain.link, self.position, self.link
        for lead in leads:
            stream_id, key_id = lead.lead_id, lead_key(lead.lead_id)
            facts = _facts(lead)
            sealed = self._sealed(lead, key_id, facts)
            self._first.append((position + 1, sealed[len(facts)] if len(sealed) > len(facts) else None))
            for version, (kind, at, actor, subject, keeper, _) in enumerate(facts, start=1):
                position += 1
                payload = sealed[version - 1]
                link = chained(link, columns(position, stream_id, version, kind, at, actor, key_id), payload)
                yield position, stream_id, version, kind, at, actor, subject, keeper, key_id, link, payload
        self.position, self.link = position, link

    def rows(self, leads: Iterable[SeedLead]) -> Iterator[Sequence[Value]]:
        """Give the rows of the same leads."""
        for lead, (first, doc) in zip(leads, self._first, strict=True):
            times = (
                lead.modified_at,
                lead.lead_modified_at,
                lead.created_at,
                lead.started_at,
                lead.closed_at,
            )
            whose = (lead.step, lead.responsible, lead.keeper, lead.form_id, self._unit.tenant)
            version = 1 + len(lead.later)
            yield (lead.lead_id, version, lead.serial, *times, *whose, lead_key(lead.lead_id), first, doc)

    def _sealed(self, lead: SeedLead, key_id: str, facts: Sequence[_Fact]) -> list[bytes]:
        contents = [
            (fact[5], event_place(lead.lead_id, version)) for version, fact in enumerate(facts, start=1)
        ]
        if lead.later or not self._share_docs:
            contents.append((lead.doc, lead_place(lead.lead_id)))
        return self._unit.keys.seal_new(self._unit.tenant, key_id, contents)


def _facts(lead: SeedLead) -> list[_Fact]:
    payload = lead.created or created_payload(lead.form_id, lead.doc)
    facts: list[_Fact] = [(_CREATED, lead.created_at, lead.actor, None, None, payload)]
    facts += [(one.kind, one.at, one.actor, one.subject, one.keeper, one.payload) for one in lead.later]
    return facts
