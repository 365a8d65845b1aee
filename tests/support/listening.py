"""A small server of a test on this machine: every line it serves ends with it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
BROKEN = (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError)
HOST = "127.0.0.1"


class _Lines:
    """The lines of a server; what happens on each is a task."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._over = False

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one line, to its end or ours; that it breaks is nobody's fault."""
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        try:
            with suppress(asyncio.CancelledError, *BROKEN):
                if not self._over:
                    await self._serve(reader, writer)
                writer.close()
                await writer.wait_closed()
        finally:
            del self._open[task]
            writer.transport.abort()

    def end(self) -> None:
        """Cut what is open, and what is opened in this moment."""
        self._over = True
        for task, writer in self._open.items():
            task.cancel()
            writer.transport.abort()


@asynccontextmanager
async def listening(
    serve: Serve, context: ssl.SSLContext | None = None, *, host: str = HOST, path: str | Path | None = None
) -> AsyncIterator[int]:
    """Serve on a random port, or at a unix socket; after the block nothing of it is left in the loop."""
    lines = _Lines(serve)
    if path is None:
        server = await asyncio.start_server(lines.attend, host, 0, ssl=context)
    else:
        server = await asyncio.start_unix_server(lines.attend, path)
    closed = asyncio.ensure_future(server.wait_closed())
    await asyncio.sleep(0)  # who begins to wait before the end waits for every line, also in Python 3.11
    try:
        yield 0 if path is not None else server.sockets[0].getsockname()[1]
    finally:
        server.close()
        lines.end()
        await closed
