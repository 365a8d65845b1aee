"""``GET /leads``: filters, order, pages, totals, the stream of lines (contract, "Core: facts")."""

from datetime import timedelta
from typing import Any

import pytest

from leaddesk.contract.rows import decode_row, encode_row
from leaddesk.contract.wire import format_time
from tests.support.trade import Person, Trade


async def walk(person: Person, **params: Any) -> list[list[str]]:
    """Follow the continuation to the end."""
    pages, continuation = [], None
    while True:
        asked = params | ({"continuation": continuation} if continuation else {})
        answer = await person.client.get("/leads", params=asked)
        assert answer.status_code == 200, answer.text
        pages.append([row["lead"]["leadId"] for row in answer.json()])
        continuation = answer.headers.get("x-continuation")
        if continuation is None:
            return pages


@pytest.mark.parametrize("share_docs", [False, True])
@pytest.mark.parametrize(
    "sort",
    ["modifiedAt", "-modifiedAt", "lead.leadId", "-lead.createdAt,+lead.leadId", " commission.startedAt"],
)
async def test_pages_hold_every_row_once_in_order(trade: Trade, sort: str, share_docs: bool) -> None:
    leads = trade.add_leads(25, minutes_ago=500, share_docs=share_docs)
    trade.add_leads(3, minutes_ago=490, keeper="Maren")
    maren = await trade.sign_in("Maren")
    pages = await walk(maren, sort=sort, maxResults=7)
    assert [len(page) for page in pages] == [7, 7, 7, 7]
    found = [lead_id for page in pages for lead_id in page]
    assert len(set(found)) == 28 and set(leads) < set(found)
    rows = (await maren.get("/leads", sort=sort))[:]
    assert [row["lead"]["leadId"] for row in rows] == found
    key = {"m": lambda row: row["modifiedAt"], "l": lambda row: row["lead"]["leadId"]}.get(
        sort.lstrip("-")[0]
    )
    if key is not None and "," not in sort:
        assert found == [r["lead"]["leadId"] for r in sorted(rows, key=key, reverse=sort.startswith("-"))]


async def test_stream_and_pages_carry_the_same_bytes(trade: Trade) -> None:
    trade.add_leads(130, minutes_ago=500)
    maren = await trade.sign_in("Maren")
    for lists in ("true", "false"):
        lines = await maren.client.get(
            "/leads", params={"includeFieldLists": lists}, headers={"accept": "application/x-ndjson"}
        )
        assert lines.headers["content-type"].startswith("application/x-ndjson")
        assert lines.headers["x-total"] == "130"
        first = await maren.client.get("/leads", params={"includeFieldLists": lists})
        assert first.headers["x-total"] == "130"
        streamed = lines.content.splitlines()
        assert len(streamed) == 130
        assert first.content == b"[" + b",".join(streamed[:100]) + b"]"
        assert all(encode_row(decode_row(line)) == line for line in streamed)


async def test_without_field_lists_no_value_is_there(trade: Trade) -> None:
    trade.add_lead(keeper="Maren")
    trade.add_lead()
    maren = await trade.sign_in("Maren")
    answer = await maren.client.get("/leads")
    assert "Anna" not in answer.text and "prospect" not in answer.text
    full = await maren.get("/leads", includeFieldLists="true")
    for row, short in zip(full, answer.json(), strict=True):
        del row["lead"]["prospect"], row["lead"]["interest"]
        assert row == short


async def test_filters_narrow(trade: Trade) -> None:
    old, new = trade.add_lead(minutes_ago=3 * 24 * 60), trade.add_lead(minutes_ago=5, keeper="Maren")
    maren = await trade.sign_in("Maren")
    day = (trade.now - timedelta(days=3)).strftime("%Y-%m-%d")
    exact = format_time(trade.now - timedelta(minutes=5))
    for filters, expected in (
        ({"lead.createdAt": f"eq:{day}"}, {old}),
        ({"lead.createdAt": day}, {old}),
        ({"lead.createdAt": f"gt:{day}T12:00:00Z"}, {new}),
        ({"lead.createdAt": f"gte:{day}T12:00:00.000+00:00"}, {old, new}),
        ({"modifiedAt": exact}, {new}),
        ({"modifiedAt": f"lt:{exact}"}, {old}),
        ({"modifiedAt": f"lte:{exact}"}, {old, new}),
        ({"modifiedAt": [f"gte:{day}", f"lt:{exact}"]}, {old}),
        ({"commission.responsible": trade.urn("Maren")}, {new}),
        ({"commission.stepName": "Neu"}, {new}),
        ({"commission.stepName": ["Kontakt", "Neu"]}, {new}),
        ({"lead.createdAt": day.replace("-", "")}, {old}),
        ({"lead.createdAt": f"gt:{day}"}, {old, new}),
        ({"lead.createdAt": f"lte:{day}"}, set()),
        ({"includeFieldLists": "True"}, {old, new}),
        ({"commission.stepName": "Kontakt"}, set()),
        ({"commission.startedAt": f"gte:{day}"}, {new}),
        ({"commission.closedAt": f"gte:{day}"}, set()),
    ):
        assert {row["lead"]["leadId"] for row in await maren.get("/leads", **filters)} == expected, filters


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"sort": "name"}, "sort"),
        ({"sort": "--modifiedAt"}, "sort"),
        ({"modifiedAt": "gte:soon"}, "modifiedAt"),
        ({"modifiedAt": "near:2026-01-01"}, "modifiedAt"),
        ({"lead.createdAt": "9999-12-31"}, None),
        ({"maxResults": "0"}, "maxResults"),
        ({"maxResults": "101"}, "maxResults"),
        ({"includeFieldLists": "yes"}, "includeFieldLists"),
        ({"continuation": "x"}, "continuation"),
        ({"continuation": "ä"}, "continuation"),
        ({"colour": "red"}, "query"),
    ],
)
async def test_bad_input_names_the_field(trade: Trade, params: dict[str, str], field: str | None) -> None:
    maren = await trade.sign_in("Maren")
    answer = await maren.client.get("/leads", params=params)
    assert answer.status_code == (400 if field else 200), answer.text
    assert answer.status_code == 200 or answer.json()["field"] == field


async def test_a_continuation_serves_the_same_request_of_the_same_view_only(trade: Trade) -> None:
    trade.add_leads(5)
    maren, thomas = await trade.sign_in("Maren"), await trade.sign_in("Thomas")
    answer = await maren.client.get("/leads", params={"maxResults": 2})
    token = answer.headers["x-continuation"]
    assert (await thomas.client.get("/leads", params={"continuation": token})).status_code == 200
    other = {"continuation": token, "sort": "-modifiedAt"}
    assert (await maren.client.get("/leads", params=other)).status_code == 400
    trade.policy(trade.wagner, "own-and-unassigned")
    assert (await maren.client.get("/leads", params={"continuation": token})).status_code == 400


async def test_the_total_follows_what_happens(trade: Trade) -> None:
    jens, lead_id = await trade.sign_in("Jens"), trade.add_lead()
    assert (await jens.client.get("/leads")).headers["x-total"] == "1"
    trade.add_lead()
    assert (await jens.client.get("/leads")).headers["x-total"] == "2"
    await jens.delete(f"/leads/{lead_id}")
    assert (await jens.client.get("/leads")).headers["x-total"] == "1"
