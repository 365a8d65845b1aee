"""Several desks on one real server on a real socket, each with a line that can be cut."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

import httpx
import pytest
import uvicorn

from leaddesk.api.client import ApiClient
from leaddesk.api.transport import open_http
from leaddesk.contract.ids import LeadId
from leaddesk.desk.desk import Desk
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.session import Session
from leaddesk.settings.address import read_address
from leaddesk.store.store import Store
from tests.support.trade import PASSWORD, Trade, opened

PATIENCE = 30.0


class Line(httpx.AsyncBaseTransport):
    """The network of one client: can be cut, can lose the next mutations, or the answers to them."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self._open: set[asyncio.Task[Any]] = set()
        self.cut = False
        self.lose_answers = 0
        self.lose_requests = 0
        self.lose_uploads = 0
        self.streams: list[httpx.Response] = []
        self.sent: list[tuple[str, str, str]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.cut:
            raise httpx.ConnectError("cut", request=request)
        self.sent.append((request.method, request.url.path, request.headers.get("idempotency-key", "")))
        if self.lose_requests and "idempotency-key" in request.headers:
            self.lose_requests -= 1
            raise httpx.ReadError("lost", request=request)
        response = await self._inner.handle_async_request(request)
        if self.lose_answers and "idempotency-key" in request.headers:
            self.lose_answers -= 1
            await response.aclose()
            raise httpx.ReadError("lost", request=request)
        if self.lose_uploads and request.url.path == "/uploads":
            self.lose_uploads -= 1
            await response.aclose()
            raise httpx.ReadError("lost", request=request)
        if "event-stream" in response.headers.get("content-type", ""):
            response.stream = Cuttable(response.stream, self)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class Cuttable(httpx.AsyncByteStream):
    """A push stream that ends when its line is cut."""

    def __init__(self, inner: Any, line: Line) -> None:
        self._inner = inner
        self._line = line

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = self._inner.__aiter__()
        waiting: asyncio.Future[bytes] | None = None
        try:
            while not self._line.cut:
                waiting = waiting or asyncio.ensure_future(anext(pieces))
                done, _ = await asyncio.wait([waiting], timeout=0.02)
                if done:
                    if isinstance(waiting.exception(), StopAsyncIteration):
                        return  # the server has ended it
                    yield waiting.result()
                    waiting = None
            raise httpx.ReadError("cut")
        finally:
            if waiting is not None:
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)

    async def aclose(self) -> None:
        await self._inner.aclose()


class Office:
    """One person's desk, store and line."""

    def __init__(self, url: str, clock: Callable[[], datetime]) -> None:
        self.http = open_http(read_address(url, "test"))
        self.line = Line(self.http._transport)
        self.http._transport = self.line
        client = ApiClient(self.http)
        self.store = Store()
        self.session = Session(client, MemoryVault(), url)
        self.desk = Desk(ApiClient(self.http, self.session.bearer), self.session, self.store, clock)
        self.work: asyncio.Task[None] | None = None

    async def sign_in(self, first: str) -> None:
        outcome = await self.desk.sign_in.sign_in(Personal(f"{first.lower()}@x.example"), Secret(PASSWORD))
        assert outcome.code == "ok", outcome

    async def start(self, first: str) -> None:
        await self.sign_in(first)
        self.begin()
        await self.until(lambda: self.desk.sync.progress.value.done)

    def begin(self) -> None:
        self.work = asyncio.create_task(self.desk.run())

    async def until(self, true: Callable[[], object], patience: float = PATIENCE) -> None:
        async with asyncio.timeout(patience):
            while not true():  # noqa: ASYNC110 - any state of any clerk
                await asyncio.sleep(0.01)

    def step(self, lead_id: str) -> str:
        slot = self.store.leads.slot_of(LeadId(lead_id))
        assert slot is not None
        return self.store.leads.get(slot).step

    def has(self, lead_id: str) -> bool:
        return self.store.leads.slot_of(LeadId(lead_id)) is not None

    async def cut(self) -> None:
        self.line.cut = True
        await self.until(lambda: not self.desk.sync.online)

    async def mend(self) -> None:
        self.line.cut = False
        self.desk.sync.retry_now()
        await self.until(lambda: self.desk.sync.online and self.desk.sync.trusted)

    async def close(self) -> None:
        if self.work is not None:
            self.work.cancel()
            await asyncio.gather(self.work, return_exceptions=True)
        await self.http.aclose()
        await asyncio.sleep(0.02)


class Town:
    """The server and everybody's office."""

    def __init__(self, trade: Trade, url: str, stack: AsyncExitStack) -> None:
        self.trade = trade
        self.url = url
        self._stack = stack

    async def office(self, first: str | None = None) -> Office:
        """Open an office; with a name somebody works in it."""
        found = Office(self.url, lambda: self.trade.now)
        self._stack.push_async_callback(found.close)
        if first is not None:
            await found.start(first)
        return found


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    """A trade served on a loopback socket."""
    async with opened() as trade, served(trade.app) as url, AsyncExitStack() as stack:
        yield Town(trade, url, stack)


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """Serve an application on a random port."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, lifespan="on", timeout_graceful_shutdown=60)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    work = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await work
        listener.close()
