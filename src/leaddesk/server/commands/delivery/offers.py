"""Offers on their way: to every partner of a brokerage, to the winner as a lead, and back to their end."""

from typing import Any

from leaddesk.contract.ids import LeadId, TenantId, Urn, tenant_urn
from leaddesk.server.commands.delivery.fact import Fact, begin_granted, close_offer, recipient_of
from leaddesk.server.domain import events as e
from leaddesk.server.eventlog.log import EventLog, Stamp, TenantLog
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.projections import offers


def offer_everyone(log: EventLog, source: TenantLog, fact: Fact) -> None:
    """``BrokerageStarted`` → ``OfferReceived`` and both documents, for each partner."""
    started = fact.event
    if not isinstance(started, e.BrokerageStarted):
        return
    for recipient in started.recipients:
        with recipient_of(log, recipient.tenant_id, fact) as unit:
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
    with recipient_of(log, _tenant_of(started, event.offer_id), fact) as unit:
        if unit is None:
            return
        offer = close_offer(unit, fact, event.offer_id, "ACCEPTED", None)
        came = e.LeadReceived(
            event.offer_id,
            fact.source,
            started.brokerage_id,
            event.commission_id,
            Urn(offer.asked_by or tenant_urn(unit.tenant)),
            started.pipeline,
            started.pipeline.steps[0],
        )
        begin_granted(unit, fact, came)


def close(log: EventLog, source: TenantLog, fact: Fact) -> None:
    """An offer's end of any other kind → ``OfferClosed``; what the partner must not keep goes."""
    event = fact.event
    started = _brokerage_of(source, fact)
    offer_id = event.subject
    if started is None or offer_id is None:
        return
    status = {e.OfferDeclined: "DECLINED", e.OfferMissed: "MISSED"}.get(type(event), "ENDED")
    reason = event.reason if isinstance(event, e.OfferDeclined) else None
    with recipient_of(log, _tenant_of(started, offer_id), fact) as unit:
        if unit is None:
            return
        close_offer(unit, fact, offer_id, status, reason)
        if status == "ENDED":
            offers.remove_documents(unit, offer_id)
        else:
            offers.remove_document_after(unit, offer_id)


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
