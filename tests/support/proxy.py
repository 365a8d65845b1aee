"""A proxy of a company: CONNECT only, with whatever it asks for, and every host where one test server is."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.support.listening import listening


@dataclass
class CompanyProxy:
    """``signs_in`` is ``name:password`` where Basic is asked for; ``refuses`` is answered to everybody."""

    target: int
    signs_in: str | None = None
    refuses: str | None = None
    headers: str = ""
    url: str = ""
    asked: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Let one client through, or not."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.asked.append(head.split("\r\n")[0])
        refusal = self._refusal(head)
        if refusal is None:
            await self._connect(reader, writer)
            return
        more = f"{self.headers}\r\n" if self.headers else ""
        writer.write(f"HTTP/1.1 {refusal}\r\n{more}Content-Length: 0\r\n\r\n".encode())
        await writer.drain()

    def _refusal(self, head: str) -> str | None:
        if self.refuses is not None:
            return self.refuses
        if self.signs_in is None:
            return None
        shown = base64.b64encode(self.signs_in.encode()).decode()
        good = f"proxy-authorization: basic {shown}".lower() in head.lower()
        return None if good else "407 Proxy Authentication Required"

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(_pour(reader, outer), _pour(inner, writer))
        finally:
            outer.close()
            with suppress(ConnectionError):
                await outer.wait_closed()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


@asynccontextmanager
async def company_proxy(target: int, **how: str | None) -> AsyncIterator[CompanyProxy]:
    """Run a proxy on a random port of this machine."""
    proxy = CompanyProxy(target, **how)  # type: ignore[arg-type]
    async with listening(proxy.serve) as port:
        proxy.url = f"http://127.0.0.1:{port}"
        yield proxy
