"""A running server of ours behind the public core alone: what is core is passed on to it, over a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.desk.conftest import served
from tests.support.core_only import CoreOnly

_BETWEEN_TWO = {b"connection", b"content-encoding", b"content-length", b"keep-alive", b"transfer-encoding"}
"""Headers of one line, and of a body that was unpacked on the way."""


@asynccontextmanager
async def core_only(url: str) -> AsyncIterator[str]:
    """Stand before a server; gives the address of what knows nothing but the core."""
    async with (
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as http,
        served(CoreOnly(_Passing(http))) as front,
    ):
        yield front


class _Passing:
    """An ASGI application that asks another server."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass on one request, whole."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        answer = await self._http.request(
            scope["method"],
            httpx.URL(path=scope["path"], query=scope["query_string"]),
            headers=[one for one in scope["headers"] if one[0] not in (*_BETWEEN_TWO, b"host")],
            content=body,
        )
        headers = [(name.lower(), value) for name, value in answer.headers.raw]
        kept = [one for one in headers if one[0] not in _BETWEEN_TWO]
        await send({"type": "http.response.start", "status": answer.status_code, "headers": kept})
        await send({"type": "http.response.body", "body": answer.content})


async def _live(receive: Any, send: Any) -> None:
    while (message := await receive())["type"] != "lifespan.shutdown":
        await send({"type": f"{message['type']}.complete"})
    await send({"type": "lifespan.shutdown.complete"})
