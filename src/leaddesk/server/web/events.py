"""Push as server-sent events: ids of what changed, never data (contract, "live").

A stream begins with ``head``, resumes behind ``Last-Event-ID``, beats every 15 s and ends with the token, its
revocation, the server, or when tenant or key name other networks than the one it goes to (measure B6). It
asks the database when it is woken: by an append of this process, or by the look at the heads that finds
another one's (``beside.heads``).
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import NamedTuple, TypeVar

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from leaddesk.contract.live import LiveHead, LiveKind, LiveMessage
from leaddesk.contract.wire import WireModel
from leaddesk.server.eventlog.storage import StorageUnavailable
from leaddesk.server.eventlog.wakeups import Waiter
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.networks import lets_in
from leaddesk.server.queries.feed import LIMIT, NOWHERE, AnotherHistory, News, Place, found, head, since
from leaddesk.server.web.edge.access import Harmless
from leaddesk.server.web.edge.inputs import source_of
from leaddesk.server.web.edge.routes import guarded
from leaddesk.server.web.edge.spec import Param, Spec
from leaddesk.server.web.services import Services

T = TypeVar("T")

HEARTBEAT_SECONDS = 15.0
RENEW_SECONDS = 0.5
"""How long a stream may go on after its right to listen has ended here."""
_LONGEST_ID = 19
"""Digits of a position: no column holds more."""
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
        Param(
            "X-Live-Mark",
            "The mark that came with that position; ``reset`` follows if it is another history's",
            "9f86d081884c7d65",
            place="header",
        ),
    ),
)
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


def routes(services: Services) -> list[BaseRoute]:
    """Register the endpoint."""

    async def listen(request: Request, caller: Caller) -> Response:
        said = Said(request.headers.get("last-event-id"), request.headers.get("x-live-mark", ""))
        stream = Listener(services, caller, said, source_of(request))
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


class Said(NamedTuple):
    """What whoever comes back heard last, in their own words."""

    last_id: str | None = None
    mark: str = ""


class Listener:
    """One listener: what has been told, and when the next heartbeat is due. ``source``: the address that
    listens; whoever names none comes from no network.
    """

    def __init__(
        self, services: Services, caller: Caller, said: Said | None = None, source: str = ""
    ) -> None:
        self._services = services
        self._caller = caller
        self._said = said or Said()
        self._source = source
        self._told = NOWHERE
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
                before, self._caller = self._caller, now
                if now is not before and _as_seen(now) != _as_seen(before):
                    # rights or view changed: what is held may be too much or too little
                    yield _standing(LiveKind.RESET, self._told)
                for message in await self._news(waiter) if is_woken else ():
                    yield message
                if loop.time() >= beat_at or 0 < self._owed <= self._told.position:
                    self._owed = 0
                    beat_at = loop.time() + HEARTBEAT_SECONDS
                    yield _standing(LiveKind.HEAD, self._told)
                await _wait(waiter.grown)

    async def _news(self, waiter: Waiter) -> list[bytes]:
        caller, told = self._caller, self._told
        try:
            news, self._told = await self._asked(lambda: since(self._services.library, caller, told))
        except AnotherHistory as other:
            self._told, self._owed = other.now, 0
            waiter.told = self._told.position
            return [_standing(LiveKind.RESET, self._told)]
        waiter.told = self._told.position
        if self._told.position - told.position >= LIMIT:
            waiter.grown.set()  # there is more than one asking gives
        return [_message(one) for one in news]

    def _opening(self) -> list[bytes]:
        """Say where the log stands; an id that is not of this log means: load everything anew."""
        now = head(self._services.library, self._caller)
        if self._said.last_id is None:
            self._told = now
            return [_standing(LiveKind.HEAD, now)]
        heard = self._heard(self._said.last_id)
        if heard is not None:
            self._told, self._owed = heard, now.position
            # Without an id: what lies between must not count as received before it was told. A head with one
            # follows when all of it was: whoever returns shows nothing before that (measure A9).
            return [_standing(LiveKind.HEAD, now, resumes=False)]
        self._told = now
        return [_standing(LiveKind.HEAD, now, resumes=False), _standing(LiveKind.RESET, now)]

    def _heard(self, last_id: str) -> Place | None:
        """Find the place somebody returns to, in this very log."""
        if not (last_id.isascii() and last_id.isdigit() and len(last_id) < _LONGEST_ID):
            return None
        return found(self._services.library, self._caller, Place(int(last_id), self._said.mark))

    async def _asked(self, ask: Callable[[], T]) -> T:
        return await self._services.library.log.threads.do(self._caller.tenant_id, ask)

    async def _renewed(self) -> Caller | None:
        """Return who listens as they may now; nothing when the right to listen, here or at all, has ended."""
        if self._services.closing.is_set():
            return None
        now = await self._services.identity.still(self._caller)
        return now if now is not None and lets_in(now.networks, self._source) else None


def _as_seen(caller: Caller) -> Caller:
    """Return what decides what a caller sees: where they may come from is no part of it."""
    return replace(caller, networks=())


async def _wait(grown: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(RENEW_SECONDS):
            await grown.wait()
    except TimeoutError:
        return


def _message(news: News) -> bytes:
    return _event(news.kind, LiveMessage(id=news.id, serial=news.serial, mark=news.mark), news.position)


def _standing(kind: LiveKind, place: Place, *, resumes: bool = True) -> bytes:
    """Tell where the log stands; ``resumes``: whoever comes back may begin behind it."""
    data = LiveHead(position=place.position, mark=place.mark or None)
    return _event(kind, data, place.position if resumes else None)


def _event(kind: LiveKind, data: WireModel, position: int | None) -> bytes:
    place = b"" if position is None else b"id: %d\n" % position
    return b"%sevent: %s\ndata: %s\n\n" % (place, kind.value.encode(), data.to_json())
