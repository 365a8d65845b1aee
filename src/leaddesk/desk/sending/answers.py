"""What a confirmed mutation changes here, before its overlay is taken away."""

from __future__ import annotations

from leaddesk.api.client import ApiClient
from leaddesk.api.errors import ApiError
from leaddesk.api.lead_rows import read_row
from leaddesk.contract.ids import LeadId
from leaddesk.contract.leads import Lead
from leaddesk.contract.offers import Offer
from leaddesk.contract.sharing import ShareRequest
from leaddesk.desk.mirror.touched import LeadTouched, Touch, row_of
from leaddesk.desk.sending.entries import Entry, Kind
from leaddesk.store.store import Store
from leaddesk.store.topics import Topic


class Answers:
    """Takes answers into the store. The push of the same change finds it known already."""

    def __init__(self, client: ApiClient, store: Store, touched: Topic[LeadTouched]) -> None:
        self._client = client
        self._store = store
        self._touched = touched

    async def take(self, entry: Entry, answer: object) -> None:
        """Apply what was confirmed; for an accepted offer the new lead is read too."""
        match answer:
            case Lead():
                self._store.leads.upsert(row_of(answer))
                self._touch(entry.subject, Touch.LEAD)
            case ShareRequest():
                self._store.shares.upsert(answer)
                self._touch(answer.lead_id, Touch.LEAD)
            case Offer():
                self._store.offers.upsert(answer)
                await self._take_accepted(answer)
        if entry.kind is Kind.NOTE:
            self._touch(entry.subject, Touch.NOTES)
        if entry.kind is Kind.DELETE:
            self._store.leads.remove(LeadId(entry.subject))
            self._touch(entry.subject, Touch.GONE)

    async def _take_accepted(self, offer: Offer) -> None:
        if offer.lead_id is None:
            return
        try:
            self._store.leads.upsert(await read_row(self._client, offer.lead_id))
        except ApiError:
            return  # the push brings it

    def _touch(self, lead_id: str, what: Touch) -> None:
        self._touched.publish(LeadTouched(LeadId(lead_id), what))
