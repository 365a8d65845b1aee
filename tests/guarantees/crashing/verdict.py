"""What is there afterwards, held against what was answered."""

from __future__ import annotations

import io
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from leaddesk.contract.ids import TenantId
from leaddesk.server.archive.export import export
from leaddesk.server.archive.heads import sign_heads
from leaddesk.server.archive.verify import Outside, verify
from leaddesk.server.domain.events import (
    BrokerageStarted,
    LeadCreated,
    NoteAdded,
    OfferReceived,
    encode_event,
)
from leaddesk.server.eventlog.log import TenantLog
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.oversight.chain import seal
from tests.guarantees.crashing.site import PARTNERS, Firm, Site
from tests.guarantees.crashing.writers import LEAD, NOTE, OFFER, Book, Write

MARK = re.compile(rb"S3-([0-9a-f]{16})")
PATIENCE = 120.0
"""Seconds; whoever holds the clock looks around once a minute."""
ACTIONS = {NOTE: "note.add", LEAD: "lead.create", OFFER: "lead.offer"}
Found = dict[str, Counter[str]]


def judge(site: Site, book: Book) -> list[str]:
    """Return everything that is not as it was promised."""
    findings = list(book.findings)
    for name, firm in site.firms.items():
        log = site.services.office.log.for_tenant(Scope(firm.tenant))
        findings += [f"{name}: {one}" for one in _positions(log)]
        findings += [f"{name}: {one}" for one in _writes(log, book, firm)]
        findings += [f"{name}: {one}" for one in _on_record(site, book, firm)]
    return [*findings, *_offers(site), *_chains(site), *_keys(site)]


def wait_for_partners(site: Site) -> list[str]:
    """Wait until every offer that stands in an owner's log stands in the partners' too."""
    until, pause = time.monotonic() + PATIENCE, threading.Event()
    while missing := _missing_offers(site):
        if time.monotonic() > until:
            return [f"an offer that {partner} was never told of" for _, partner in missing]
        pause.wait(0.2)
    return []


def _positions(log: TenantLog) -> Iterator[str]:
    """No gap and no double, neither in the log nor in any stream; the list shows where each stream stands."""
    with log.reading() as unit:
        rows = unit.select(
            "SELECT position, stream_id, version FROM event WHERE tenant_id = ? ORDER BY position"
        )
        listed = dict(unit.select("SELECT id, version FROM lead WHERE tenant_id = ?"))
        head = unit.head()[0]
    if [row[0] for row in rows] != list(range(1, head + 1)):
        yield f"positions are not 1 to {head}"
    streams: dict[str, list[int]] = {}
    for _, stream, version in rows:
        streams.setdefault(stream, []).append(version)
    for stream, versions in streams.items():
        if versions != list(range(1, len(versions) + 1)):
            yield f"a stream with versions {versions[:20]}"
        if stream in listed and listed[stream] != len(versions):
            yield f"a list that shows version {listed[stream]} of {len(versions)}"


def _writes(log: TenantLog, book: Book, firm: Firm) -> Iterator[str]:
    mine = [write for write in book.writes if write.firm is firm]
    there, ids = _effects(log)
    with log.reading() as unit:
        keys = {key for (key,) in unit.select("SELECT key FROM idempotency WHERE tenant_id = ?")}
    for write in mine:
        count = there[write.kind][write.mark]
        if write.answer is None:
            if count > 1:
                yield f"a {write.kind} nobody was answered is there {count} times"
            continue
        if count != 1:
            yield f"a {write.kind} acknowledged at try {write.tries} is there {count} times"
        if _id_of(write) not in ids:
            yield f"a {write.kind} is not there under the id that was answered"
        if write.key not in keys:
            yield f"the key of an acknowledged {write.kind} is not known"


def _effects(log: TenantLog) -> tuple[Found, set[str]]:
    """Count by kind and mark; and the ids that were given."""
    found: Found = {NOTE: Counter(), LEAD: Counter(), OFFER: Counter()}
    ids = set()
    with log.reading() as unit:
        for (stream,) in unit.select("SELECT DISTINCT stream_id FROM event WHERE tenant_id = ?"):
            for recorded in unit.stream(stream):
                event = recorded.event
                if isinstance(event, BrokerageStarted):
                    found[OFFER][stream] += 1
                    ids.add(str(event.brokerage_id))
                elif isinstance(event, NoteAdded | LeadCreated):
                    kind = NOTE if isinstance(event, NoteAdded) else LEAD
                    found[kind].update({mark.decode() for mark in MARK.findall(encode_event(event))})
                    ids.add(str(event.note_id) if isinstance(event, NoteAdded) else stream)
    return found, ids


