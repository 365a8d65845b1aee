"""A fact on its way, and the one transaction in which a recipient takes it in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from leaddesk.contract.ids import LeadId, OfferId, TenantId, Urn, tenant_urn
from leaddesk.server.domain import events as e
from leaddesk.server.domain.lead import LeadState
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.log import EventLog, Stamp, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.port import TENANT_KEY, lead_key
from leaddesk.server.projections import offers, references
from leaddesk.server.projections.leads import begin_lead, load_lead


@dataclass(frozen=True, slots=True, repr=False)
class Fact:
    """An event of the source tenant's log on its way."""

    source: TenantId
    position: int
    stream_id: str
    at: str
    actor: Urn
    event: e.Event


@contextmanager
def recipient_of(log: EventLog, target: TenantId, fact: Fact) -> Iterator[Unit | None]:
    """Open the recipient's log; gives nothing if the fact was delivered there before, or it is erased."""
    with log.for_tenant(Scope(target)).writing() as unit:
        known = unit.select(
            "SELECT 1 FROM relay_inbox WHERE tenant_id = ? AND source_id = ? AND position = ?",
            fact.source,
            fact.position,
        )
        if known or is_erased(unit):
            yield None
            return
        insert = "INSERT INTO relay_inbox (tenant_id, source_id, position) VALUES (?, ?, ?)"
        unit.run(insert, fact.source, fact.position)
        yield unit


def is_erased(unit: Unit) -> bool:
    """Tell whether the whole tenant was erased, or is about to be: nothing is written there any more."""
    last = "SELECT kind FROM event WHERE tenant_id = ? AND stream_id = ? ORDER BY version DESC LIMIT 1"
    noted = unit.select("SELECT doc FROM erasure WHERE tenant_id = ? AND lead_id = ''")
    if any("founding" not in msgspec.json.decode(doc) for (doc,) in noted):
        return True
    return unit.select(last, references.STREAM) == [(e.TenantDeleted.__name__,)]


def known_lead(unit: Unit, lead_id: str) -> LeadState | None:
    """Load a lead, nothing if it is erased or gone."""
    try:
        return load_lead(unit, lead_id)
    except Refused:
        return None


def begin_granted(unit: Unit, fact: Fact, came: e.LeadReceived) -> None:
    """Begin the stream and the row of a lead that this tenant may read from now on."""
    pipeline = msgspec.to_builtins(came.pipeline)
    references.store(unit, references.FOREIGN_PIPELINE, came.pipeline.sales_pipeline_id, pipeline)
    stamp = Stamp(fact.at, tenant_urn(fact.source), lead_key(fact.stream_id))
    (recorded,) = unit.append(fact.stream_id, unit.version_of(fact.stream_id), [came], stamp)
    begin_lead(unit, LeadId(fact.stream_id), recorded)


def close_offer(unit: Unit, fact: Fact, offer_id: str, status: str, reason: str | None) -> offers.OfferRow:
    """Record an offer's end in the recipient's log, as the owner's log has it."""
    offer = offers.find_offer(unit, offer_id)
    stamp = Stamp(fact.at, tenant_urn(fact.source), TENANT_KEY)
    sealed = offers.sealed_reason(unit, offer, reason) if reason else None
    closed = e.OfferClosed(OfferId(offer_id), status, sealed)
    (recorded,) = unit.append(offer_id, unit.version_of(offer_id), [closed], stamp)
    offer = offers.fold_offer(unit, offer, recorded)
    offers.store_offer(unit, offer)
    return offer
