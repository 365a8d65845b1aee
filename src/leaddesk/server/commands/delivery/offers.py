"""Offers on their way: to every partner of a brokerage, to the winner as a lead, and back to their end."""

from typing import Any

from leaddesk.contract.ids import LeadId, TenantId, Urn, sales_partner_urn, tenant_urn
from leaddesk.server.commands.delivery.fact import (
    Fact,
    begin_granted,
    close_offer,
    known_lead,
    recipient_of,
)
from leaddesk.server.domain import events as e
from leaddesk.server.domain.offering import recipient_of as recipient_in
from leaddesk.server.eventlog.log import EventLog, Stamp, TenantLog
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.projections import offers
from leaddesk.server.projections.leads import append_to_lead


def offer_everyone(log: EventLog, _source: TenantLog, fact: Fact) -> None:
    """``BrokerageStarted`` → an offer to each partner, unless they have it one after another."""
    started = fact.event
    if isinstance(started, e.BrokerageStarted) and not started.one_after_another:
        for recipient in started.recipients:
            _offer(log, fact, started, recipient, started.deadline_at)


def offer_next(log: EventLog, source: TenantLog, fact: Fact) -> None:
    """``OfferExtended`` → an offer to the partner whose turn has come."""
    event, started = fact.event, _brokerage_of(source, fact)
    if isinstance(event, e.OfferExtended) and started is not None:
        _offer(log, fact, started, recipient_in(started, event.offer_id), event.deadline_at)


def _offer(
    log: EventLog, fact: Fact, started: e.BrokerageStarted, recipient: e.Recipient, deadline_at: str
) -> None:
    """Hand an offer and both documents to one partner."""
    with recipient_of(log, recipient.tenant_id, fact) as unit:
        if unit is None:
            return
        came = e.OfferReceived(
            recipient.offer_id,
            fact.source,
            LeadId(fact.stream_id),
            started.brokerage_id,
            started.market_name,
            deadline_at,
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
        if unit is None or not offers.knows_offer(unit, offer_id):
            return  # delivered before, or a turn that never came
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
    return recipient_in(started, offer_id).tenant_id


def report_interest(log: EventLog, source: TenantLog, fact: Fact) -> None:
    """``InterestShown`` → the owner's ``InterestReported``, as long as the lead is there."""
    event = fact.event
    if not isinstance(event, e.InterestShown):
        return
    with source.reading() as unit:
        offer = offers.find_offer(unit, event.offer_id)
    with recipient_of(log, offer.owner_id, fact) as unit:
        state = known_lead(unit, offer.lead_id) if unit is not None else None
        if unit is None or state is None or state.brokerage is None:
            return
        if event.offer_id in state.brokerage.statuses:
            firm = recipient_in(state.brokerage.started, event.offer_id).sales_partner_id
            append_to_lead(
                unit, state, [e.InterestReported(event.offer_id)], fact.at, sales_partner_urn(firm)
            )
