"""Lists in pages: both ways in which a server may end one, and one that never does."""

import asyncio
import json
from typing import Any

import pytest

from leaddesk.api.people import list_sales_partners
from tests.api.conftest import Request, client_of, raw_server


def partner(name: str) -> dict[str, Any]:
    return {"salesPartnerId": name, "name": name, "email": "", "status": "ACTIVE", "serial": 1}


def answer(names: str, continuation: str | None) -> bytes:
    body = json.dumps([partner(name) for name in names]).encode()
    more = f"x-continuation: {continuation}\r\n" if continuation else ""
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        ([("ab", "1"), ("c", None)], "abc"),
        ([("ab", "1"), ("cd", "2"), ("", "3")], "abcd"),
        ([("ab", None)], "ab"),
        ([("", "1")], ""),
        ([("ab", "1"), ("ab", "1")], "abab"),
    ],
)
async def test_the_whole_list_is_read(pages: list[tuple[str, str | None]], found: str) -> None:
    left = list(pages)

    async def answering(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(*left.pop(0)))

    async with raw_server(answering) as server, client_of(server) as client:
        partners = await list_sales_partners(client)
        asked = [request.line.split()[1] for request in server.requests]
    assert "".join(one.name for one in partners) == found and left == []
    continued = [f"/sales-partners?continuation={token}" for _, token in pages[:-1]]
    assert asked == ["/sales-partners", *continued]
