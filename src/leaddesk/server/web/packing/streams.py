"""A stream as the client takes it: zstd, gzip or plain, each slice flushed, so that it can be read at once.

Measured on 12,480 leads in slices of 500: zstd 3 packs them 9.9 times smaller in 1.9 ms a MB, gzip 1 5.6
times in 4.8 ms, gzip 6 7.4 times in 11.3 ms; unpacking takes 0.6 and 1.7 ms a MB (docs/adr/0042).
"""

import asyncio
import ipaddress
import zlib
from collections.abc import AsyncIterator, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from leaddesk.server.web.packing.negotiation import IDENTITY, chosen

ZSTD, GZIP = "zstd", "gzip"
CODINGS = (ZSTD, GZIP)
"""In our order."""
_GZIP_LEVEL, _ZSTD_LEVEL = 1, 3
_GZIP_FORM = 16 + zlib.MAX_WBITS

Piece = bytes | memoryview
Pack = Callable[[Piece], bytes]
End = Callable[[], bytes]


def streamed(
    request: Request, slices: AsyncIterator[Piece], media_type: str, headers: Mapping[str, str]
) -> Response:
    """Answer with a stream, packed where that is wanted and worth it."""
    told = {**headers, "vary": "accept, accept-encoding"}
    coding = IDENTITY if _is_near(request) else chosen(_accepted(request), CODINGS)
    if coding == IDENTITY:
        return StreamingResponse(_in_turns(slices), headers=told, media_type=media_type)
    told["content-encoding"] = coding
    return StreamingResponse(_packed(slices, *_PACKERS[coding]()), headers=told, media_type=media_type)


def _accepted(request: Request) -> str:
    return ",".join(request.headers.getlist("accept-encoding"))


def _is_near(request: Request) -> bool:
    """On the own machine bytes are cheaper than packing them: 161 MB in 0.1 s, packed in 0.3–0.8."""
    try:
        return ipaddress.ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False


async def _in_turns(slices: AsyncIterator[Piece]) -> AsyncIterator[Piece]:
    async for piece in slices:
        yield piece
        await asyncio.sleep(0)


async def _packed(slices: AsyncIterator[Piece], pack: Pack, end: End) -> AsyncIterator[bytes]:
    """Pack in a worker thread, slice by slice."""
    async for piece in slices:
        yield await asyncio.to_thread(pack, piece)
    yield end()


def _gzip() -> tuple[Pack, End]:
    packer = zlib.compressobj(_GZIP_LEVEL, wbits=_GZIP_FORM)
    return lambda piece: packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH), packer.flush


def _zstd() -> tuple[Pack, End]:
    """RFC 8878; its window at this level is 2 MB, of the 8 that every reader must take (RFC 9659)."""
    from backports import zstd  # at the first such stream; from Python 3.14 on: compression.zstd

    packer = zstd.ZstdCompressor(level=_ZSTD_LEVEL)
    return lambda piece: packer.compress(piece, mode=packer.FLUSH_BLOCK), packer.flush


_PACKERS: Mapping[str, Callable[[], tuple[Pack, End]]] = {ZSTD: _zstd, GZIP: _gzip}
