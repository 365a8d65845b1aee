"""Push as server-sent events: ids of what changed, never data (contract, "live").

A stream begins with ``head``, resumes behind ``Last-Event-ID``, beats every 15 s and ends with the token, its
revocation, or the server. It asks the database when it is woken: by an append of this process, or by the look
at the heads that finds another one's (``beside.heads``).
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from leaddesk.contract.live import LiveHead, LiveKind, LiveMessage
from leaddesk.contract.wire import WireModel
from leaddesk.server.eventlog.storage import StorageUnavailable
from leaddesk.server.eventlog.wakeups import Waiter
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries.feed import LIMIT, News, head, since
from leaddesk.server.web.edge.access import Harmless
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import Param, Spec
from leaddesk.server.web.services import Services

T = TypeVar("T")

HEARTBEAT_SECONDS = 15.0
RENEW_SECONDS = 0.5
"""How long a stream may go on after its right to listen has ended here."""
_SPEC = Spec(
    "Listen to changes: ids of what changed, never data",
    media="text/event-stream",
    params=(
        Param(
            "Last-Event-ID",
            "The position heard last; the stream resumes behind it, or says ``reset`` if it is not ours",
            "17",
            place="header",
        ),
    ),
)
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoint."""

    async def listen(request: Request, caller: Caller) -> Response:
        stream = Listener(services, caller, request.headers.get("last-event-id"))
        return StreamingResponse(stream.messages(), headers=_HEADERS, media_type="text/event-stream")

    return [
        guarded(
            "GET",
            "/events",
            listen,
            limited=False,
            spec=_SPEC,
            access=Harmless("ids and serials of what changed"),
        )
    ]


class Listener:
    """One listener: what has been told, and when the next heartbeat is due."""

    def __init__(self, services: Services, caller: Caller, last_id: str | None) -> None:
        self._services = services
        self._caller = caller
        self._last_id = last_id
        self._told = 0
        self._owed = 0

    async def messages(self) -> AsyncIterator[bytes]:
        """Tell until the right to listen ends, or the database is away: whoever listens comes back then."""
        with contextlib.suppress(StorageUnavailable):
            async for message in self._until_it_ends():
                yield message

    async def _until_it_ends(self) -> AsyncIterator[bytes]:
        with self._services.library.log.wakeups.waiting(self._caller.tenant_id) as waiter:
            for message in await self._asked(self._opening):
                yield message
            waiter.grown.set()
            loop = asyncio.get_running_loop()
            beat_at = loop.time() + HEARTBEAT_SECONDS
            while (now := await self._renewed()) is not None:
                is_woken = waiter.grown.is_set()
                waiter.grown.clear()
                if now != self._caller:  # rights or view changed: what is held may be too much or too little
                    self._caller = now
                    yield _event(LiveKind.RESET, LiveHead(position=self._told), self._told)
                for one in await self._news(waiter) if is_woken else ():
                    yield _message(one)
                if loop.time() >= beat_at or 0 < self._owed <= self._told:
                    self._owed = 0
                    beat_at = loop.time() + HEARTBEAT_SECONDS
                    yield _event(LiveKind.HEAD, LiveHead(position=self._told), self._told)
                await _wait(waiter.grown)

    async def _news(self, waiter: Waiter) -> list[News]:
        caller, told = self._caller, self._told
        news, self._told = await self._asked(lambda: since(self._services.library, caller, told))
        waiter.told = self._told
        if self._told - told >= LIMIT:
            waiter.grown.set()  # there is more than one asking gives
        return news

    def _opening(self) -> list[bytes]:
        """Say where the log stands; an id that is not of this log means: load everything anew."""
        now = head(self._services.library, self._caller)
        at = LiveHead(position=now)
        if self._last_id is None:
            self._told = now
            return [_event(LiveKind.HEAD, at, now)]
        if self._last_id.isascii() and self._last_id.isdigit() and int(self._last_id[:19]) <= now:
            self._told, self._owed = int(self._last_id[:19]), now
            # Without an id: what lies between must not count as received before it was told. A head with one
            # follows when all of it was: whoever returns shows nothing before that (measure A9).
            return [_event(LiveKind.HEAD, at, None)]
        self._told = now
        return [_event(LiveKind.HEAD, at, None), _event(LiveKind.RESET, at, now)]

    async def _asked(self, ask: Callable[[], T]) -> T:
        return await self._services.library.log.threads.do(self._caller.tenant_id, ask)

    async def _renewed(self) -> Caller | None:
        """Return who listens as they may now; nothing when the right to listen has ended."""
        if self._services.closing.is_set():
            return None
        return await self._services.identity.still(self._caller)


async def _wait(grown: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(RENEW_SECONDS):
            await grown.wait()
    except TimeoutError:
        return


def _message(news: News) -> bytes:
    return _event(news.kind, LiveMessage(id=news.id, serial=news.serial), news.position)


def _event(kind: LiveKind, data: WireModel, position: int | None) -> bytes:
    place = b"" if position is None else b"id: %d\n" % position
    return b"%sevent: %s\ndata: %s\n\n" % (place, kind.value.encode(), data.to_json())
