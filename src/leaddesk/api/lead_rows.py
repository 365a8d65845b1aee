"""All lead rows the caller may see: one NDJSON stream, or pages where the server knows only the core.

Rows come in portions of 64 KiB with a breath for the loop between them, so that the longest stall while 100k
leads arrive stays below a frame (P7); their blocks stay sealed. The caller pauses the garbage collector.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager

import msgspec
from msgspec import structs

from leaddesk.api.call import JSON, MEGABYTE, NDJSON, Call, Limits, path
from leaddesk.api.client import ApiClient, Flow
from leaddesk.api.errors import Malformed
from leaddesk.contract.rows import (
    CommissionPart,
    FieldList,
    LeadPart,
    LeadRow,
    SealedRow,
    decode_sealed_lines,
    decode_sealed_rows,
)

_PORTION = 64 * 1024
_LINE_CAP = MEGABYTE
_STREAM_CAP = 4096 * MEGABYTE
_PAGE = Limits(seconds=30.0, bytes=64 * MEGABYTE)
_HEAD = Limits(seconds=20.0)
_SILENCE = 20.0
_PAGE_SIZE = "100"

Query = tuple[tuple[str, str], ...]


class LeadRows:
    """The rows of one bulk answer. ``total`` is what the server announced (``X-Total``), if it did."""

    def __init__(self, total: int | None, slices: AsyncIterator[list[SealedRow]]) -> None:
        self.total = total
        self._slices = slices

    def __aiter__(self) -> AsyncIterator[list[SealedRow]]:
        return self._slices


@asynccontextmanager
async def stream_leads(
    client: ApiClient, since: str | None = None, sort: str = "-lead.createdAt"
) -> AsyncIterator[LeadRows]:
    """Open the whole set, newest first; ``since`` keeps only rows modified at or after that time.

    Iterating raises :class:`Malformed` when a line does not fit or the stream ends inside one.
    """
    query: Query = (("includeFieldLists", "true"), ("sort", sort))
    if since is not None:
        query += (("modifiedAt", f"gte:{since}"),)
    call = Call("GET", "/leads", query=query, accept=f"{NDJSON}, {JSON};q=0.5", limits=_HEAD)
    async with client.flow(call) as flow:
        media = flow.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media not in {NDJSON, JSON}:
            raise Malformed
        slices = _lines(flow) if media == NDJSON else _pages(client, flow, query)
        async with aclosing(slices):
            yield LeadRows(_total(flow), slices)


async def read_row(client: ApiClient, lead: str) -> LeadRow:
    """Return one lead as a row, without the price of a model."""
    return _row_of_detail((await client.ask(Call("GET", path("/leads/{}", lead)))).body)


async def _lines(flow: Flow) -> AsyncGenerator[list[SealedRow]]:
    rest = b""
    async with aclosing(flow.slices(_STREAM_CAP, _SILENCE)) as pieces:
        async for piece in pieces:
            whole = rest + piece
            end = whole.rfind(b"\n") + 1
            rest = whole[end:]
            if len(rest) > _LINE_CAP:
                raise Malformed
            for part in _portions(whole, end):
                yield _rows(decode_sealed_lines, part)
                await asyncio.sleep(0)
    if rest:
        raise Malformed


def _portions(lines: bytes, end: int) -> Iterator[bytes]:
    """Cut whole lines into portions that are parsed in a fraction of a millisecond."""
    start = 0
    while start < end:
        stop = lines.rfind(b"\n", start, start + _PORTION) + 1 or lines.find(b"\n", start) + 1
        yield lines[start:stop]
        start = stop


class _Detail(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """``GET /leads/{id}``: the blocks stand beside the lead, in a row they stand inside it."""

    modified_at: str
    lead: LeadPart
    prospect: FieldList
    interest: FieldList
    commission: CommissionPart | None = None


_DETAIL = msgspec.json.Decoder(_Detail)


def _row_of_detail(body: bytes) -> LeadRow:
    try:
        found = _DETAIL.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise Malformed from None
    lead = structs.replace(found.lead, prospect=found.prospect, interest=found.interest)
    return LeadRow(found.modified_at, lead, found.commission)


async def _pages(client: ApiClient, first: Flow, query: Query) -> AsyncGenerator[list[SealedRow]]:
    """Walk the core's pages: stop at a missing continuation or an empty page (contract, "Paging")."""
    async with aclosing(first.slices(_PAGE.bytes, _SILENCE)) as pieces:
        body = b"".join([piece async for piece in pieces])
    headers = first.headers
    seen: set[str] = set()
    while rows := _rows(decode_sealed_rows, body):
        yield rows
        await asyncio.sleep(0)
        continuation = headers.get("x-continuation", "")
        if not continuation or continuation in seen:
            return
        seen.add(continuation)
        more = (*query, ("maxResults", _PAGE_SIZE), ("continuation", continuation))
        answer = await client.ask(Call("GET", "/leads", query=more, limits=_PAGE))
        body, headers = answer.body, answer.headers


def _rows(decode: Callable[[bytes], list[SealedRow]], body: bytes) -> list[SealedRow]:
    try:
        return decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise Malformed from None


def _total(flow: Flow) -> int | None:
    text = flow.headers.get("x-total", "")
    return int(text) if text.isdigit() and len(text) < 10 else None
