"""What happens to a lead on its way to partners, in the owner's log: requests, approvals, brokerages."""

from leaddesk.contract.ids import BrokerageId, CommissionId, MarketId, ShareRequestId, Urn
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
    """The lead is offered to every active partner at once; both documents are frozen in here."""

    brokerage_id: BrokerageId
    market_id: MarketId
    market_name: str
    pipeline: Steps
    deadline_at: str
    decided_by: Urn
    recipients: list[Recipient]
    before: Document
    after: Granted


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
