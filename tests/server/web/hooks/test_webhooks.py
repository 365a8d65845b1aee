"""Webhooks over real sockets: registered, signed, in order, tried again, given up, redelivered – ids only."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from leaddesk.contract.webhooks import HookEvent
from leaddesk.server.app import build_app
from leaddesk.server.domain import events as e
from leaddesk.server.hooks import courier, sending
from leaddesk.server.hooks.courier import Courier, Pace
from leaddesk.server.hooks.facts import SOURCES
from leaddesk.server.hooks.registry import MOST_HOOKS
from leaddesk.server.hooks.sending import PinnedSender
from leaddesk.server.web.beside.outside import Outside
from tests.support.receiver import Receiver, receiver, status
from tests.support.serving import served
from tests.support.trade import INTEREST, PROSPECT, Person, Trade, new_id

QUICK = Pace(first=0.02, longest=0.05, look=0.02)
KEY = "hook-key-Geheim"


def outside(pace: Pace = QUICK) -> Outside:
    return Outside(courier=Courier(PinnedSender(loopback=True), pace), loopback_hooks=True)


@asynccontextmanager
async def running(trade: Trade, pace: Pace = QUICK) -> AsyncIterator[str]:
    """Serve with a courier whose clock goes on."""
    began = time.monotonic()
    ticking = replace(
        trade.services.office, clock=lambda: trade.now + timedelta(seconds=time.monotonic() - began)
    )
    async with served(build_app(replace(trade.services, office=ticking, outside=outside(pace)))) as url:
        yield url


class Admin:
    """Thomas over the wire."""

    def __init__(self, person: Person, url: str) -> None:
        token = person.client.headers["authorization"]
        self.http = httpx.AsyncClient(base_url=url, headers={"authorization": token}, timeout=60)

    async def post(self, path: str, key: str | None = None, **body: Any) -> httpx.Response:
        headers = {"idempotency-key": key or new_id()}
        return await self.http.post(path, json=body or None, headers=headers)

    async def hook(self, url: str, name: HookEvent, **more: Any) -> str:
        answer = await self.http.post("/webhooks", json={"url": url, "eventName": name, **more})
        assert answer.status_code == 201 and set(answer.json()) == {"hookId"}, answer.text
        hook_id: str = answer.json()["hookId"]
        return hook_id

    async def lead(self) -> str:
        block = {
            name: {
                "fields": {
                    label: {"type": "text:singleline", "value": text} for label, text in values.items()
                }
            }
            for name, values in (("prospect", PROSPECT), ("interest", INTEREST))
        }
        answer = await self.http.post("/leads", json=block)
        assert answer.status_code in (200, 201), answer.text
        found = answer.json()
        return str(found.get("leadId") or found["lead"]["leadId"])


async def admin(trade: Trade, url: str, name: str = "Thomas") -> Admin:
    made = Admin(await trade.sign_in(name), url)
    trade.clients.append(made.http)
    return made


def test_each_of_the_nine_has_its_source() -> None:
    assert set(SOURCES) == set(HookEvent) and len(HookEvent) == 9
    assert all(kind in e.KINDS.values() for kinds in SOURCES.values() for kind in kinds)


async def test_all_nine_are_told_as_ids_in_order(trade: Trade) -> None:
    async with running(trade) as url, receiver() as listening:
        thomas = await admin(trade, url)
        for name in HookEvent:
            await thomas.hook(listening.url, name)
        imke, finn = await trade.sign_in("Imke"), await trade.sign_in("Finn")
        lead_id = await thomas.lead()
        await offer_and_accept(trade, lead_id, imke)
        await fail(trade, await thomas.lead(), imke, finn)
        partner = (await thomas.http.get("/sales-partners")).json()[1]["salesPartnerId"]
        direct = await thomas.lead()
        assert (await thomas.post(f"/leads/{direct}/commissions", salesPartnerId=partner)).status_code < 300
        await close(trade, await thomas.lead())
        await invite(thomas, imke, finn, partner)
        jens = await admin(trade, url, "Jens")
        assert (
            await jens.http.delete(f"/leads/{lead_id}", headers={"idempotency-key": new_id()})
        ).status_code == 204
        await listening.until(lambda: set(listening.names) == set(HookEvent))
        await listening.until(lambda: len(listening.names) == 15)
        counted = {name: listening.names.count(name) for name in HookEvent}
        assert counted[HookEvent.OFFER_CREATED] == 4 and counted[HookEvent.LEAD_CREATED] == 4
        allowed = {"eventId", "eventName", "occurredAt", "leadId", "brokerageId", "offerId", "commissionId"}
        for one in listening.came:
            assert set(one.json) <= allowed | {"salesPartnerId"}
            assert all(value.isascii() for value in one.json.values())
        assert len({one.json["eventId"] for one in listening.came}) == len(listening.came)


async def offer_and_accept(trade: Trade, lead_id: str, partner: Person) -> None:
    maren = await trade.sign_in("Maren")
    await maren.done("/share-requests", leadId=lead_id, marketId=trade.free_market, reason="x")
    (offer,) = [one for one in await partner.get("/offers") if one["status"] == "OPEN"]
    await partner.done(f"/offers/{offer['offerId']}/accept")


async def fail(trade: Trade, lead_id: str, *partners: Person) -> None:
    maren = await trade.sign_in("Maren")
    await maren.done("/share-requests", leadId=lead_id, marketId=trade.free_market, reason="x")
    for partner in partners:
        (offer,) = [one for one in await partner.get("/offers") if one["status"] == "OPEN"]
        await partner.done(f"/offers/{offer['offerId']}/decline", reason="x")


async def close(trade: Trade, lead_id: str) -> None:
    maren = await trade.sign_in("Maren")
    await maren.done(f"/leads/{lead_id}/commission/step", step="Kontakt")
    await maren.done(f"/leads/{lead_id}/commission/close", outcome="WON")


async def invite(thomas: Admin, imke: Person, finn: Person, partner: str) -> None:
    assert (await thomas.post(f"/sales-partners/{partner}/end")).status_code < 300
    body = {"email": "finn@x.example", "name": "Lorenzen"}
    made = (await thomas.http.post("/sales-partners", json=body)).json()["salesPartnerId"]
    code = (await thomas.http.get(f"/sales-partners/{made}/invitation")).json()["code"]
    answers = [await one.post("/invitations/accept", code=code) for one in (finn,)]
    assert [answer.status_code for answer in answers] == [204]


async def test_a_delivery_is_signed_and_carries_the_hooks_own_key(trade: Trade) -> None:
    async with running(trade) as url, receiver() as listening:
        thomas = await admin(trade, url)
        hook_id = await thomas.hook(listening.url, HookEvent.LEAD_CREATED, apiKey=KEY, description="CRM")
        rotation = new_id()
        shown = await thomas.post(f"/webhooks/{hook_id}/secret", rotation)
        again = await thomas.post(f"/webhooks/{hook_id}/secret", rotation)
        assert again.status_code == 409 and again.json()["type"].endswith("secret-already-shown")
        lead_id = await thomas.lead()
        await listening.until(lambda: listening.came)
        (one,) = listening.came
        assert one.path == "/hook/Geheim?x=1" and one.headers["authorization"] == KEY
        assert one.json["leadId"] == lead_id and one.headers["x-leaddesk-event-id"] == one.json["eventId"]
        seconds, signature = one.headers["x-leaddesk-signature"].split(",")
        signed = seconds.removeprefix("t=").encode() + b"." + one.body
        expected = hmac.new(shown.json()["secret"].encode(), signed, hashlib.sha256).hexdigest()
        assert signature == f"v1={expected}"
        listed = (await thomas.http.get("/webhooks")).json()
        assert listed[0]["origin"] == listening.url.removesuffix("/hook/Geheim?x=1")
        assert (listed[0]["description"], listed[0]["deadLetters"]) == ("CRM", 0)
        assert "Geheim" not in str(listed) and shown.json()["secret"] not in str(listed)
        assert b"Geheim" not in trade.storage.dump()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"url": "https://127.0.0.1/Kanarie"}, "url"),
        ({"url": "https://0x7f.1/Kanarie"}, "url"),
        ({"url": "https://[::ffff:10.0.0.1]/Kanarie"}, "url"),
        ({"url": "http://example.com/Kanarie"}, "url"),
        ({"url": "Kanarie"}, "url"),
        ({"url": "https://example.com/" + "Kanarie" * 400}, "url"),
        ({"eventName": "Kanarie"}, "eventName"),
        ({"apiKey": "Kanarie\r\nx: y"}, "apiKey"),
        ({"apiKey": ""}, "apiKey"),
        ({"description": "Kanarie" * 100}, "description"),
        ({"secret": "Kanarie"}, "body"),
    ],
)
async def test_a_wrong_registration_is_named_and_not_echoed(
    trade: Trade, changed: dict[str, Any], field: str
) -> None:
    async with served(trade.app) as url:
        thomas = await admin(trade, url)
        body = {"url": "https://hooks.example.com/x", "eventName": "LeadCreated"} | changed
        answer = await thomas.http.post("/webhooks", json=body)
        assert answer.status_code == 400 and answer.json()["field"] == field, answer.text
        assert answer.json()["expected"] and "Kanarie" not in answer.text


async def test_a_tenant_has_so_many_webhooks_and_is_told_what_to_do_then(trade: Trade) -> None:
    async with served(trade.app) as url:
        thomas, finn = [await admin(trade, url, name) for name in ("Thomas", "Finn")]
        body = {"url": "https://hooks.example.com/Kanarie", "eventName": "LeadCreated"}
        hooks = [await thomas.hook(body["url"], HookEvent.LEAD_CREATED) for _ in range(MOST_HOOKS)]
        answer = await thomas.http.post("/webhooks", json=body)
        told = answer.json()
        assert (answer.status_code, told["type"]) == (409, "urn:leaddesk:problem:limit-reached")
        assert (told["field"], told["expected"]) == ("webhooks", "at most 50 of a tenant; remove one first")
        assert "Kanarie" not in answer.text
        await finn.hook(body["url"], HookEvent.LEAD_CREATED)
        await thomas.http.delete(f"/webhooks/{hooks[0]}")
        await thomas.hook(body["url"], HookEvent.LEAD_CREATED)


async def test_webhooks_are_the_admins_of_one_tenant(trade: Trade) -> None:
    async with served(trade.app) as url:
        thomas, maren, finn = [await admin(trade, url, name) for name in ("Thomas", "Maren", "Finn")]
        hook_id = await thomas.hook("https://hooks.example.com/x", HookEvent.LEAD_CREATED)
        assert (await maren.http.get("/webhooks")).status_code == 403
        assert (await finn.http.get("/webhooks")).json() == []
        for path in ("", "/secret", "/dead-letters", f"/dead-letters/{new_id()}/redeliver"):
            method = {"": "DELETE", "/dead-letters": "GET"}.get(path, "POST")
            headers = {"idempotency-key": new_id()}
            answer = await finn.http.request(method, f"/webhooks/{hook_id}{path}", headers=headers)
            assert answer.status_code == 404, path
        assert (await thomas.http.delete(f"/webhooks/{hook_id}")).status_code == 204
        assert (await thomas.http.delete(f"/webhooks/{hook_id}")).status_code == 404
        assert (await thomas.http.get("/webhooks")).json() == []
        with trade.storage.transaction(trade.wagner, writes=False) as rows:
            assert rows.select("SELECT COUNT(*) FROM webhook") == [(0,)]


async def test_failures_are_tried_again_and_order_is_kept(trade: Trade) -> None:
    async with running(trade) as url, receiver() as listening:
        listening.answers = [status(500), status(503, "retry-after: 1"), b"", status(429)]
        thomas = await admin(trade, url)
        await thomas.hook(listening.url, HookEvent.LEAD_CREATED)
        leads = [await thomas.lead() for _ in range(3)]
        await listening.until(lambda: len(listening.came) == 7)
        told = [one.json["leadId"] for one in listening.came]
        assert told == [leads[0]] * 5 + leads[1:]
        assert len({one.json["eventId"] for one in listening.came[:5]}) == 1, (
            "a repeated delivery is the same event"
        )


async def test_a_receiver_that_asks_for_time_is_given_it(trade: Trade) -> None:
    async with running(trade) as url, receiver() as listening:
        listening.answers = [status(503, "retry-after: 1")]
        thomas = await admin(trade, url)
        await thomas.hook(listening.url, HookEvent.LEAD_CREATED)
        began = time.monotonic()
        await thomas.lead()
        await listening.until(lambda: len(listening.came) == 2)
        assert time.monotonic() - began >= 1.0


async def test_what_cannot_be_delivered_is_kept_as_ids_and_can_be_sent_again(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "ATTEMPTS", 3)
    async with running(trade) as url, receiver() as listening:
        listening.always = status(500)
        thomas = await admin(trade, url)
        hook_id = await thomas.hook(listening.url, HookEvent.LEAD_CREATED)
        leads = [await thomas.lead() for _ in range(2)]
        dead = await dead_letters(thomas, hook_id, 2)
        assert {letter["leadId"] for letter in dead} == set(leads)
        assert {letter["reason"] for letter in dead} == {"status-500"} and dead[0]["attempts"] == 3
        assert all(letter["redelivering"] is False for letter in dead)
        letters = f"/webhooks/{hook_id}/dead-letters"
        assert (await thomas.post(f"{letters}/{new_id()}/redeliver")).status_code == 404
        assert (await thomas.post(f"{letters}/{dead[0]['eventId']}/redeliver")).status_code == 202
        await listening.until(lambda: len(listening.came) == 5)
        assert (await dead_letters(thomas, hook_id, 2))[0]["eventId"]
        listening.always = status(200)
        for letter in dead:
            assert (await thomas.post(f"{letters}/{letter['eventId']}/redeliver")).status_code == 202
        await dead_letters(thomas, hook_id, 0)
        await thomas.lead()
        await listening.until(lambda: len(listening.came) == 8)


async def dead_letters(thomas: Admin, hook_id: str, count: int) -> Any:
    async with asyncio.timeout(60):
        while True:
            found = (await thomas.http.get(f"/webhooks/{hook_id}/dead-letters")).json()
            if len(found) == count and not any(letter["redelivering"] for letter in found):
                return found
            await asyncio.sleep(0.02)


async def test_a_refusal_for_good_is_given_up_sooner(trade: Trade) -> None:
    async with running(trade) as url, receiver() as listening:
        listening.always = status(410)
        thomas = await admin(trade, url)
        hook_id = await thomas.hook(listening.url, HookEvent.LEAD_CREATED)
        await thomas.lead()
        (letter,) = await dead_letters(thomas, hook_id, 1)
        assert (letter["reason"], letter["attempts"]) == ("status-410", 3) and len(listening.came) == 3


async def test_a_redirect_is_not_followed(trade: Trade) -> None:
    async with running(trade) as url, receiver() as listening, receiver() as elsewhere:
        listening.always = status(307, f"location: {elsewhere.url}")
        thomas = await admin(trade, url)
        hook_id = await thomas.hook(listening.url, HookEvent.LEAD_CREATED)
        await thomas.lead()
        await dead_letters(thomas, hook_id, 1)
        assert elsewhere.connections == 0


async def test_a_silent_receiver_delays_neither_others_nor_requests(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_SECONDS", 600.0)
    async with running(trade) as url, receiver() as silent, receiver() as quick:
        silent.silent.clear()
        thomas = await admin(trade, url)
        for listening in (silent, quick):
            await thomas.hook(listening.url, HookEvent.LEAD_CREATED)
        async with asyncio.timeout(60):
            for _ in range(3):
                await thomas.lead()
        await quick.until(lambda: len(quick.came) == 3)
        assert len(silent.came) == 1


async def test_the_next_process_goes_on_where_this_one_ended(trade: Trade) -> None:
    async with receiver() as listening:
        listening.always = status(503)
        async with running(trade) as url:
            thomas = await admin(trade, url)
            await thomas.hook(listening.url, HookEvent.LEAD_CREATED)
            leads = [await thomas.lead() for _ in range(2)]
            await listening.until(lambda: listening.came)
        listening.always = status(200)
        listening.came.clear()
        async with running(trade):
            await listening.until(lambda: len(listening.came) >= 2)
        assert [one.json["leadId"] for one in listening.came] == leads


async def test_an_erased_lead_is_told_as_deleted_and_nothing_else_of_it(trade: Trade) -> None:
    async with receiver() as listening:
        listening.always = status(503)
        async with running(trade) as url:
            thomas, jens = await admin(trade, url), await admin(trade, url, "Jens")
            for name in (HookEvent.OFFER_CREATED, HookEvent.LEAD_DELETED):
                await thomas.hook(listening.url, name)
            lead_id = await thomas.lead()
            maren = await trade.sign_in("Maren")
            await maren.done("/share-requests", leadId=lead_id, marketId=trade.free_market, reason="x")
            await jens.http.delete(f"/leads/{lead_id}", headers={"idempotency-key": new_id()})
        listening.came.clear()
        listening.always = status(200)
        async with running(trade):
            await listening.until(lambda: HookEvent.LEAD_DELETED in listening.names)
            await asyncio.sleep(0.1)
        assert set(listening.names) == {HookEvent.LEAD_DELETED}


async def test_a_partner_hears_of_an_end_what_ended(trade: Trade) -> None:
    """``LeadDeleted`` is told where the owner erased a lead; one that is only taken back may come again."""
    async with running(trade) as url, receiver() as listening:
        imke, thomas, jens = [await admin(trade, url, name) for name in ("Imke", "Thomas", "Jens")]
        for name in (HookEvent.LEAD_DELETED, HookEvent.PARTNER_ENDED):
            await imke.hook(listening.url, name)
        taken, erased = await thomas.lead(), await thomas.lead()
        partners = (await thomas.http.get("/sales-partners")).json()
        nord = next(one["salesPartnerId"] for one in partners if one["name"] == "Solar Nord GmbH")
        for lead_id in (taken, erased):
            assert (await thomas.post(f"/leads/{lead_id}/commissions", salesPartnerId=nord)).status_code < 300
        await jens.http.delete(f"/leads/{erased}", headers={"idempotency-key": new_id()})
        assert (await thomas.post(f"/sales-partners/{nord}/end")).status_code == 204
        await listening.until(lambda: len(listening.came) == 2)
        await asyncio.sleep(0.1)
        told = {one.json["eventName"]: one.json for one in listening.came}
        assert len(listening.came) == 2 and told["LeadDeleted"]["leadId"] == erased
        assert told["SalesPartnerEnded"]["salesPartnerId"] == nord
        assert "leadId" not in told["SalesPartnerEnded"]


async def test_a_removed_hook_hears_nothing_more(trade: Trade) -> None:
    async with running(trade) as url, receiver() as listening:
        thomas = await admin(trade, url)
        hook_id = await thomas.hook(listening.url, HookEvent.LEAD_CREATED)
        await thomas.http.delete(f"/webhooks/{hook_id}")
        await thomas.lead()
        await asyncio.sleep(0.2)
        assert listening.came == []


async def test_a_hook_hears_of_what_comes_after_it_only(trade: Trade) -> None:
    async with running(trade) as url, receiver() as listening:
        thomas = await admin(trade, url)
        await thomas.lead()
        await thomas.hook(listening.url, HookEvent.LEAD_CREATED)
        later = await thomas.lead()
        await listening.until(lambda: listening.came)
        assert [one.json["leadId"] for one in listening.came] == [later]


def of(listening: Receiver, name: HookEvent) -> list[dict[str, Any]]:
    return [one.json for one in listening.came if one.json["eventName"] == name]


async def test_a_partner_is_told_of_its_offers_without_the_leads_id(trade: Trade) -> None:
    async with running(trade) as url, receiver() as listening:
        imke, thomas = await admin(trade, url, "Imke"), await admin(trade, url)
        for name in (HookEvent.OFFER_CREATED, HookEvent.OFFER_ACCEPTED):
            await imke.hook(listening.url, name)
        lead_id = await thomas.lead()
        await offer_and_accept(trade, lead_id, await trade.sign_in("Björn"))
        await listening.until(lambda: len(listening.came) == 2)
        assert lead_id not in str([one.json for one in listening.came])
        assert (
            of(listening, HookEvent.OFFER_CREATED)[0]["offerId"]
            == of(listening, HookEvent.OFFER_ACCEPTED)[0]["offerId"]
        )
