"""Offers: one partner's chance in a brokerage, with a deadline."""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from leaddesk.contract.ids import LeadId, OfferId
from leaddesk.contract.markets import DisclosedDocument
from leaddesk.contract.patterns import SAID
from leaddesk.contract.wire import Timestamp, WireModel, WireRequest


class OfferStatus(StrEnum):
    """ENDED: another partner was quicker, or the owner withdrew or erased the lead."""

    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    MISSED = "MISSED"
    ENDED = "ENDED"


class Offer(WireModel):
    """``GET /offers``: only what is visible before acceptance, until accepted; then ``leadId`` is there.

    ``document`` is absent once the offer ended or the owner erased the lead.
    """

    offer_id: OfferId
    serial: int
    status: OfferStatus
    market_name: str
    owner_name: str
    offered_at: Timestamp
    deadline_at: Timestamp
    document: DisclosedDocument | None = None
    lead_id: LeadId | None = None
    decided_at: Timestamp | None = None
    decline_reason: str | None = None
    still_interested: bool | None = None


class DeclineRequest(WireRequest):
    """``POST /offers/{id}/decline``: the reason goes to the owner, without the person's name."""

    reason: Annotated[
        str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True, pattern=SAID)
    ]
