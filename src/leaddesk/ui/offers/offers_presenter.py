"""Runs the offers page: cards as they come and go, a tick a second, one decision a card."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from leaddesk.contract.ids import OfferId
from leaddesk.contract.markets import DisclosedDocument
from leaddesk.contract.offers import Offer, OfferStatus
from leaddesk.desk.desk import Desk
from leaddesk.desk.outbox import OutboxChange
from leaddesk.desk.outcomes import Outcome, Unknown
from leaddesk.personal.masked import Personal
from leaddesk.ui.kit.pieces.document import document_title
from leaddesk.ui.kit.presenting.amounts import shown_document
from leaddesk.ui.kit.presenting.outcome_words import sentence
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text
from leaddesk.ui.offers.offers_state import OfferCardState, OffersState, PastOffer
from leaddesk.ui.offers.offers_view import OffersView

PAST_SHOWN = 12
TICK_MS = 1_000


class OffersPresenter:
    """Shows the offers of the tenant.

    Invariant: a card whose answer is awaited, here or by the outbox, is not decided a second time.
    """

    def __init__(self, view: OffersView, desk: Desk, around: Surroundings) -> None:
        self._view, self._desk, self._around = view, desk, around
        self._tasks = TaskScope(around.on_error)
        self._problems: dict[str, str] = {}
        self._subscriptions = (
            desk.offers.changed.subscribe(self._changed),
            desk.outbox.changed.subscribe(self._outbox_changed),
        )
        self._timer = QTimer(view)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        view.accept_requested.connect(self._accept)
        view.decline_requested.connect(self._decline)
        self._render()

    def close(self) -> None:
        """Stop hearing, ticking and working; idempotent."""
        self._timer.stop()
        self._tasks.close()
        for subscription in self._subscriptions:
            subscription.close()

    def _changed(self, _: None) -> None:
        self._render()

    def _outbox_changed(self, change: OutboxChange) -> None:
        if set(change.subjects) & {offer.offer_id for offer in self._desk.offers.all()}:
            self._render()

    def _tick(self) -> None:
        if self._view.isVisible():
            self._view.tick(self._around.clock())

    def _render(self) -> None:
        now = self._around.clock()
        offers = self._desk.offers.all()
        cards = tuple(self._card(offer) for offer in offers if offer.status is OfferStatus.OPEN)
        past = tuple(_past(offer) for offer in offers if offer.status is not OfferStatus.OPEN)
        still_open = {card.offer_id for card in cards}
        self._problems = {key: words for key, words in self._problems.items() if key in still_open}
        self._view.render_state(OffersState(now, cards, past[:PAST_SHOWN]))

    def _card(self, offer: Offer) -> OfferCardState:
        return OfferCardState(
            offer_id=offer.offer_id,
            document=shown_document(offer.document or DisclosedDocument(title=offer.market_name, fields=[])),
            owner=offer.owner_name,
            market=offer.market_name,
            offered_at=offer.offered_at,
            deadline_at=offer.deadline_at,
            pending=any(
                entry.under_way for entry in self._desk.outbox.entries() if entry.subject == offer.offer_id
            ),
            problem=self._problems.get(offer.offer_id),
        )

    def _accept(self, offer_id: str) -> None:
        self._tasks.once(offer_id, lambda: self._send_accept(OfferId(offer_id)))

    async def _send_accept(self, offer_id: OfferId) -> None:
        self._problems.pop(offer_id, None)
        outcome = await self._desk.offers.accept(offer_id)
        await self._settle(offer_id, outcome, text("offers.accepted_toast"))

    def _decline(self, offer_id: str, reason: str) -> None:
        self._tasks.once(offer_id, lambda: self._send_decline(OfferId(offer_id), Personal(reason)))

    async def _send_decline(self, offer_id: OfferId, reason: Personal[str]) -> None:
        self._problems.pop(offer_id, None)
        outcome = await self._desk.offers.decline(offer_id, reason)
        await self._settle(offer_id, outcome, text("offers.declined_toast"))

    async def _settle(self, offer_id: OfferId, outcome: Outcome[Offer], done: str) -> None:
        self._tell(offer_id, outcome, done)
        if isinstance(outcome, Unknown):
            self._tell(offer_id, await self._desk.outbox.settled(outcome.entry_id), done)

    def _tell(self, offer_id: OfferId, outcome: Outcome[Offer], done: str) -> None:
        words = sentence(outcome)
        self._problems.pop(offer_id, None)
        if words is not None:
            self._problems[offer_id] = words
        self._around.toasts.show_toast(words or done)
        self._render()


def _past(offer: Offer) -> PastOffer:
    title = offer.market_name if offer.document is None else document_title(offer.document)
    return PastOffer(
        offer.offer_id,
        offer.status,
        title,
        offer.decided_at or offer.deadline_at,
        offer.lead_id,
        offer.decline_reason,
    )
