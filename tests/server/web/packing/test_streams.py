"""Bulk streams as they travel: in the coding asked for, slice by slice, the same lines in each."""

import json
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import httpx
import pytest
from backports import zstd
from starlette.requests import Request
from starlette.responses import StreamingResponse

from leaddesk.server.web.packing.streams import GZIP, ZSTD, streamed
from tests.support.trade import Trade

NDJSON = "application/x-ndjson"
FAR, NEAR = ("203.0.113.7", 4711), ("127.0.0.1", 4711)
UNPACK: dict[str | None, Callable[[bytes], bytes]] = {
    None: bytes,
    GZIP: lambda packed: zlib.decompress(packed, wbits=31),
    ZSTD: zstd.decompress,
}


async def lines(trade: Trade, client: tuple[str, int], accepted: str | None) -> tuple[str | None, bytes]:
    """Ask for the stream; returns the coding and the bytes as they travelled."""
    maren = await trade.sign_in("Maren")
    headers = {"authorization": maren.client.headers["authorization"], "accept": NDJSON}
    headers |= {} if accepted is None else {"accept-encoding": accepted}
    place = httpx.ASGITransport(trade.app, client=client)
    async with httpx.AsyncClient(transport=place, base_url="http://server") as http:
        http.headers.pop("accept-encoding")
        async with http.stream("GET", "/leads", headers=headers) as answer:
            assert answer.status_code == 200
            assert answer.headers["vary"] == "accept, accept-encoding"
            raw = b"".join([piece async for piece in answer.aiter_raw()])
            return answer.headers.get("content-encoding"), raw


@pytest.mark.parametrize(
    ("client", "accepted", "coding"),
    [
        (FAR, None, None),
        (FAR, "gzip", GZIP),
        (FAR, "gzip, deflate, br, zstd", ZSTD),
        (FAR, "zstd;q=0.1, gzip;q=0.9", GZIP),
        (FAR, "zstd;q=0, *;q=0.5", GZIP),
        (FAR, "identity, zstd;q=0.9", None),
        (NEAR, "gzip, zstd", None),
    ],
)
async def test_the_same_lines_in_every_coding(
    trade: Trade, client: tuple[str, int], accepted: str | None, coding: str | None
) -> None:
    leads = set(trade.add_leads(130))
    told, raw = await lines(trade, client, accepted)
    assert told == coding
    found = [json.loads(line) for line in UNPACK[told](raw).splitlines()]
    assert {row["lead"]["leadId"] for row in found} == leads
    assert coding is None or len(raw) < 130 * 300


def packed(slices: AsyncIterator[bytes], coding: str) -> AsyncIterator[bytes]:
    """What a client far away is sent."""
    headers = [(b"accept-encoding", coding.encode())]
    asked = Request({"type": "http", "client": FAR, "headers": headers})
    answer = streamed(asked, slices, NDJSON, {})
    assert isinstance(answer, StreamingResponse) and answer.headers["content-encoding"] == coding
    return cast(AsyncIterator[bytes], answer.body_iterator)


@pytest.mark.parametrize("coding", [GZIP, ZSTD])
async def test_each_slice_can_be_read_when_it_arrives(coding: str) -> None:
    async def slices() -> AsyncIterator[bytes]:
        for number in range(3):
            yield b"%d" % number * 100

    reader: Any = zstd.ZstdDecompressor() if coding == ZSTD else zlib.decompressobj(wbits=31)
    seen = [reader.decompress(piece) async for piece in packed(slices(), coding)]
    assert seen == [b"0" * 100, b"1" * 100, b"2" * 100, b""] and reader.eof


@pytest.mark.parametrize("coding", [GZIP, ZSTD])
async def test_a_stream_that_breaks_off_can_be_told_from_a_whole_one(coding: str) -> None:
    async def slices() -> AsyncIterator[bytes]:
        yield b"a" * 100
        raise ConnectionAbortedError

    reader: Any = zstd.ZstdDecompressor() if coding == ZSTD else zlib.decompressobj(wbits=31)
    with pytest.raises(ConnectionAbortedError):
        async for piece in packed(slices(), coding):
            assert reader.decompress(piece) == b"a" * 100
    assert not reader.eof
