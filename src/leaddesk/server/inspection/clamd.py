"""The virus scanner: clamd's INSTREAM over a socket (measure B11; clamd(8), "COMMANDS").

``zINSTREAM\\0``, then pieces each behind its length (4 bytes, network order), a length of 0, then one answer:
``stream: OK\\0`` or ``stream: <name> FOUND\\0``. Every other answer, or none, is no verdict.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 120.0
_PIECE = 64 * 1024
_LONGEST_ANSWER = 4096
_SCHEMES = ("unix:", "tcp:")


class ScannerUnreachable(Exception):
    """There is no verdict: no scanner, a broken line, an error of the scanner, no answer in time."""


class Scanner(Protocol):
    """Looks at bytes and says whether they are clean."""

    async def is_clean(self, pieces: AsyncIterator[bytes]) -> bool:
        """Return the verdict. Raises :class:`ScannerUnreachable` when there is none."""


class Clamd:
    """A clamd at ``unix:/path`` or ``tcp:host:port``. One connection a file, nothing is logged."""

    def __init__(self, address: str) -> None:
        """Raises ``ValueError`` for an address of another form."""
        scheme = next((scheme for scheme in _SCHEMES if address.startswith(scheme)), None)
        host, _, port = address.removeprefix("tcp:").rpartition(":")
        if scheme is None or (scheme == "tcp:" and not (host and port.isascii() and port.isdigit())):
            raise ValueError("an address such as unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310")
        self._path = address.removeprefix("unix:") if scheme == "unix:" else None
        self._host, self._port = host.strip("[]"), int(port) if scheme == "tcp:" else 0

    async def is_clean(self, pieces: AsyncIterator[bytes]) -> bool:
        """Return the verdict. Raises :class:`ScannerUnreachable` when there is none."""
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                reader, writer = await self._connect()
        except (OSError, TimeoutError):
            raise ScannerUnreachable from None
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await _send(writer, pieces)
                answer = await reader.readuntil(b"\0")
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            raise ScannerUnreachable from None
        finally:
            writer.close()
        return _verdict(answer)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._path is not None:
            return await asyncio.open_unix_connection(self._path, limit=_LONGEST_ANSWER)
        return await asyncio.open_connection(self._host, self._port, limit=_LONGEST_ANSWER)


async def _send(writer: asyncio.StreamWriter, pieces: AsyncIterator[bytes]) -> None:
    writer.write(b"zINSTREAM\0")
    async for piece in pieces:
        for start in range(0, len(piece), _PIECE):
            part = piece[start : start + _PIECE]
            writer.write(len(part).to_bytes(4, "big") + part)
            await writer.drain()
    writer.write(bytes(4))
    await writer.drain()


def _verdict(answer: bytes) -> bool:
    words = answer.rstrip(b"\0\n")
    if words == b"stream: OK":
        return True
    if words.startswith(b"stream: ") and words.endswith(b" FOUND"):
        return False
    raise ScannerUnreachable
