"""A server made of raw bytes, for answers no honest framework would send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from leaddesk.api.client import ApiClient
from leaddesk.api.transport import open_http
from leaddesk.settings.address import read_address
from tests.support.listening import listening

Answering = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Request:
    """Head and body as they arrived."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class RawServer:
    """Answers every request with one function; keeps the requests."""

    url: str
    requests: list[Request] = field(default_factory=list)


@asynccontextmanager
async def raw_server(answering: Answering) -> AsyncIterator[RawServer]:
    """Serve on a random loopback port; one request a connection."""
    found = RawServer("")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        found.requests.append(Request(first, headers, body))
        await answering(found.requests[-1], writer)
        await writer.drain()

    async with listening(serve) as port:
        found.url = f"http://127.0.0.1:{port}"
        yield found


@asynccontextmanager
async def client_of(server: RawServer) -> AsyncIterator[ApiClient]:
    """The real client on the raw server."""
    try:
        async with open_http(read_address(server.url, "test")) as http:
            yield ApiClient(http)
    finally:
        await asyncio.sleep(0.01)  # httpx leaves inner generators of a broken body to the loop's finaliser


def answer(body: bytes, status: str = "200 OK", media: str = "application/json", **headers: str) -> Answering:
    """A plain complete answer."""

    async def send(_request: Request, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", f"content-type: {media}", f"content-length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "connection: close", "", ""]).encode() + body)

    return send


@pytest.fixture
async def nobody() -> AsyncIterator[ApiClient]:
    """A client of a port where nobody listens."""
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", trust_env=False, verify=False, timeout=60
    ) as http:
        yield ApiClient(http)
