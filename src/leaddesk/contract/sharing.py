"""Share requests: a rep asks to offer a lead on a market, an admin decides (four eyes)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from leaddesk.contract.ids import BrokerageId, LeadId, MarketId, SalesPartnerId, ShareRequestId, Urn
from leaddesk.contract.markets import SharePreview
from leaddesk.contract.patterns import SAID
from leaddesk.contract.wire import Timestamp, WireModel, WireRequest

Reason = Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True)]


class ShareStatus(StrEnum):
    """The life of a share request."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"


class ShareRequest(WireModel):
    """``GET /share-requests``. ``title`` and ``place`` name the lead as the list does."""

    share_request_id: ShareRequestId
    serial: int
    lead_id: LeadId
    lead_name: str
    title: str
    place: str | None = None
    market_id: MarketId
    market_name: str
    status: ShareStatus
    fields: list[str] | None = None
    reason: str = ""
    requested_by: Urn
    requested_by_name: str
    requested_at: Timestamp
    expires_at: Timestamp
    decided_by: Urn | None = None
    decided_by_name: str | None = None
    decided_at: Timestamp | None = None
    decision_reason: str | None = None
    brokerage_id: BrokerageId | None = None


class ShareRequestDetail(WireModel):
    """``GET /share-requests/{id}``: the request and, while PENDING, what would leave the house."""

    request: ShareRequest
    preview: SharePreview | None = None


class CreateShareRequest(WireRequest):
    """``POST /share-requests``; ``fields`` narrows the market's rule, never widens it.

    ``salesPartnerIds`` narrows to whom it is offered: recycling a lead among those still interested.
    """

    lead_id: LeadId
    market_id: MarketId
    fields: list[str] | None = None
    sales_partner_ids: Annotated[list[SalesPartnerId], Field(min_length=1, max_length=1000)] | None = None
    reason: Reason = ""


class ApproveRequest(WireRequest):
    """``POST /share-requests/{id}/approve``: the lead serial the admin saw; stale → 409."""

    lead_serial: int


class RejectRequest(WireRequest):
    """``POST /share-requests/{id}/reject``."""

    reason: Annotated[
        str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True, pattern=SAID)
    ]
