"""Between programs and a message bus: passes everything on, keeps answers for as long as asked."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

from tests.support.listening import listening


class SlowLine:
    """``address`` is another address of the same bus; ``wait`` says how long the next answer is kept."""

    def __init__(self, bus: str) -> None:
        facts = dict(part.split("=", 1) for part in bus.partition(":")[2].split(","))
        self._bus = facts.get("path") or "\0" + facts["abstract"]
        self._name = f"leaddesk-test-{uuid4().hex}"
        self.wait: Callable[[], float] = float
        self.address = f"unix:abstract={self._name}"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[SlowLine]:
        """Pass on until the end."""
        async with listening(self._join, path="\0" + self._name):
            yield self

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self._bus)
        ways = [asyncio.create_task(self._carry(reader, back, slowly=False))]
        ways.append(asyncio.create_task(self._carry(there, writer, slowly=True)))
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            back.close()
            with contextlib.suppress(OSError):
                await back.wait_closed()

    async def _carry(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, slowly: bool
    ) -> None:
        while piece := await source.read(1 << 16):
            if slowly:
                await asyncio.sleep(self.wait())
            target.write(piece)
            await target.drain()
