"""From a stream of events to the state of a lead: the only place that knows which event changes what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from leaddesk.contract.ids import LeadId
from leaddesk.server.domain import events as e
from leaddesk.server.domain import lead, offering, sharing
from leaddesk.server.domain.lead import LeadState, Recorded
from leaddesk.server.domain.refusal import not_found

Evolve = Callable[[LeadState, Recorded, Any], LeadState]

EVOLVE: Mapping[type[e.Event], Evolve] = {
    e.FieldsChanged: lead.on_fields_changed,
    e.StepChanged: lead.on_step,
    e.StepReported: lead.on_step,
    e.CommissionStarted: lead.on_commission_started,
    e.ResponsibleChanged: lead.on_responsible_changed,
    e.CommissionClosed: lead.on_commission_closed,
    e.ClosingReported: lead.on_closing_reported,
    e.ShareRequested: sharing.on_requested,
    e.ShareApproved: sharing.on_approved,
    e.ShareRejected: sharing.on_rejected,
    e.ShareWithdrawn: sharing.on_withdrawn,
    e.ShareExpired: sharing.on_expired,
    e.BrokerageStarted: offering.on_brokerage_started,
    e.OfferExtended: offering.on_extended,
    e.InterestReported: offering.on_interest,
    e.BrokerageFailed: offering.on_brokerage_failed,
    e.LeadAssignedDirectly: sharing.on_assigned,
    e.OfferAccepted: offering.on_offer("ACCEPTED"),
    e.OfferDeclined: offering.on_offer("DECLINED"),
    e.OfferMissed: offering.on_offer("MISSED"),
    e.OfferEnded: offering.on_offer("ENDED"),
}


def evolve(state: LeadState, recorded: Recorded) -> LeadState:
    """Fold one event; kinds that change no state (notes) only count the version."""
    fold = EVOLVE.get(type(recorded.event))
    after = fold(state, recorded, recorded.event) if fold else state
    return replace(after, version=recorded.version)


def fold(lead_id: LeadId, stream: Sequence[Recorded]) -> LeadState:
    """Fold a whole stream, an own lead's or a granted one's. Raises ``Refused`` (not found) if empty."""
    if not stream:
        raise not_found()
    # A lead that is granted anew, after its grant was closed, begins anew.
    grants = [place for place, recorded in enumerate(stream) if isinstance(recorded.event, e.LeadReceived)]
    stream = stream[grants[-1] :] if grants else stream
    state = lead.received(lead_id, stream[0]) if grants else lead.created(stream[0])
    for recorded in stream[1:]:
        state = evolve(state, recorded)
    return state
