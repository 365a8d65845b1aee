"""What each relayed fact does in the other tenant's log: one function a fact, one transaction a recipient."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from leaddesk.contract.ids import LeadId, OfferId, TenantId, Urn, tenant_urn
from leaddesk.server.domain import events as e
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.log import EventLog, Stamp, TenantLog, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.port import TENANT_KEY, lead_key
from leaddesk.server.projections import offers, references
from leaddesk.server.projections.erasure import erase_received
from leaddesk.server.projections.leads import append_to_lead, begin_lead, load_lead


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
def _recipient(log: EventLog, target: TenantId, fact: Fact) -> Iterator[Unit | None]:
    """Open the recipient's log; gives nothing if the fact has been delivered there before."""
    with log.for_tenant(Scope(target)).writing() as unit:
        known = unit.select(
            "SELECT 1 FROM relay_inbox WHERE tenant_id = ? AND source_id = ? AND position = ?",
            fact.source,
            fact.position,
        )
        if known:
            yield None
            return
        insert = "INSERT INTO relay_inbox (tenant_id, source_id, position) VALUES (?, ?, ?)"
        unit.run(insert, fact.source, fact.position)
        yield unit


def offer_everyone(log: EventLog, source: TenantLog, fact: Fact) -> None:
    """``BrokerageStarted`` → ``OfferReceived`` and both documents, for each partner."""
    started = fact.event
    if not isinstance(started, e.BrokerageStarted):
        return
    for recipient in started.recipients:
        with _recipient(log, recipient.tenant_id, fact) as unit:
            if unit is None:
                continue
            came = e.OfferReceived(
                recipient.offer_id,
                fact.source,
                LeadId(fact.stream_id),
                started.brokerage_id,
                started.market_name,
                started.deadline_at,
            )
            stamp = Stamp(fact.at, tenant_urn(fact.source), TENANT_KEY)
            (recorded,) = unit.append(recipient.offer_id, 0, [came], stamp)
            offers.store_documents(unit, fact.source, recipient.offer_id, started)
            offers.store_offer(unit, offers.on_received(recorded, came))


def grant(log: EventLog, source: TenantLog, fact: Fact) -> None:
    """``OfferAccepted`` → the offer is closed as accepted and the lead's stream begins at the winner."""
    event = fact.event
    started = _brokerage_of(source, fact)
    if not isinstance(event, e.OfferAccepted) or started is None:
        return
    with _recipient(log, _tenant_of(started, event.offer_id), fact) as unit:
        if unit is None:
            return
        offer = _close(unit, fact, event.offer_id, "ACCEPTED", None)
        pipeline = msgspec.to_builtins(started.pipeline)
        references.store(unit, references.FOREIGN_PIPELINE, started.pipeline.sales_pipeline_id, pipeline)
        came = e.LeadReceived(
            event.offer_id,
            fact.source,
            started.brokerage_id,
            event.commission_id,
            Urn(offer.asked_by or tenant_urn(unit.tenant)),
            started.pipeline,
            started.pipeline.steps[0],
        )
        stamp = Stamp(fact.at, tenant_urn(fact.source), lead_key(fact.stream_id))
        (recorded,) = unit.append(fact.stream_id, 0, [came], stamp)
        begin_lead(unit, LeadId(fact.stream_id), recorded)


def close(log: EventLog, source: TenantLog, fact: Fact) -> None:
    """An offer's end of any other kind → ``OfferClosed``; what the partner must not keep goes."""
    event = fact.event
    started = _brokerage_of(source, fact)
    offer_id = event.subject
    if started is None or offer_id is None:
        return
    status = {e.OfferDeclined: "DECLINED", e.OfferMissed: "MISSED"}.get(type(event), "ENDED")
    reason = event.reason if isinstance(event, e.OfferDeclined) else None
    with _recipient(log, _tenant_of(started, offer_id), fact) as unit:
        if unit is None:
            return
        _close(unit, fact, offer_id, status, reason)
        if status == "ENDED":
            offers.remove_documents(unit, offer_id)
        else:
            offers.remove_document_after(unit, offer_id)


