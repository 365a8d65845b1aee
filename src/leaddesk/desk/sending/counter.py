"""The counter where entries leave and answers come back: the outbox's way to server and store."""

from __future__ import annotations

from leaddesk.api.client import ApiClient
from leaddesk.contract.leads import Lead
from leaddesk.desk.mirror.touched import LeadTouched
from leaddesk.desk.sending.answers import Answers
from leaddesk.desk.sending.dispatch import send
from leaddesk.desk.sending.entries import Entry
from leaddesk.desk.sending.stale import settle_stale
from leaddesk.store.store import Store
from leaddesk.store.topics import Topic


class Counter:
    """Implements :class:`~leaddesk.desk.sending.post.Post`."""

    def __init__(self, client: ApiClient, store: Store, touched: Topic[LeadTouched]) -> None:
        self._client = client
        self._store = store
        self._answers = Answers(client, store, touched)

    async def send(self, entry: Entry) -> object:
        """Send and return the answer."""
        return await send(self._client, entry)

    async def take(self, entry: Entry, answer: object) -> None:
        """Apply a confirmed answer."""
        await self._answers.take(entry, answer)

    async def settle_stale(self, entry: Entry) -> tuple[Entry, Lead]:
        """Decide about a step on a lead that changed meanwhile."""
        return await settle_stale(self._client, self._store, entry)
