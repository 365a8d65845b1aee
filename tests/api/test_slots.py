"""Requests called off at every moment they can be called off in: the line has room for the next ones."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import httpx
import pytest

from leaddesk.api import transport
from leaddesk.api.call import Call, Limits
from leaddesk.api.client import ApiClient
from leaddesk.api.transport import open_http
from leaddesk.settings.address import read_address

GET = Call("GET", "/leads", limits=Limits(seconds=60))
MOMENTS = 60
"""More turns of the loop than a request takes."""


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer in two pieces, as often as asked."""
    try:
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\nnu")
            await writer.drain()
            await turns(10)
            writer.write(b"ll")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


@asynccontextmanager
async def line() -> AsyncIterator[httpx.AsyncClient]:
    serving = set[asyncio.Task[None]]()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.create_task(answer(reader, writer)))

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with open_http(read_address(f"http://127.0.0.1:{port}", "test")) as http:
            yield http
        async with asyncio.timeout(60):
            await asyncio.gather(*serving)


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def places(http: httpx.AsyncClient) -> str:
    """Return how the pool sees itself: what is active there though nothing is under way is lost."""
    return repr(http._transport._pool)  # type: ignore[attr-defined]


@pytest.mark.parametrize("again", [None, 0, 1, 2, 3, 5], ids=lambda again: f"again-{again}")
@pytest.mark.parametrize(("together", "every"), [(1, 1), (4, 3), (25, 12)])
async def test_a_request_called_off_at_any_moment_gives_its_connection_back(
    together: int, every: int, again: int | None
) -> None:
    """Once, or a second time while it tidies up; alone, and more of them than there are connections."""
    async with line() as http:
        client = ApiClient(http)
        for moment in range(0, MOMENTS, every):
            asking = [asyncio.create_task(client.ask(GET)) for _ in range(together)]
            await turns(moment)
            for one in asking:
                one.cancel()
            if again is not None:
                await turns(again)
                for one in asking:
                    one.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
        await turns(MOMENTS)
        assert "Requests: 0 active, 0 queued | Connections: 0 active" in places(http)
        assert (await client.ask(GET)).body == b"null"


async def test_whoever_queues_gets_the_place_of_one_called_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_CONNECTIONS", 1)
    for moment in range(MOMENTS):
        async with line() as http:
            client = ApiClient(http)
            first, second = (asyncio.create_task(client.ask(GET)) for _ in range(2))
            await turns(moment)
            first.cancel()
            assert (await second).body == b"null"
            await asyncio.gather(first, return_exceptions=True)


async def test_an_answer_left_half_read_is_closed_by_no_destructor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Qt's loop tells Python of no way to close a generator: it is closed where it is dropped, at once."""
    said = list[object]()
    monkeypatch.setattr(sys, "unraisablehook", lambda told: said.append(told.exc_value))
    before = sys.get_asyncgen_hooks()
    async with line() as http:
        client = ApiClient(http)
        for _ in range(3):
            sys.set_asyncgen_hooks(None, None)
            try:
                async with client.flow(GET) as flow, aclosing(flow.slices(100, 60)) as pieces:
                    assert await anext(pieces) == b"nu"
                await turns(MOMENTS)
            finally:
                sys.set_asyncgen_hooks(*before)
        gc.collect()
        assert said == [] and "Connections: 0 active" in places(http)
