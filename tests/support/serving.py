"""A server application on a real socket of this machine, inside the test's own loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from leaddesk.server.listening import listen_on_loopback, url_of
from leaddesk.server.process import Manner, Moments, Process


@asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[str]:
    """Serve until the end of the block; gives the address."""
    listener, ready = listen_on_loopback("127.0.0.1", 0), asyncio.Event()
    process = Process(app, listener, Moments(ready.set, lambda: None), Manner(grace_seconds=60))
    serving = asyncio.ensure_future(process.serve())
    try:
        await ready.wait()
        yield url_of(listener)
    finally:
        process.stop()
        await serving
