"""What the share dialog and the shares page show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from leaddesk.contract.ids import MarketId, ShareRequestId
from leaddesk.contract.markets import DisclosedDocument
from leaddesk.contract.sharing import ShareStatus


@dataclass(frozen=True, slots=True)
class MarketChoice:
    """One market to pick."""

    market_id: MarketId
    name: str
    partners: int
    window: timedelta
    approval: bool


@dataclass(frozen=True, slots=True)
class PreviewState:
    """Exactly what partners would see, made by the server with the code that freezes it later."""

    before: DisclosedDocument
    after: DisclosedDocument
    visible_before: tuple[str, ...]
    added_after: tuple[str, ...]
    stays: tuple[str, ...]
    notes: int


@dataclass(frozen=True, slots=True)
class ShareDialogState:
    """``preview`` is None while it loads or, with a ``problem``, when it could not be made; input is kept.

    ``busy`` from the press until it is known what became of it.
    """

    name: str
    subtitle: tuple[str, ...]
    markets: tuple[MarketChoice, ...]
    chosen: MarketId | None = None
    preview: PreviewState | None = None
    busy: bool = False
    problem: str | None = None

    def market(self) -> MarketChoice | None:
        """Return the market that is picked."""
        return next((market for market in self.markets if market.market_id == self.chosen), None)


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One own request on the shares page."""

    share_request_id: ShareRequestId
    lead_id: str
    name: str
    title: str
    place: str
    market: str
    status: ShareStatus
    requested_at: datetime
    reason: str
    decided_by: str | None = None
    decision_reason: str | None = None


@dataclass(frozen=True, slots=True)
class SharesState:
    """The page of own requests, newest first; ``busy`` are those being taken back."""

    now: datetime
    lines: tuple[ShareLine, ...] = ()
    busy: frozenset[str] = frozenset()
