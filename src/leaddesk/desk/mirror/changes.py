"""Applies what the push names: deletions at once, everything else read anew in small batches."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from leaddesk.api.client import ApiClient
from leaddesk.api.errors import ApiError, Refused
from leaddesk.api.lead_rows import read_row
from leaddesk.api.live import LiveEvent
from leaddesk.api.sharing import read_share_request
from leaddesk.contract.ids import LeadId, ShareRequestId
from leaddesk.contract.live import LiveKind
from leaddesk.desk.mirror.loader import Loader, Reader
from leaddesk.desk.mirror.rules import Rules
from leaddesk.desk.mirror.touched import LeadTouched, Touch
from leaddesk.store.store import Store
from leaddesk.store.topics import Topic

_AT_ONCE = 6
_MANY_SHARES = 8
_NOT_VISIBLE = {403, 404, 410}


class Changes:
    """Collects messages and works them off; what could not be read waits for the next attempt.

    Invariant: a message is forgotten only when it was applied, so that a reconnect loses none.
    """

    def __init__(self, client: ApiClient, store: Store, loader: Loader, rules: Rules) -> None:
        self._client = client
        self._rules = rules
        self._store = store
        self._loader = loader
        self._leads: set[str] = set()
        self._notes: set[str] = set()
        self._shares: set[str] = set()
        self._offers = self._policy = False
        self._history = 0
        self._wake = asyncio.Event()
        self.touched: Topic[LeadTouched] = Topic()

    def note(self, event: LiveEvent) -> None:
        """Take in a message; a lead that is gone is removed before this returns."""
        match event.kind:
            case LiveKind.GONE:
                self._lose(event.subject)
            case LiveKind.LEAD:
                self._leads.add(event.subject)
            case LiveKind.NOTE:
                self._notes.add(event.subject)
            case LiveKind.SHARE_REQUEST:
                self._shares.add(event.subject)
            case LiveKind.OFFER:
                self._offers = True
            case LiveKind.POLICY:
                self._policy = True
        self._wake.set()

    def note_policy(self) -> None:
        """Read the policy anew: it may have changed while nobody listened, and no load brings it."""
        self._policy = True
        self._wake.set()

    def forget(self) -> None:
        """A full load will bring all of it."""
        for held in (self._leads, self._notes, self._shares):
            held.clear()
        self._offers = self._policy = False

    def begin_anew(self) -> None:
        """Trust nothing that is here: the log is another one, restored to before what was heard of it.

        A full load brings what there is, older or not; what was read beside it is read anew.
        """
        self._history += 1
        self.forget()
        self._store.forget_ages()
        self._notes.update(journal.lead_id for journal in self._store.notes.all())
        self._wake.set()

    async def wait(self) -> None:
        """Return when there is something to apply."""
        while not (self._leads or self._notes or self._shares or self._offers or self._policy):
            self._wake.clear()
            await self._wake.wait()

    async def apply(self, reader: Reader) -> None:
        """Apply everything noted. Raises :class:`~leaddesk.api.errors.ApiError`; what is left stays noted."""
        await self._apply_policy(reader)
        await self._apply_leads()
        for lead_id in list(self._notes):
            self._notes.discard(lead_id)
            self._touch(lead_id, Touch.NOTES)
        await self._apply_shares(reader)
        if self._offers:
            self._offers = False
            try:
                await self._loader.load_offers(reader)
            except ApiError:
                self._offers = True
                raise

    async def _apply_policy(self, reader: Reader) -> None:
        """First of all: what is forbidden is not to wait for leads. The core knows no policy."""
        asked, self._policy = self._policy, False
        if not asked or reader.core_only:
            return
        try:
            await self._rules.read_anew()
        except ApiError:
            self._policy = True
            raise

    async def _apply_leads(self) -> None:
        while self._leads:
            batch = [self._leads.pop() for _ in range(min(_AT_ONCE, len(self._leads)))]
            results = await asyncio.gather(*map(self._read_lead, batch), return_exceptions=True)
            failed = self._again(self._leads, batch, results)
            if failed is not None:
                raise failed

    async def _read_lead(self, lead_id: str) -> None:
        history = self._history
        try:
            row = await read_row(self._client, lead_id)
        except Refused as refused:
            if refused.status not in _NOT_VISIBLE:
                raise
            self._lose(lead_id)
            return
        if row.commission is not None:
            await self._loader.know_pipeline(row.commission.sales_pipeline_id)
        if history == self._history:  # else it was asked for in another one; the load brings what there is
            self._store.leads.upsert(row)
            self._touch(lead_id, Touch.LEAD)

    async def _apply_shares(self, reader: Reader) -> None:
        batch = list(self._shares)
        self._shares.clear()
        if not batch or not reader.shares:
            return
        try:
            if len(batch) > _MANY_SHARES:
                await self._loader.load_shares(reader)
            else:
                for share in batch:
                    await self._read_share(share)
        except ApiError:
            self._shares.update(batch)
            raise

    async def _read_share(self, share: str) -> None:
        history = self._history
        try:
            detail = await read_share_request(self._client, ShareRequestId(share))
        except Refused as refused:
            if refused.status not in _NOT_VISIBLE:
                raise
            self._store.shares.remove(ShareRequestId(share))
            return
        if history != self._history:
            return
        self._store.shares.upsert(detail.request)
        self._touch(detail.request.lead_id, Touch.LEAD)

    def _lose(self, lead_id: str) -> None:
        self._leads.discard(lead_id)
        self._notes.discard(lead_id)
        self._store.leads.remove(LeadId(lead_id))
        self._store.notes.remove(LeadId(lead_id))
        for share in self._store.shares.all():
            if share.lead_id == lead_id:
                self._shares.add(share.share_request_id)
        self._touch(lead_id, Touch.GONE)

    def _again(
        self, held: set[str], batch: list[str], results: Iterable[BaseException | None]
    ) -> BaseException | None:
        failed: BaseException | None = None
        for one, result in zip(batch, results, strict=True):
            if isinstance(result, BaseException):
                held.add(one)
                failed = failed or result
        return failed

    def _touch(self, lead_id: str, what: Touch) -> None:
        self.touched.publish(LeadTouched(LeadId(lead_id), what))
