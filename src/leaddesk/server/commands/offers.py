"""Deciding on an offer: asked in the partner's log, decided in the owner's, told back by the relay.

The owner's stream is where exactly one acceptance wins; the partner's log only remembers which of its
members asked. Both halves may be repeated, so a crash in between heals when the request is sent again.
"""

from collections.abc import Callable

from leaddesk.contract.ids import CommissionId, LeadId, OfferId, Urn, sales_partner_urn
from leaddesk.contract.problems import ProblemType
from leaddesk.server.commands.office import Office, Order, perform, persistently
from leaddesk.server.commands.relay import settle
from leaddesk.server.domain import offering as rules
from leaddesk.server.domain.events import AcceptanceAsked, BrokerageStarted, CommissionStarted, Event
from leaddesk.server.domain.lead import LeadState
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.projections.leads import append_to_lead, load_lead
from leaddesk.server.projections.offers import OfferRow, find_offer, fold_offer, store_offer
from leaddesk.server.projections.shares import store_deadlines

Decide = Callable[[LeadState], list[Event]]


def accept_offer(office: Office, order: Order, offer_id: str) -> Receipt:
    """Win the lead for the caller's firm. Raises ``Refused`` (offer ended) if another was quicker."""

    def work(unit: Unit) -> Receipt:
        offer = _open(unit, offer_id)
        stamp = Stamp(office.now(), order.caller.urn, TENANT_KEY)
        version = unit.version_of(offer_id)
        for recorded in unit.append(offer_id, version, [AcceptanceAsked(OfferId(offer_id))], stamp):
            offer = fold_offer(unit, offer, recorded)
        store_offer(unit, offer)
        return Receipt(200, (offer_id,), offer.lead_id)

    def decide(state: LeadState) -> list[Event]:
        return rules.decide_acceptance(
            state, offer_id, office.now(), lambda started: _start(office, started, offer_id)
        )

    receipt = perform(office, order, work)
    offer = _decide(office, order, offer_id, "ACCEPTED", decide)
    if offer.asked_by != order.caller.urn:
        raise Refused(ProblemType.OFFER_ENDED)
    return receipt


def decline_offer(office: Office, order: Order, offer_id: str, reason: str) -> Receipt:
    """Say no; the owner learns the reason, never the person."""

    def work(unit: Unit) -> Receipt:
        return Receipt(200, (offer_id,), _open(unit, offer_id).lead_id)

    def decide(state: LeadState) -> list[Event]:
        return rules.decide_decline(state, offer_id, reason, office.now())

    receipt = perform(office, order, work)
    _decide(office, order, offer_id, "DECLINED", decide)
    return receipt


def _open(unit: Unit, offer_id: str) -> OfferRow:
    offer = find_offer(unit, offer_id)
    if offer.status != "OPEN":
        raise Refused(ProblemType.OFFER_ENDED)
    return offer


def _decide(office: Office, order: Order, offer_id: str, wished: str, decide: Decide) -> OfferRow:
    """Take the decision in the owner's log (nothing if it stands already) and read what came back."""
    log = office.log.for_tenant(order.scope)
    with log.reading() as unit:
        offer = find_offer(unit, offer_id)
    owner = Scope(offer.owner_id)
    persistently(lambda: _append_at_owner(office, owner, offer, wished, decide))
    settle(office, owner)
    with log.reading() as unit:
        return find_offer(unit, offer_id)


def _append_at_owner(office: Office, owner: Scope, offer: OfferRow, wished: str, decide: Decide) -> None:
    with office.log.for_tenant(owner).writing() as unit:
        state = _offered_lead(unit, LeadId(offer.lead_id))
        statuses = state.brokerage.statuses if state.brokerage else {}
        if statuses.get(offer.offer_id) == wished:
            return
        state = append_to_lead(unit, state, decide(state), office.now(), _firm(state, offer.offer_id))
        store_deadlines(unit, state)


def _offered_lead(unit: Unit, lead_id: LeadId) -> LeadState:
    try:
        return load_lead(unit, lead_id)
    except Refused as erased:
        raise Refused(ProblemType.OFFER_ENDED) from erased


def _firm(state: LeadState, offer_id: str) -> Urn:
    """Name the partner as the originator in the owner's log: the firm, never the person."""
    recipients = state.brokerage.started.recipients if state.brokerage else []
    return next(sales_partner_urn(r.sales_partner_id) for r in recipients if r.offer_id == offer_id)


def _start(office: Office, started: BrokerageStarted, offer_id: str) -> CommissionStarted:
    firm = next(r.sales_partner_id for r in started.recipients if r.offer_id == offer_id)
    pipeline = started.pipeline
    commission_id = CommissionId(office.new_id())
    return CommissionStarted(commission_id, sales_partner_urn(firm), pipeline, pipeline.steps[0])
