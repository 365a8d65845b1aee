"""A partner's offers: what is open, until when, accept, decline."""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError

from leaddesk.contract.ids import OfferId
from leaddesk.contract.offers import DeclineRequest, Offer, OfferStatus
from leaddesk.desk.outbox import Outbox
from leaddesk.desk.outcomes import Outcome, Reason, Refused
from leaddesk.desk.sending.entries import Kind, wish
from leaddesk.desk.sync import Sync
from leaddesk.personal.masked import Personal
from leaddesk.store.shelves import ShelfChange
from leaddesk.store.store import Store
from leaddesk.store.topics import Topic


class Offers:
    """The clerk for offers. ``arrived`` is published once for an offer that is pushed while one works."""

    def __init__(self, store: Store, outbox: Outbox, sync: Sync) -> None:
        self._store = store
        self._outbox = outbox
        self._sync = sync
        self.changed: Topic[None] = Topic()
        self.arrived: Topic[Offer] = Topic()
        store.offers.changes.subscribe(self._tell)

    @property
    def receives(self) -> bool:
        """Whether this tenant is a partner of somebody: it was offered something, or has no market itself."""
        return len(self._store.offers) > 0 or (
            self._sync.progress.value.done and not len(self._store.markets)
        )

    def all(self) -> tuple[Offer, ...]:
        """Return open offers by nearest deadline, then the others, newest first."""
        every = self._store.offers.all()
        others = [offer for offer in every if offer.status is not OfferStatus.OPEN]
        return self._open() + tuple(sorted(others, key=lambda offer: offer.offered_at, reverse=True))

    @property
    def open_count(self) -> int:
        """How many can be decided."""
        return len(self._open())

    def nearest_deadline(self) -> datetime | None:
        """Return when the first open offer ends."""
        return next((offer.deadline_at for offer in self._open()), None)

    async def accept(self, offer_id: OfferId) -> Outcome[Offer]:
        """Accept; the new lead's row is in the store when this returns."""
        return await self._outbox.perform(wish(Kind.ACCEPT, offer_id, self._outbox.clock()))

    async def decline(self, offer_id: OfferId, reason: Personal[str]) -> Outcome[Offer]:
        """Decline with a reason; the owner sees it without the person's name."""
        try:
            request = DeclineRequest(reason=reason.reveal())
        except ValidationError:
            return Refused(Reason.INVALID, "reason")
        return await self._outbox.perform(wish(Kind.DECLINE, offer_id, self._outbox.clock(), request))

    def _open(self) -> tuple[Offer, ...]:
        found = [offer for offer in self._store.offers.all() if offer.status is OfferStatus.OPEN]
        return tuple(sorted(found, key=lambda offer: offer.deadline_at))

    def _tell(self, change: ShelfChange[OfferId]) -> None:
        self.changed.publish(None)
        if not self._sync.progress.value.done:
            return
        for offer_id in change.added:
            offer = self._store.offers.get(offer_id)
            if offer is not None and offer.status is OfferStatus.OPEN:
                self.arrived.publish(offer)
