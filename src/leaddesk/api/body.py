"""Reading an answer's body without trusting its size (guarantee D2).

httpx inflates a compressed chunk in one go, so that 64 KiB become 64 MiB before any cap can look. Here
the raw bytes are inflated in slices, and each slice is counted.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, cast

from leaddesk.api.errors import Malformed, TooLarge

if TYPE_CHECKING:
    import httpx

_SLICE = 256 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class Inflater:
    """Undoes ``gzip`` or nothing; any other or stacked encoding is refused."""

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name not in {"", "identity", "gzip"}:
            raise Malformed
        self._stream = zlib.decompressobj(_GZIP) if name == "gzip" else None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield decoded slices of at most 256 KiB."""
        if self._stream is None:
            yield chunk
            return
        try:
            while chunk:
                piece = self._stream.decompress(chunk, _SLICE)
                if self._stream.unused_data:
                    raise Malformed
                chunk = self._stream.unconsumed_tail
                if piece:
                    yield piece
        except zlib.error:
            raise Malformed from None

    def finish(self) -> None:
        """Raise :class:`Malformed` when the compressed body was cut short."""
        if self._stream is not None and not self._stream.eof:
            raise Malformed


async def read_slices(response: httpx.Response, cap: int) -> AsyncGenerator[bytes]:
    """Yield the decoded body in slices; raises :class:`TooLarge` beyond ``cap`` bytes."""
    inflater = Inflater(response.headers.get("content-encoding", ""))
    read = 0
    async with aclosing(cast("AsyncGenerator[bytes]", response.aiter_raw())) as chunks:
        async for chunk in chunks:
            for piece in inflater.feed(chunk):
                read += len(piece)
                if read > cap:
                    raise TooLarge
                yield piece
    inflater.finish()


async def read_whole(response: httpx.Response, cap: int) -> bytes:
    """Return the decoded body; a declared length beyond the cap is not even read."""
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and len(declared) < 19 and int(declared) > cap:
        raise TooLarge
    async with aclosing(read_slices(response, cap)) as slices:
        return b"".join([piece async for piece in slices])
