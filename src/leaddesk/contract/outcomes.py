"""How work on a lead ends: closing a commission, rating a partner, and what became of its brokerages."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from leaddesk.contract.ids import BrokerageId, OfferId, SalesPartnerId
from leaddesk.contract.wire import Timestamp, WireModel, WireRequest


class Outcome(StrEnum):
    """What came of a commission. Further codes of the server say that it ended without having been closed."""

    WON = "WON"
    LOST = "LOST"
    NOT_REACHED = "NOT_REACHED"
    NO_DEMAND = "NO_DEMAND"
    OTHER = "OTHER"


class CloseRequest(WireRequest):
    """``POST /leads/{id}/commission/close``; the reason stays with the firm that writes it."""

    outcome: Outcome
    reason: Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True)] = ""


class RatingRequest(WireRequest):
    """``POST /leads/{id}/commission/rating``: the owner's, of the partner that had the lead."""

    stars: Annotated[int, Field(strict=True, ge=1, le=5)]
    text: Annotated[str, StringConstraints(max_length=2_000, strip_whitespace=True)] = ""


class BrokerageStatus(StrEnum):
    """RUNNING: somebody may still accept, now or when its turn comes."""

    RUNNING = "RUNNING"
    ACCEPTED = "ACCEPTED"
    FAILED = "FAILED"


class BrokerageOffer(WireModel):
    """One partner's chance. ``offeredAt`` is absent while its turn has not come (WAITING)."""

    offer_id: OfferId
    sales_partner_id: SalesPartnerId
    name: str
    status: str
    offered_at: Timestamp | None = None
    deadline_at: Timestamp | None = None
    decided_at: Timestamp | None = None
    reason: str | None = None
    still_interested: bool = False


class BrokerageDetail(WireModel):
    """``GET /leads/{id}/brokerages``, newest first: to whom the lead was offered and what each said."""

    brokerage_id: BrokerageId
    market_name: str
    started_at: Timestamp
    status: BrokerageStatus
    offers: list[BrokerageOffer]
