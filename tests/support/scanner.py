"""A clamd of our own on a real socket: speaks INSTREAM, finds the EICAR test file, keeps what it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.listening import listening

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class PretendedClamd:
    """``answer``: said instead of a verdict; empty bytes end the line without any.

    ``too_large``: files with these bytes in them are more than it takes.
    """

    address: str = ""
    answer: bytes | None = None
    too_large: bytes | None = None
    seen: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one file and say what it is."""
        try:
            assert await reader.readexactly(10) == b"zINSTREAM\0"
            content = bytearray()
            while length := int.from_bytes(await reader.readexactly(4), "big"):
                content += await reader.readexactly(length)
            self.seen.append(bytes(content))
            found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
            if self.too_large is not None and self.too_large in content:
                found = b"INSTREAM size limit exceeded. ERROR\0"
            writer.write(found if self.answer is None else self.answer)
            await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def pretended_clamd(path: Path | None = None) -> AsyncIterator[PretendedClamd]:
    """Listen on loopback, or on a unix socket."""
    clamd = PretendedClamd()
    async with listening(clamd.serve, path=path) as port:
        clamd.address = f"tcp:127.0.0.1:{port}" if path is None else f"unix:{path}"
        yield clamd
