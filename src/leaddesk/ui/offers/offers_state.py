"""What the offers page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from leaddesk.contract.ids import OfferId
from leaddesk.contract.markets import DisclosedDocument
from leaddesk.contract.offers import OfferStatus

DECLINE_REASONS = ("capacity", "distance", "range", "other")

_LATE = timedelta(minutes=15)
_LATE_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class OfferCardState:
    """One open offer. ``pending`` = accepted or declined here, the answer is not known yet."""

    offer_id: OfferId
    document: DisclosedDocument
    owner: str
    market: str
    offered_at: datetime
    deadline_at: datetime
    pending: bool = False
    problem: str | None = None

    def left(self, now: datetime) -> timedelta:
        """Return the time left, never negative."""
        return max(self.deadline_at - now, timedelta())

    def share_left(self, now: datetime) -> float:
        """Return the part of the window that is left, 0 to 1."""
        window = self.deadline_at - self.offered_at
        return self.left(now) / window if window > timedelta() else 0.0

    def is_late(self, now: datetime) -> bool:
        """Return whether little is left: under 15 minutes or a fifth (notes.md, "Offer card")."""
        return self.left(now) < _LATE or self.share_left(now) < _LATE_SHARE


@dataclass(frozen=True, slots=True)
class PastOffer:
    """One offer that is decided or over."""

    offer_id: OfferId
    status: OfferStatus
    title: str
    at: datetime
    lead_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class OffersState:
    """Open offers by nearest deadline, then what became of the last ones."""

    now: datetime
    open: tuple[OfferCardState, ...] = ()
    past: tuple[PastOffer, ...] = ()
