"""Tells of a new offer wherever the person is: a toast with a way to the page, without contact data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from leaddesk.ui.kit.phrases import clock_time
from leaddesk.ui.kit.pieces.marks import Tone
from leaddesk.ui.kit.wording import text

if TYPE_CHECKING:
    from leaddesk.contract.offers import Offer
    from leaddesk.desk.desk import Desk
    from leaddesk.ui.kit.presenting.surroundings import Surroundings

SECONDS = 20


class OfferAlerts:
    """Lives as long as the session, not as long as the page."""

    def __init__(self, desk: Desk, around: Surroundings, show_offers: Callable[[], None]) -> None:
        self._around, self._show_offers = around, show_offers
        self._subscription = desk.offers.arrived.subscribe(self._arrived)

    def close(self) -> None:
        """Stop telling; idempotent."""
        self._subscription.close()

    def _arrived(self, offer: Offer) -> None:
        from leaddesk.ui.kit.pieces.document import document_title

        what = "" if offer.document is None else document_title(offer.document)
        self._around.toasts.show_toast(
            text("offers.new", until=clock_time(offer.deadline_at)),
            detail=what,
            actions=[(text("offers.show"), self._show_offers)],
            seconds=SECONDS,
            tone=Tone.ACCENT,
        )
