"""Offering a lead on a market: what an approved request and ``POST /markets/{id}/brokerages`` both begin."""

from collections.abc import Collection
from datetime import timedelta

from leaddesk.contract.ids import BrokerageId, OfferId, TenantId, Urn
from leaddesk.contract.markets import Market
from leaddesk.contract.people import Right
from leaddesk.contract.wire import format_time
from leaddesk.server.commands.leads import pipeline_of
from leaddesk.server.commands.office import Office, Order, perform, visible_lead
from leaddesk.server.commands.relay import settle
from leaddesk.server.domain.documents import freeze
from leaddesk.server.domain.events import BrokerageStarted, Recipient, ShareRequested
from leaddesk.server.domain.lead import LeadState
from leaddesk.server.domain.offering import first_turn
from leaddesk.server.domain.partners.partnership import Partnership
from leaddesk.server.domain.refusal import forbidden, invalid, not_found
from leaddesk.server.domain.sharing import check_free
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.identity.caller import Caller
from leaddesk.server.projections import references
from leaddesk.server.projections.leads import append_to_lead
from leaddesk.server.projections.partners.records import all_partners
from leaddesk.server.projections.shares import store_deadlines


def offer_on_market(office: Office, order: Order, market_id: str, lead_id: str) -> Receipt:
    """Offer a lead to every active partner of a market, without a request; the receipt names the brokerage.

    Where the market asks for approval, people ask for it (share requests): only an API key that an admin gave
    the right to assign may offer without (docs/adr/0023). Raises ``Refused``: not found for the market or the
    lead; forbidden; already offered; invalid for a market without an active partner.
    """

    def work(unit: Unit) -> Receipt:
        market = find_market(unit, market_id)
        if market is None:
            raise not_found()
        state = visible_lead(unit, order.caller, lead_id)
        if market.approval_required and not _decides_alone(order.caller):
            raise forbidden()
        check_free(state)
        started = brokerage_on(office, unit, state, market, order.caller.urn)
        state = append_to_lead(unit, state, [started, *first_turn(started)], office.now(), order.caller.urn)
        store_deadlines(unit, state)
        return Receipt(201, (started.brokerage_id,), lead_id)

    receipt = perform(office, order, work)
    settle(office, order.scope)
    return receipt


def brokerage_on(
    office: Office,
    unit: Unit,
    state: LeadState,
    market: Market,
    decided_by: Urn,
    asked: ShareRequested | None = None,
) -> BrokerageStarted:
    """Freeze both documents and name who gets an offer. Raises ``Refused`` (invalid) if nobody does."""
    fields, only = (asked.fields, asked.sales_partner_ids) if asked is not None else (None, None)
    frozen = freeze(state.row, market.visibility, fields, market.name)
    return BrokerageStarted(
        BrokerageId(office.new_id()),
        market.market_id,
        market.name,
        pipeline_of(unit, market.sales_pipeline_id),
        format_time(office.clock() + timedelta(seconds=market.response_window_seconds)),
        decided_by,
        [_recipient(office, partner) for partner in reachable_partners(unit, only)],
        frozen.before,
        frozen.after,
        market.distribution == "one-after-another",
        market.response_window_seconds,
    )


def find_market(unit: Unit, market_id: str) -> Market | None:
    """Return a market of the tenant."""
    doc = references.one_of(unit, references.MARKET, market_id)
    return None if doc is None else Market.model_validate_json(doc)


def reachable_partners(unit: Unit, only: Collection[str] | None = None) -> list[Partnership]:
    """Return the partners an offer reaches, in their order, or some of them.

    Raises ``Refused`` (invalid) if there is none, or one of ``only`` cannot be reached.
    """
    found = [partner for partner in all_partners(unit) if partner.reachable]
    if only is not None:
        found = [partner for partner in found if partner.sales_partner_id in only]
        if len(found) != len(set(only)) or not only:
            raise invalid("salesPartnerIds", "active sales partners of the tenant")
    if not found:
        raise invalid("marketId", "a market with at least one active partner")
    return found


def _recipient(office: Office, partner: Partnership) -> Recipient:
    tenant = TenantId(str(partner.tenant_id))
    return Recipient(OfferId(office.new_id()), partner.sales_partner_id, tenant, partner.name)


def _decides_alone(caller: Caller) -> bool:
    return caller.is_machine and caller.may(Right.LEAD_ASSIGN)
