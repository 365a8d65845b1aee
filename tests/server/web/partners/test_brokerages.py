"""``POST /markets/{id}/brokerages``: offering a lead without a request."""

import httpx

from leaddesk.contract.ids import TenantId
from leaddesk.contract.people import Right
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.api_keys import ApiKeyRecord
from tests.support.trade import Person, Trade, new_id


def machine(trade: Trade, *rights: Right, tenant: TenantId | None = None) -> Person:
    """Give a client that asks with a bare API key."""
    secret = Secret(new_id())
    trade.people.api_keys.add(
        ApiKeyRecord(tenant or trade.wagner, new_id(), "Website", frozenset(rights)), secret
    )
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(trade.app),
        base_url="http://server",
        headers={"authorization": secret.reveal()},
    )
    trade.clients.append(client)
    return Person(client)


async def offer(person: Person, market: str, lead_id: str) -> httpx.Response:
    return await person.client.post(f"/markets/{market}/brokerages", json={"leadId": lead_id})


async def test_a_key_offers_on_a_market_and_a_partner_accepts(trade: Trade) -> None:
    key = machine(trade, Right.LEAD_READ, Right.LEAD_SHARE, Right.LEAD_ASSIGN)
    bjoern, lead_id = await trade.sign_in("Björn"), trade.add_lead()
    made = await offer(key, trade.market, lead_id)
    assert made.status_code == 201 and set(made.json()) == {"brokerageId"}
    (open_offer,) = await bjoern.get("/offers")
    assert open_offer["status"] == "OPEN" and "Anna" not in str(open_offer)
    await bjoern.done(f"/offers/{open_offer['offerId']}/accept")
    assert (await bjoern.get(f"/leads/{lead_id}"))["prospect"]["fields"]["Vorname"]["value"] == "Anna"
    history = await key.get(f"/leads/{lead_id}/history")
    offered = next(entry for entry in history if entry["kind"] == "offered")
    assert offered["originator"]["name"] == "Website"
    disclosures = await key.get(f"/leads/{lead_id}/disclosures")
    assert {one["decidedByName"] for one in disclosures} == {"Website"}


async def test_four_eyes_hold_where_the_market_asks_for_them(trade: Trade) -> None:
    lead_id = trade.add_lead()
    maren, thomas = await trade.sign_in("Maren"), await trade.sign_in("Thomas")
    sharing = machine(trade, Right.LEAD_READ, Right.LEAD_SHARE)
    reading = machine(trade, Right.LEAD_READ)
    for person in (maren, thomas, sharing, reading):
        assert (await offer(person, trade.market, lead_id)).status_code == 403
    assert (await offer(reading, trade.free_market, lead_id)).status_code == 403
    assert (await offer(maren, trade.free_market, lead_id)).status_code == 201
    again = await offer(sharing, trade.free_market, lead_id)
    assert again.status_code == 409 and again.json()["type"].endswith(":already-offered")


async def test_what_is_not_there_is_not_found(trade: Trade) -> None:
    lead_id, finn, maren = trade.add_lead(), await trade.sign_in("Finn"), await trade.sign_in("Maren")
    assert (await offer(maren, new_id(), lead_id)).status_code == 404
    assert (await offer(maren, trade.free_market, new_id())).status_code == 404
    assert (await offer(finn, trade.free_market, lead_id)).status_code == 404
    assert (await offer(maren, "x", lead_id)).status_code == 400
    for body in ({}, {"leadId": 1}, {"leadId": lead_id, "colour": 1}):
        answer = await maren.client.post(f"/markets/{trade.free_market}/brokerages", json=body)
        assert answer.status_code == 400 and answer.json()["field"]


async def test_a_brokerage_that_nobody_takes_has_failed(trade: Trade) -> None:
    maren, bjoern = await trade.sign_in("Maren"), await trade.sign_in("Björn")
    finn, lead_id = await trade.sign_in("Finn"), trade.add_lead()
    await offer(maren, trade.free_market, lead_id)
    for person in (bjoern, finn):
        (mine,) = await person.get("/offers")
        await person.done(f"/offers/{mine['offerId']}/decline", reason="zu weit")
    history = await maren.get(f"/leads/{lead_id}/history")
    kinds = [entry["kind"] for entry in history[:3]]
    assert kinds == ["brokerage-failed", "offer-declined", "offer-declined"]
    assert history[0]["subject"] == "Solar Küste"
    assert (await offer(maren, trade.free_market, lead_id)).status_code == 201
