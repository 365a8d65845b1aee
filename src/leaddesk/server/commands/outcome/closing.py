"""Closing the running commission of a lead, and rating the partner that had it."""

from leaddesk.contract.outcomes import CloseRequest, RatingRequest
from leaddesk.server.commands.office import Office, Order, perform, visible_lead
from leaddesk.server.commands.relay import settle
from leaddesk.server.domain.lead import decide_closing, decide_rating
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.projections.leads import append_to_lead


def close_commission(
    office: Office, order: Order, lead_id: str, wanted: CloseRequest, seen_serial: int | None
) -> Receipt:
    """Close with an outcome; of a granted lead the relay tells the owner the outcome, never the reason.

    Raises ``Refused`` as ``decide_closing`` does.
    """

    def work(unit: Unit) -> Receipt:
        state = visible_lead(unit, order.caller, lead_id)
        events = decide_closing(state, wanted.outcome, wanted.reason, seen_serial)
        append_to_lead(unit, state, events, office.now(), order.caller.urn)
        return Receipt(200, (lead_id,), lead_id)

    receipt = perform(office, order, work)
    settle(office, order.scope)
    return receipt


def rate_commission(office: Office, order: Order, lead_id: str, wanted: RatingRequest) -> Receipt:
    """Rate the partner that had the lead; the rating stays in the house. May be said anew.

    Raises ``Refused`` as ``decide_rating`` does.
    """

    def work(unit: Unit) -> Receipt:
        state = visible_lead(unit, order.caller, lead_id)
        events = decide_rating(state, wanted.stars, wanted.text)
        append_to_lead(unit, state, events, office.now(), order.caller.urn)
        return Receipt(204, (lead_id,), lead_id)

    return perform(office, order, work)
