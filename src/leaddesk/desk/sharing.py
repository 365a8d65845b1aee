"""A rep's side of sharing: see what partners would see, ask, take back."""

from __future__ import annotations

from pydantic import ValidationError

from leaddesk.api.client import ApiClient
from leaddesk.api.markets import preview_share
from leaddesk.contract.ids import LeadId, MarketId, ShareRequestId
from leaddesk.contract.markets import SharePreview, SharePreviewRequest
from leaddesk.contract.sharing import CreateShareRequest, ShareRequest
from leaddesk.desk.outbox import Outbox
from leaddesk.desk.outcomes import Outcome, Reason, Refused, outcome_of
from leaddesk.desk.sending.entries import Kind, wish
from leaddesk.desk.sign_in import SignIn
from leaddesk.personal.masked import Personal
from leaddesk.store.shelves import ShelfChange
from leaddesk.store.store import Store
from leaddesk.store.topics import Topic


class Sharing:
    """The clerk for one's own share requests."""

    def __init__(self, client: ApiClient, store: Store, outbox: Outbox, sign_in: SignIn) -> None:
        self._client = client
        self._store = store
        self._outbox = outbox
        self._sign_in = sign_in
        self.changed: Topic[None] = Topic()
        store.shares.changes.subscribe(self._tell)

    def requests(self) -> tuple[ShareRequest, ...]:
        """Return one's own requests, newest first."""
        me = self._sign_in.me
        mine = [one for one in self._store.shares.all() if me and one.requested_by == me.person.urn]
        return tuple(sorted(mine, key=lambda one: one.requested_at, reverse=True))

    def of_lead(self, lead_id: LeadId) -> tuple[ShareRequest, ...]:
        """Return the requests for one lead that one may see, newest first."""
        found = [one for one in self._store.shares.all() if one.lead_id == lead_id]
        return tuple(sorted(found, key=lambda one: one.requested_at, reverse=True))

    async def preview(
        self, lead_id: LeadId, market_id: MarketId, fields: tuple[str, ...] | None = None
    ) -> Outcome[SharePreview]:
        """Ask for exactly the documents an approval would freeze."""
        request = SharePreviewRequest(lead_id=lead_id, fields=list(fields) if fields is not None else None)
        return await outcome_of(preview_share(self._client, market_id, request))

    async def share(
        self,
        lead_id: LeadId,
        market_id: MarketId,
        reason: Personal[str],
        fields: tuple[str, ...] | None = None,
    ) -> Outcome[ShareRequest]:
        """Ask to offer a lead on a market. Never queued: nobody should decide on yesterday's wish."""
        try:
            request = CreateShareRequest(
                lead_id=lead_id,
                market_id=market_id,
                reason=reason.reveal(),
                fields=list(fields) if fields is not None else None,
            )
        except ValidationError:
            return Refused(Reason.INVALID, "reason")
        return await self._outbox.perform(wish(Kind.SHARE, lead_id, self._outbox.clock(), request))

    async def withdraw(self, share_request_id: ShareRequestId) -> Outcome[ShareRequest]:
        """Take one's own request back."""
        return await self._outbox.perform(wish(Kind.WITHDRAW, share_request_id, self._outbox.clock()))

    def _tell(self, _change: ShelfChange[ShareRequestId]) -> None:
        self.changed.publish(None)
