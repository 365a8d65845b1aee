"""Bulk rows arrive in slices from a stream, or page by page where the server knows only the core."""

from __future__ import annotations

import asyncio
import gzip
from urllib.parse import parse_qs, urlsplit

import pytest

from leaddesk.api import errors
from leaddesk.api.lead_rows import read_row, stream_leads
from leaddesk.contract.rows import (
    CommissionPart,
    FieldContent,
    FieldList,
    LeadPart,
    LeadRow,
    SealedRow,
    encode_row,
    seal,
)
from tests.api.conftest import Answering, Request, answer, client_of, raw_server

NDJSON = "application/x-ndjson"


def row(number: int) -> LeadRow:
    at = "2026-01-01T00:00:00.000Z"
    fields = FieldList({"Name": FieldContent("text:singleline", f"Jürgen 😀 {number}")})
    part = LeadPart(f"lead-{number}", 1, "urn:lt:tenants:tenant:1", at, at, fields, fields)  # type: ignore[arg-type]
    return LeadRow(at, part, CommissionPart("c", "urn", at, "Neu"))  # type: ignore[arg-type]


def lines(count: int) -> bytes:
    return b"".join(encode_row(row(number)) + b"\n" for number in range(count))


async def load(answering: Answering) -> tuple[int | None, list[SealedRow], int]:
    async with raw_server(answering) as server, client_of(server) as client, stream_leads(client) as bulk:
        slices = [rows async for rows in bulk]
    return bulk.total, [one for rows in slices for one in rows], len(slices)


async def test_a_stream_comes_in_slices() -> None:
    total, rows, slices = await load(answer(lines(5000), media=NDJSON, x_total="5000"))
    assert (total, rows) == (5000, [seal(row(number)) for number in range(5000)])
    assert slices > 1


async def test_a_compressed_stream_is_the_same() -> None:
    body = gzip.compress(lines(50))
    _, rows, _ = await load(answer(body, media=NDJSON, content_encoding="gzip"))
    assert len(rows) == 50


@pytest.mark.parametrize(
    "body",
    [lines(3)[:-1], lines(3) + b'{"x"', b"[]\n", b"[" * 200_000 + b"\n", b"\xff\n", b"x" * 2_000_000],
)
async def test_a_broken_stream_is_malformed(body: bytes) -> None:
    with pytest.raises(errors.Malformed):
        await load(answer(body, media=NDJSON))


async def test_a_stream_cut_by_the_network_is_interrupted() -> None:
    async def cut(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(
            f"HTTP/1.1 200 OK\r\ncontent-type: {NDJSON}\r\ntransfer-encoding: chunked\r\n\r\n".encode()
        )
        writer.write(b"%x\r\n%b\r\n" % (len(lines(3)), lines(3)))

    with pytest.raises(errors.Interrupted):
        await load(cut)


async def test_pages_follow_the_continuation_until_it_ends() -> None:
    async def page(request: Request, writer: asyncio.StreamWriter) -> None:
        asked = parse_qs(urlsplit(request.line.split()[1]).query)
        number = int(asked.get("continuation", ["0"])[0])
        body = b"[" + encode_row(row(number)) + b"]"
        more = {"x_continuation": str(number + 1)} if number < 4 else {}
        await answer(body, x_total="5", **more)(request, writer)

    total, rows, _ = await load(page)
    assert (total, len(rows)) == (5, 5)


async def test_pages_stop_at_an_empty_page_and_at_a_repeated_continuation() -> None:
    async def forever(request: Request, writer: asyncio.StreamWriter) -> None:
        await answer(b"[" + encode_row(row(1)) + b"]", x_continuation="same")(request, writer)

    _, rows, _ = await load(forever)
    assert len(rows) == 2
    _, rows, _ = await load(answer(b"[]", x_continuation="more"))
    assert rows == []


async def test_one_lead_reads_as_a_row() -> None:
    body = (
        b'{"modifiedAt":"2026-01-01T00:00:00.000Z","lead":{"leadId":"a","serial":2,"owner":"o",'
        b'"createdAt":"x","modifiedAt":"y"},"prospect":{"fields":{"N":{"type":"t","value":"v"}},"required":[]},'
        b'"interest":{"fields":{}}}'
    )
    async with raw_server(answer(body)) as server, client_of(server) as client:
        found = await read_row(client, "a")
    assert found.lead.prospect is not None
    assert found.lead.prospect.fields["N"].value == "v"
    assert found.commission is None
