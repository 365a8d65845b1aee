"""The line of the client: a few connections to one server, kept while they are used again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from leaddesk.api.connection import Connection, Route, connect
from leaddesk.api.errors import Interrupted, Offline
from leaddesk.api.line import Request

if TYPE_CHECKING:
    import h11

_CONNECTIONS = 20
_KEPT_SECONDS = 4.0
"""An idle connection is not used again after this: servers hang up after five."""

_OWN_HEADERS = {"user-agent": "leaddesk"}


class HttpLine:
    """Implements :class:`~leaddesk.api.line.Line`.

    Follows no redirect, keeps no cookie, reads no ``.netrc`` and no variable (guarantee D6): there is nothing
    here that would. Invariant: a connection is in use by one exchange, idle, or gone; one whose exchange did
    not end as agreed is gone.
    """

    def __init__(self, route: Route, clock: Callable[[], float] = time.monotonic) -> None:
        self._route = route
        self._clock = clock
        self._idle: list[tuple[float, Connection]] = []
        self._busy: set[Connection] = set()
        self._closed = False
        self._room = asyncio.Semaphore(_CONNECTIONS)
        self._headers = {"host": route.authority, **_OWN_HEADERS}

    async def send(self, request: Request) -> HttpReply:
        """Send on an idle connection or a new one."""
        await self._room.acquire()
        connection: Connection | None = None
        try:
            connection = self._kept() or await connect(self._route)
            if self._closed:
                raise Offline
            self._busy.add(connection)
            asked = Request(
                request.method, request.target, self._headers | dict(request.headers), request.body
            )
            head = await connection.ask(asked)
        except BaseException:
            self._give_back(connection, reusable=False)
            raise
        return HttpReply(head, connection, self._give_back)

    async def aclose(self) -> None:
        """End every connection, used or not; none is opened afterwards."""
        self._closed = True
        for connection in (*self._busy, *(one for _, one in self._idle)):
            connection.drop()
        self._idle.clear()
        await asyncio.sleep(0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def _kept(self) -> Connection | None:
        while self._idle:
            since, connection = self._idle.pop()
            if self._clock() - since < _KEPT_SECONDS and connection.quiet:
                return connection
            connection.drop()
        return None

    def _give_back(self, connection: Connection | None, *, reusable: bool) -> None:
        self._room.release()
        if connection is None:
            return
        self._busy.discard(connection)
        if reusable and connection.renew():
            self._idle.append((self._clock(), connection))
        else:
            connection.drop()


class HttpReply:
    """Implements :class:`~leaddesk.api.line.Reply`."""

    def __init__(self, head: h11.Response, connection: Connection, give_back: Callable[..., None]) -> None:
        self.status = head.status_code
        self.headers = _joined(head)
        self._connection: Connection | None = connection
        self._give_back = give_back

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Yield the body as it comes."""
        if self._connection is None:
            raise Interrupted
        while (piece := await self._connection.piece()) is not None:
            yield piece

    async def aclose(self) -> None:
        """Give the connection back: to be used again when the body was read to its end."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._give_back(connection, reusable=True)


def _joined(head: h11.Response) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in head.headers:
        name, value = raw_name.decode("ascii"), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found
