"""What happens to an offer: its ends in the owner's log, and all of it in the partner's."""

from leaddesk.contract.ids import BrokerageId, CommissionId, LeadId, OfferId, TenantId, Urn
from leaddesk.server.domain.facts.base import Event
from leaddesk.server.domain.facts.parts import Steps


class OfferAccepted(Event, frozen=True):
    """Exactly one partner wins."""

    offer_id: OfferId
    commission_id: CommissionId


class OfferDeclined(Event, frozen=True):
    """A partner said no; the reason crosses, the person does not."""

    offer_id: OfferId
    reason: str


class OfferMissed(Event, frozen=True):
    """The deadline passed."""

    offer_id: OfferId


class OfferEnded(Event, frozen=True):
    """Another partner was quicker."""

    offer_id: OfferId


class OfferReceived(Event, frozen=True):
    """In the partner's log: a chance with a deadline. Ids and firm's words only, the document lies apart."""

    offer_id: OfferId
    owner_id: TenantId
    lead_id: LeadId
    brokerage_id: BrokerageId
    market_name: str
    deadline_at: str


class AcceptanceAsked(Event, frozen=True):
    """In the partner's log, before the owner's log decides: who wants it. The actor is the member."""

    offer_id: OfferId


class InterestShown(Event, frozen=True):
    """In the partner's log: the deadline has passed, the wish has not."""

    offer_id: OfferId


class OfferClosed(Event, frozen=True):
    """In the partner's log: the offer's end, as the owner's log has it.

    ``reason`` is sealed once more, under the owner's key of the offer: it may speak of the prospect, and so
    must die with the lead (measure A9).
    """

    offer_id: OfferId
    status: str
    reason: bytes | None = None


class LeadReceived(Event, frozen=True):
    """In the partner's log, the first event of the granted lead's stream: a right to read, not a copy."""

    offer_id: OfferId
    owner_id: TenantId
    brokerage_id: BrokerageId
    commission_id: CommissionId
    responsible: Urn
    pipeline: Steps
    step: str


class LeadWithdrawn(Event, frozen=True):
    """In the partner's log: the owner erased the lead, the right to read is gone."""


class GrantEnded(Event, frozen=True):
    """In the partner's log: the right to read ended with the partnership; the lead is not gone, and may
    come back.
    """