def withdraw(log: EventLog, source: TenantLog, fact: Fact) -> None:
    """``LeadDeleted`` → documents, row and what the offers said are gone at every recipient (measure A9)."""
    if not isinstance(fact.event, e.LeadDeleted):
        return
    for tenant in fact.event.recipients:
        with _recipient(log, tenant, fact) as unit:
            if unit is not None:
                _withdraw(unit, fact)


def _withdraw(unit: Unit, fact: Fact) -> None:
    try:
        held = load_lead(unit, fact.stream_id)
    except Refused:
        held = None
    found = offers.offers_of_lead(unit, fact.stream_id)
    erase_received(unit, fact.stream_id)
    for offer in found:
        _close(unit, fact, offer.offer_id, "ENDED" if offer.status == "OPEN" else offer.status, None)
    if held is not None:
        stamp = Stamp(fact.at, tenant_urn(fact.source), lead_key(fact.stream_id), held.keeper)
        unit.append(fact.stream_id, held.version, [e.LeadWithdrawn()], stamp)


def report_step(log: EventLog, source: TenantLog, fact: Fact) -> None:
    """A partner's ``StepChanged`` → the owner's ``StepReported``; steps of own leads stay where they are."""
    event = fact.event
    owner = _owner_of(source, fact.stream_id)
    if not isinstance(event, e.StepChanged) or owner in (None, fact.source):
        return
    with _recipient(log, TenantId(str(owner)), fact) as unit:
        if unit is None:
            return
        state = load_lead(unit, fact.stream_id)
        running = state.row.commission
        if running is not None and running.commission_id == event.commission_id:
            reported = e.StepReported(event.commission_id, event.before, event.after)
            append_to_lead(unit, state, [reported], fact.at, running.responsible)


Deliver = Callable[[EventLog, TenantLog, Fact], None]

DELIVERIES: Mapping[type[e.Event], Deliver] = {
    e.BrokerageStarted: offer_everyone,
    e.OfferAccepted: grant,
    e.OfferDeclined: close,
    e.OfferMissed: close,
    e.OfferEnded: close,
    e.LeadDeleted: withdraw,
    e.StepChanged: report_step,
}
"""Which facts cross, and how."""


def _close(unit: Unit, fact: Fact, offer_id: str, status: str, reason: str | None) -> offers.OfferRow:
    offer = offers.find_offer(unit, offer_id)
    stamp = Stamp(fact.at, tenant_urn(fact.source), TENANT_KEY)
    closed = e.OfferClosed(OfferId(offer_id), status, reason)
    (recorded,) = unit.append(offer_id, unit.version_of(offer_id), [closed], stamp)
    offer = offers.fold_offer(unit, offer, recorded)
    offers.store_offer(unit, offer)
    return offer


def _brokerage_of(source: TenantLog, fact: Fact) -> e.BrokerageStarted | None:
    """Find the brokerage an offer belongs to; nothing once the lead is erased."""
    with source.reading() as unit:
        stream: list[Any] = [recorded.event for recorded in unit.stream(fact.stream_id)]
    started = [event for event in stream if isinstance(event, e.BrokerageStarted)]
    return next(
        (one for one in started if any(r.offer_id == fact.event.subject for r in one.recipients)), None
    )


def _tenant_of(started: e.BrokerageStarted, offer_id: str) -> TenantId:
    return next(r.tenant_id for r in started.recipients if r.offer_id == offer_id)


def _owner_of(source: TenantLog, lead_id: str) -> str | None:
    with source.reading() as unit:
        found = unit.select("SELECT owner_id FROM lead WHERE tenant_id = ? AND id = ?", lead_id)
    return found[0][0] if found else None
