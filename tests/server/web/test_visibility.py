"""Which leads a person receives, by both policies: list, single, stream, push (measure A10)."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries.feed import NOWHERE, Place, since
from leaddesk.server.web.events import Listener, Said
from tests.support.trade import Person, Trade


def caller(person: Person, trade: Trade) -> Caller:
    return trade.identity.caller_of(person.client.headers["authorization"])


async def ids(person: Person) -> set[str]:
    """Return what the list shows, after checking that stream, total and single leads agree."""
    rows = await person.get("/leads")
    lines = await person.client.get("/leads", headers={"accept": "application/x-ndjson"})
    streamed = {json.loads(line)["lead"]["leadId"] for line in lines.content.splitlines()}
    listed = {row["lead"]["leadId"] for row in rows}
    assert streamed == listed and lines.headers["x-total"] == str(len(listed))
    for lead_id in listed:
        assert (await person.get(f"/leads/{lead_id}"))["lead"]["leadId"] == lead_id
    return listed


def told(trade: Trade, person: Person, position: int) -> list[tuple[str, str]]:
    news, _ = since(trade.services.library, caller(person, trade), Place(position))
    return [(one.kind.value, one.id) for one in news]


def head(trade: Trade, person: Person) -> int:
    return since(trade.services.library, caller(person, trade), NOWHERE)[1].position


@pytest.mark.parametrize("policy", ["all", "own-and-unassigned"])
async def test_the_policy_holds_everywhere(trade: Trade, policy: str) -> None:
    trade.policy(trade.wagner, policy)
    mine, his, free = trade.add_lead(keeper="Maren"), trade.add_lead(keeper="Jens"), trade.add_lead()
    maren, thomas = await trade.sign_in("Maren"), await trade.sign_in("Thomas")
    assert await ids(thomas) == {mine, his, free}
    assert await ids(maren) == ({mine, his, free} if policy == "all" else {mine, free})
    if policy == "all":
        return
    for part in ("", "/notes", "/history", "/disclosures"):
        assert (await maren.client.get(f"/leads/{his}{part}")).status_code == 404
    assert await maren.refused(f"/leads/{his}/notes", 404, text="x") == "not-found"
    assert await maren.refused(f"/leads/{his}/commission/step", 404, step="Kontakt") == "not-found"
    assert await maren.refused("/share-requests", 404, leadId=his, marketId=trade.market) == "not-found"
    assert await maren.refused(f"/markets/{trade.market}/preview", 404, leadId=his) == "not-found"


async def test_losing_the_right_is_told_as_gone_and_once_only_to_those_who_had_it(trade: Trade) -> None:
    trade.policy(trade.wagner, "own-and-unassigned")
    free, his = trade.add_lead(), trade.add_lead(keeper="Jens")
    maren, jens, thomas = [await trade.sign_in(name) for name in ("Maren", "Jens", "Thomas")]
    position = head(trade, thomas)
    await jens.done(f"/leads/{free}/commission/step", step="Kontakt")
    await jens.done(f"/leads/{his}/notes", text="x")
    assert told(trade, jens, position) == [("lead", free), ("note", his)]
    assert told(trade, thomas, position) == [("lead", free), ("note", his)]
    assert told(trade, maren, position) == [("gone", free)]
    assert (await maren.client.get(f"/leads/{free}")).status_code == 404


async def test_deletion_is_told_as_gone_in_both_tenants(trade: Trade) -> None:
    lead_id = trade.add_lead()
    jens, bjoern, ole, imke = [await trade.sign_in(name) for name in ("Jens", "Björn", "Ole", "Imke")]
    await jens.done("/share-requests", leadId=lead_id, marketId=trade.free_market)
    (offer,) = await bjoern.get("/offers")
    await bjoern.done(f"/offers/{offer['offerId']}/accept")
    before = head(trade, jens), head(trade, imke)
    assert ("lead", lead_id) in told(trade, bjoern, 0) and ("lead", lead_id) in told(trade, imke, 0)
    assert lead_id not in str(told(trade, ole, 0))
    await jens.delete(f"/leads/{lead_id}")
    assert told(trade, jens, before[0]) == [("gone", lead_id)]
    for person in (bjoern, imke):
        assert told(trade, person, before[1]) == [("offer", offer["offerId"]), ("gone", lead_id)]
    assert told(trade, ole, before[1]) == [("offer", offer["offerId"])]


async def test_inside_the_partner_the_accepting_member_is_responsible(trade: Trade) -> None:
    lead_id = trade.add_lead()
    maren, bjoern, ole, imke = [await trade.sign_in(name) for name in ("Maren", "Björn", "Ole", "Imke")]
    await maren.done("/share-requests", leadId=lead_id, marketId=trade.free_market)
    (offer,) = await ole.get("/offers")
    await bjoern.done(f"/offers/{offer['offerId']}/accept")
    assert (await ids(bjoern), await ids(imke), await ids(ole)) == ({lead_id}, {lead_id}, set())


async def test_share_requests_reach_the_requester_and_who_approves(trade: Trade) -> None:
    lead_id = trade.add_lead()
    maren, jens, thomas = [await trade.sign_in(name) for name in ("Maren", "Jens", "Thomas")]
    position = head(trade, thomas)
    request = (await maren.done("/share-requests", leadId=lead_id, marketId=trade.market))["shareRequestId"]
    assert told(trade, maren, position) == told(trade, thomas, position) == [("share-request", request)]
    assert told(trade, jens, position) == []
    assert await jens.get("/share-requests") == []
    assert (await jens.client.get(f"/share-requests/{request}")).status_code == 404
    assert [one["status"] for one in await thomas.get("/share-requests", status="PENDING")] == ["PENDING"]
    assert await thomas.get("/share-requests", status="APPROVED") == []


def listen(trade: Trade, person: Person, last_id: str | None = None, mark: str = "") -> AsyncIterator[bytes]:
    return Listener(trade.services, caller(person, trade), Said(last_id, mark)).messages()


def parts(message: bytes) -> tuple[str, dict[str, Any], int | None]:
    """What a message says: kind, data without the mark, id."""
    lines = dict(line.split(": ", 1) for line in message.decode().strip().splitlines())
    data = json.loads(lines["data"])
    assert len(data.pop("mark")) == 16
    return lines["event"], data, int(lines["id"]) if "id" in lines else None


def mark_in(message: bytes) -> str:
    return str(json.loads(message.decode().partition("data: ")[2])["mark"])


async def test_a_stream_begins_with_the_head_and_tells_ids_only(trade: Trade) -> None:
    lead_id = trade.add_lead()
    maren = await trade.sign_in("Maren")
    stream = listen(trade, maren)
    start = head(trade, maren)
    assert parts(await anext(stream)) == ("head", {"position": start}, start)
    await maren.done(f"/leads/{lead_id}/commission/step", step="Kontakt")
    assert parts(await anext(stream)) == ("lead", {"id": lead_id, "serial": 3}, start + 2)
    trade.identity.revoke(maren.client.headers["authorization"].removeprefix("Bearer "))
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_a_stream_resumes_behind_the_last_id_and_resets_on_an_unknown_one(trade: Trade) -> None:
    lead_id = trade.add_lead()
    maren = await trade.sign_in("Maren")
    start = head(trade, maren)
    await maren.done(f"/leads/{lead_id}/notes", text="x")
    stream = listen(trade, maren, str(start))
    assert parts(await anext(stream)) == ("head", {"position": start + 1}, None)
    assert b"event: note\n" in await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]
    for unknown in (str(start + 99), "nonsense", "9" * 400):
        stream = listen(trade, maren, unknown)
        assert b"event: head\n" in await anext(stream)
        assert b"event: reset\n" in await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]


async def test_a_stream_ends_with_the_token_and_with_the_server(trade: Trade) -> None:
    maren = await trade.sign_in("Maren")
    stream = listen(trade, maren)
    await anext(stream)
    trade.services.closing.set()
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
