"""Sharing a lead on a market: request, approve, reject, withdraw (measures A10, A13, A17)."""

from collections.abc import Callable
from datetime import timedelta

from leaddesk.contract.ids import MarketId, ShareRequestId
from leaddesk.contract.markets import Market
from leaddesk.contract.sharing import CreateShareRequest
from leaddesk.contract.wire import format_time
from leaddesk.server.commands.office import Office, Order, perform, visible_lead
from leaddesk.server.commands.partners.brokerages import brokerage_on, find_market, reachable_partners
from leaddesk.server.commands.relay import settle
from leaddesk.server.domain import sharing as rules
from leaddesk.server.domain.events import (
    Event,
    ShareApproved,
    ShareRejected,
    ShareRequested,
)
from leaddesk.server.domain.lead import LeadState, Share
from leaddesk.server.domain.offering import first_turn
from leaddesk.server.domain.refusal import invalid, not_found
from leaddesk.server.domain.visibility import may_see
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.projections.leads import append_to_lead, load_lead
from leaddesk.server.projections.shares import store_deadlines, store_share

REQUEST_LIFE = timedelta(days=7)
"""A request nobody decides in a week has expired; the lead may be offered anew."""


Decide = Callable[[Unit, LeadState, Share], list[Event]]


def request_share(office: Office, order: Order, wanted: CreateShareRequest) -> Receipt:
    """Ask to offer a lead; where the market asks for no approval, offer it at once."""

    def work(unit: Unit) -> Receipt:
        state = visible_lead(unit, order.caller, wanted.lead_id)
        market = _market(unit, wanted.market_id)
        asked = ShareRequested(
            ShareRequestId(office.new_id()),
            market.market_id,
            market.name,
            expires_at=format_time(office.clock() + REQUEST_LIFE),
            reason=wanted.reason,
            fields=wanted.fields,
            sales_partner_ids=wanted.sales_partner_ids,
        )
        events = rules.decide_request(state, asked, [rule.label for rule in market.visibility])
        reachable_partners(unit, wanted.sales_partner_ids)
        state = append_to_lead(unit, state, events, office.now(), order.caller.urn)
        if not market.approval_required:
            events = _approval(office, order, unit, state, state.shares[asked.share_request_id])
            state = append_to_lead(unit, state, events, office.now(), order.caller.urn)
        store_share(unit, state, asked.share_request_id)
        store_deadlines(unit, state)
        return Receipt(201, (asked.share_request_id,), wanted.lead_id)

    receipt = perform(office, order, work)
    settle(office, order.scope)
    return receipt


def approve_share(office: Office, order: Order, request_id: str, seen_serial: int) -> Receipt:
    """Let the fields out: freeze both documents and offer the lead to all active partners at once."""

    def decide(unit: Unit, state: LeadState, share: Share) -> list[Event]:
        rules.check_four_eyes(share, order.caller.urn)
        rules.pending(state, request_id, office.now())
        rules.check_seen(state, seen_serial)
        return _approval(office, order, unit, state, share)

    return _decide(office, order, request_id, decide)


def reject_share(office: Office, order: Order, request_id: str, reason: str) -> Receipt:
    """Say no, with a reason."""

    def decide(unit: Unit, state: LeadState, share: Share) -> list[Event]:
        rules.check_four_eyes(share, order.caller.urn)
        rules.pending(state, request_id, office.now())
        return [ShareRejected(share.asked.share_request_id, reason)]

    return _decide(office, order, request_id, decide)


def withdraw_share(office: Office, order: Order, request_id: str) -> Receipt:
    """Take the own request back."""

    def decide(unit: Unit, state: LeadState, share: Share) -> list[Event]:
        return rules.decide_withdrawal(rules.pending(state, request_id, office.now()), order.caller.urn)

    return _decide(office, order, request_id, decide)


def _decide(office: Office, order: Order, request_id: str, decide: Decide) -> Receipt:
    def work(unit: Unit) -> Receipt:
        state = _lead_of(unit, order, request_id)
        events = decide(unit, state, state.shares[request_id])
        state = append_to_lead(unit, state, events, office.now(), order.caller.urn)
        store_share(unit, state, request_id)
        store_deadlines(unit, state)
        return Receipt(200, (request_id,), state.lead_id)

    receipt = perform(office, order, work)
    settle(office, order.scope)
    return receipt


def _lead_of(unit: Unit, order: Order, request_id: str) -> LeadState:
    found = unit.select("SELECT lead_id FROM share_request WHERE tenant_id = ? AND id = ?", request_id)
    if not found:
        raise not_found()
    state, caller = load_lead(unit, found[0][0]), order.caller
    own = state.shares[request_id].requested_by == caller.urn
    if not own and not may_see(caller.sees_all_leads, caller.urn, state.keeper):
        raise not_found()
    return state


def _approval(office: Office, order: Order, unit: Unit, state: LeadState, share: Share) -> list[Event]:
    market = _market(unit, share.asked.market_id)
    started = brokerage_on(office, unit, state, market, order.caller.urn, share.asked)
    approved = ShareApproved(share.asked.share_request_id, started.brokerage_id)
    return [approved, started, *first_turn(started)]


def _market(unit: Unit, market_id: MarketId) -> Market:
    market = find_market(unit, market_id)
    if market is None:
        raise invalid("marketId", "a market of the tenant")
    return market
