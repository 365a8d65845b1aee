"""Loads everything the person may see: names and leads at once, the rest after the first rows (P2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import TypeVar

from leaddesk.api.client import ApiClient
from leaddesk.api.lead_rows import stream_leads
from leaddesk.api.offers import list_offers
from leaddesk.api.sharing import list_share_requests
from leaddesk.contract.ids import PipelineId
from leaddesk.contract.people import Right
from leaddesk.contract.rows import SealedRow
from leaddesk.desk.mirror.directory import Directory
from leaddesk.desk.mirror.groups import nothing_left
from leaddesk.store.leads.collecting import collector_paused
from leaddesk.store.shelves import Shelf
from leaddesk.store.store import Store

_SETTLE_SECONDS = 0.002
_BATCH = 100
Id = TypeVar("Id", bound=str)
T = TypeVar("T")
Advance = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom the load is for: the rights, and what the server offers."""

    rights: frozenset[Right]
    capabilities: frozenset[str]

    @property
    def core_only(self) -> bool:
        """Whether the server has nothing but the public core."""
        return not self.capabilities

    @property
    def shares(self) -> bool:
        """Whether there are share requests to read."""
        return "sharing" in self.capabilities and bool({Right.LEAD_SHARE, Right.SHARE_APPROVE} & self.rights)

    @property
    def offers(self) -> bool:
        """Whether there are offers to read."""
        return "offers" in self.capabilities and Right.OFFER_DECIDE in self.rights


class Loader:
    """One full load at a time. Rows that were removed meanwhile stay removed (the shelves' tombstones)."""

    def __init__(self, client: ApiClient, store: Store, directory: Directory) -> None:
        self._client = client
        self._store = store
        self._directory = directory
        self._going, self._begun = asyncio.Event(), asyncio.Event()
        self._going.set()

    def hold(self) -> None:
        """Stop after the first rows until :meth:`go_on`: a page is being made, which shows no more (P2)."""
        self._going.clear()

    async def first_rows(self, seconds: float) -> None:
        """Return when what is held has its first rows, not later than this; at once if nothing is held."""
        if not self._going.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._begun.wait()

    def go_on(self) -> None:
        """Load the rest, now or whenever the first rows are there."""
        self._going.set()

    async def load(self, reader: Reader, advance: Advance) -> None:
        """Load all and remove what the server no longer has. Raises :mod:`~leaddesk.api.errors`."""
        try:
            with nothing_left():
                async with asyncio.TaskGroup() as loading:
                    self._begun.clear()
                    loading.create_task(self._directory.load_names(core_only=reader.core_only))
                    loading.create_task(self._load_leads(advance))
                    await self._begun.wait()
                    await self._going.wait()
                    loading.create_task(self._directory.load_choices(core_only=reader.core_only))
                    loading.create_task(self.load_shares(reader))
                    loading.create_task(self.load_offers(reader))
        except BaseExceptionGroup as group:
            raise _first(group) from None

    async def know_pipeline(self, pipeline_id: PipelineId | None) -> None:
        """Read the definitions anew for a pipeline not seen before: a partner's first lead of a market."""
        if pipeline_id is None or self._store.pipelines.get(pipeline_id) is not None:
            return
        try:
            await self._directory.load()
        except BaseExceptionGroup as group:
            raise _first(group) from None

    async def load_changed(self, since: str) -> None:
        """Load what was modified since a time: servers without push. Raises :mod:`~leaddesk.api.errors`."""
        async with stream_leads(self._client, since) as bulk:
            async for rows in bulk:
                for row in rows:
                    self._store.leads.upsert(row)

    async def load_shares(self, reader: Reader) -> None:
        """Load the share requests this person may see."""
        if reader.shares:
            await _reload(self._store.shares, list_share_requests(self._client))

    async def load_offers(self, reader: Reader) -> None:
        """Load the tenant's offers."""
        if reader.offers:
            await _reload(self._store.offers, list_offers(self._client))

    async def _load_leads(self, advance: Advance) -> None:
        """``_begun`` is set when the first rows are there, or when there will be none."""
        shelf, complete, loaded = self._store.leads, False, 0
        with collector_paused():
            async with stream_leads(self._client) as bulk, aclosing(_batches(bulk)) as batches:
                advance(0, bulk.total)
                shelf.begin_load(bulk.total)
                try:
                    async for rows in batches:
                        shelf.load(rows)
                        loaded += len(rows)
                        advance(loaded, bulk.total)
                        self._begun.set()
                        await self._going.wait()
                        await asyncio.sleep(0)
                    complete = True
                finally:
                    shelf.end_load(complete)
        self._begun.set()
        while not shelf.settle(_SETTLE_SECONDS):  # noqa: ASYNC110 - the work itself, in slices
            await asyncio.sleep(0)


async def _batches(slices: AsyncIterable[list[SealedRow]]) -> AsyncGenerator[list[SealedRow]]:
    """Join what a network chunk brings (some 35 rows) to what the shelf takes in a few milliseconds."""
    batch: list[SealedRow] = []
    async for rows in slices:
        batch += rows
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def _reload(shelf: Shelf[Id, T], asked: Awaitable[tuple[T, ...]]) -> None:
    shelf.begin_load()
    complete = False
    try:
        shelf.load(await asked)
        complete = True
    finally:
        shelf.end_load(complete)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