def _id_of(write: Write) -> str:
    told: Mapping[str, Any] = write.answer or {}
    return str(told[{NOTE: "noteId", LEAD: "leadId", OFFER: "brokerageId"}[write.kind]])


def _on_record(site: Site, book: Book, firm: Firm) -> Iterator[str]:
    """Every change that was answered is in the access log."""
    statement = "SELECT action, COUNT(*) FROM access_entry WHERE tenant_id = ? GROUP BY action"
    with site.services.access_log.storage.reading() as rows:
        recorded = dict(rows.select(statement, (firm.tenant,)))
    for kind, action in ACTIONS.items():
        answered = sum(write.kind == kind and write.firm is firm for write in book.acknowledged)
        if recorded.get(action, 0) < answered:
            yield f"{answered} times answered {action}, {recorded.get(action, 0)} on record"


def _missing_offers(site: Site) -> list[tuple[str, str]]:
    """List leads and partners that were to be told of them."""
    made, told = _offered(site, BrokerageStarted), _offered(site, OfferReceived)
    return [
        (lead, partner)
        for owner, partners in PARTNERS.items()
        for lead in made[owner]
        for partner in partners
        if not told[partner][lead]
    ]


def _offered(site: Site, kind: type[Any]) -> dict[str, Counter[str]]:
    """Count by firm and lead."""
    return {name: Counter(_leads(site, firm, kind)) for name, firm in site.firms.items()}


def _leads(site: Site, firm: Firm, kind: type[Any]) -> Iterator[str]:
    statement = "SELECT DISTINCT stream_id FROM event WHERE tenant_id = ? AND kind = ?"
    with site.services.office.log.for_tenant(Scope(firm.tenant)).reading() as unit:
        for (stream,) in unit.select(statement, kind.__name__):
            for recorded in unit.stream(stream):
                if isinstance(recorded.event, kind):
                    yield str(getattr(recorded.event, "lead_id", stream))


def _offers(site: Site) -> Iterator[str]:
    """Each partner was told of each offer, once."""
    for _, partner in _missing_offers(site):
        yield f"an offer that {partner} was never told of"
    for partner, told in _offered(site, OfferReceived).items():
        for count in told.values():
            if count > 1:
                yield f"{partner} was told of an offer {count} times"


def _chains(site: Site) -> Iterator[str]:
    """Every link of events and accesses, as ``leaddesk server verify`` computes it."""
    log, accesses, witness = site.services.office.log, site.services.access_log.storage, site.witness
    seal(accesses, witness, site.services.office.clock)
    sign_heads(log, witness, site.services.office.clock)
    file = io.BytesIO()
    export(log, accesses, file)
    report = verify(
        file.getvalue().splitlines(keepends=True), Outside(witness._signer.public, witness._sink.lines())
    )
    yield from (f"history: {one}" for one in report.findings)
    if not (report.events and report.entries and report.signatures):
        yield "history: nothing to verify"


def _keys(site: Site) -> Iterator[str]:
    """What anything is sealed under lies in both copies, wrapped alike."""
    first, second = (dict(_held(mirror)) for mirror in site.services.office.log.keys.store.mirrors)  # type: ignore[attr-defined]
    needed: set[tuple[TenantId, str]] = set()
    for firm in site.firms.values():
        with site.services.office.log.for_tenant(Scope(firm.tenant)).reading() as unit:
            used = unit.select("SELECT DISTINCT key_id FROM event WHERE tenant_id = ?")
        needed |= {(firm.tenant, key_id) for (key_id,) in used}
    alone = [name for name in first.keys() | second.keys() if first.get(name) != second.get(name)]
    yield from ("a key in use lies in one copy only" for name in alone if name in needed)
    yield from ("a key lies in one copy only" for name in alone if name not in needed)


def _held(mirror: Any) -> Iterator[tuple[tuple[str, str], bytes | None]]:
    with mirror.reading() as found:
        for tenant, key_id, _, wrapped, _ in found.everything():
            yield (tenant, key_id), wrapped
