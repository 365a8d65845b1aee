"""The outbox's way to server and store, as a shape."""

from __future__ import annotations

from typing import Protocol

from leaddesk.contract.leads import Lead
from leaddesk.desk.sending.entries import Entry


class Post(Protocol):
    """How entries leave the house; see ``desk.sending``."""

    async def send(self, entry: Entry) -> object:
        """Send and return the answer."""
        ...

    async def take(self, entry: Entry, answer: object) -> None:
        """Apply a confirmed answer to the store."""
        ...

    async def settle_stale(self, entry: Entry) -> tuple[Entry, Lead]:
        """Decide about a step on a lead that changed meanwhile."""
        ...
