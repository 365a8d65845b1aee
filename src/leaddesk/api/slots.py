"""Gives every connection back, whatever moment a request is called off in.

The library takes a cancelled task for a cancelled scope of its own. Called off before its connection comes
about, while an answer is closed, or a second time while it tidies up, a request keeps its place in the pool
for ever (httpcore issues 658, 830, 1093): after some leafing through leads no place was left, and nothing was
sent any more. Hence answers are closed in tasks that go on to their end, and what is forgotten all the same
is looked up and taken out.

Its streams are generators within generators, each of which closes the answer when it is dropped half read. On
Qt's loop a destructor would do that, between two tasks: hence a stream is held until its answer is closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import TYPE_CHECKING, Any

from leaddesk.api.library import httpx

if TYPE_CHECKING:
    import httpcore

_ending: set[asyncio.Task[None]] = set()
"""What goes on although nobody waits for it; the loop alone would not keep it."""


class Held(httpx.AsyncByteStream):
    """The body of an answer; once begun, closing it goes on to its end. One reads it once."""

    def __init__(self, body: httpx.AsyncByteStream, pool: httpcore.AsyncConnectionPool) -> None:
        self._body, self._pool = body, pool
        self._pieces: AsyncIterator[bytes] | None = None
        self._closing: asyncio.Task[None] | None = None

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Read what comes."""
        self._pieces = aiter(self._body)
        return self._pieces

    async def aclose(self) -> None:
        """Give the connection back; whoever is called off meanwhile waits for that all the same."""
        if self._closing is None:
            self._closing = _begun(self._close())
        called_off = None
        while not self._closing.done():
            try:
                await asyncio.wait([self._closing])
            except asyncio.CancelledError as again:
                called_off = again
        if called_off is not None:
            raise called_off

    async def _close(self) -> None:
        try:
            await self._body.aclose()
        finally:
            await reclaim(self._pool)
            self._pieces = None  # nothing is left for it to close


async def reclaim(pool: httpcore.AsyncConnectionPool) -> None:
    """Take connections out that no request has and none will get; whoever queues for a place gets it."""
    used = {id(request.connection) for request in pool._requests}
    lost = [
        one for one in pool._connections if id(one) not in used and not (one.is_idle() or one.is_closed())
    ]
    if not lost:
        return
    for one in lost:
        pool._connections.remove(one)
    await asyncio.wait([_begun(pool._close_connections([*lost, *pool._assign_requests_to_connections()]))])


def _begun(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    task = asyncio.get_running_loop().create_task(work)
    _ending.add(task)
    task.add_done_callback(_ended)
    return task


def _ended(task: asyncio.Task[None]) -> None:
    """A connection that cannot be closed in good order is closed all the same."""
    _ending.discard(task)
    if not task.cancelled():
        task.exception()
