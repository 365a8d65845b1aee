"""What happens to a lead on its way to partners, in the owner's log: requests, approvals, brokerages."""

from leaddesk.contract.ids import (
    BrokerageId,
    CommissionId,
    MarketId,
    OfferId,
    SalesPartnerId,
    ShareRequestId,
    Urn,
)
from leaddesk.server.domain.facts.base import Event
from leaddesk.server.domain.facts.parts import Document, Granted, Recipient, Steps


class ShareRequested(Event, frozen=True):
    """A rep asks to offer the lead on a market."""

    share_request_id: ShareRequestId
    market_id: MarketId
    market_name: str
    expires_at: str
    reason: str = ""
    fields: list[str] | None = None
    sales_partner_ids: list[SalesPartnerId] | None = None


class ShareApproved(Event, frozen=True):
    """Four eyes, or the market asks for none; the brokerage starts with it."""

    share_request_id: ShareRequestId
    brokerage_id: BrokerageId


class ShareRejected(Event, frozen=True):
    """An admin said no."""

    share_request_id: ShareRequestId
    reason: str


class ShareWithdrawn(Event, frozen=True):
    """The requester took it back."""

    share_request_id: ShareRequestId


class ShareExpired(Event, frozen=True):
    """Nobody decided in time."""

    share_request_id: ShareRequestId


class BrokerageStarted(Event, frozen=True):
    """The lead is offered to partners, all at once or in this order; both documents are frozen in here.

    ``deadline_at``: of all offers, or of the first; each later one has ``response_seconds`` from its turn on.
    """

    brokerage_id: BrokerageId
    market_id: MarketId
    market_name: str
    pipeline: Steps
    deadline_at: str
    decided_by: Urn
    recipients: list[Recipient]
    before: Document
    after: Granted
    one_after_another: bool = False
    response_seconds: int = 0


class OfferExtended(Event, frozen=True):
    """The turn of the next partner has come; only now it learns of the lead."""

    offer_id: OfferId
    brokerage_id: BrokerageId
    sales_partner_id: SalesPartnerId
    deadline_at: str


class InterestReported(Event, frozen=True):
    """A partner that missed its chance would still like the lead; told by the relay."""

    offer_id: OfferId


class BrokerageFailed(Event, frozen=True):
    """Every partner declined or missed its chance: nobody can accept any more."""

    brokerage_id: BrokerageId


class LeadAssignedDirectly(Event, frozen=True):
    """The owner chose one partner without a market; it reads what is frozen in here from now on.

    ``brokerage_id`` names the key of the document as a market's offer does; no brokerage runs.
    """

    brokerage_id: BrokerageId
    commission_id: CommissionId
    recipient: Recipient
    pipeline: Steps
    decided_by: Urn
    after: Granted
