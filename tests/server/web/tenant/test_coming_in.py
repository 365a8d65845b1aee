"""How people come in is the tenant's to say: networks, ages of sessions, a second factor for admins."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx

from leaddesk.personal.masked import Secret
from leaddesk.server.identity.refusals import InvalidGrant
from leaddesk.server.identity.tokens.sessions import Sessions
from leaddesk.server.web.events import Listener
from tests.support.trade import Person, Trade, new_id

RULES = {"sessionHours": 720, "idleHours": 720, "stepUpMinutes": 10, "secondFactorForAdmins": False}
USUAL: dict[str, Any] = {"firmOnly": False, "breakGlass": []}


def kind(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).rpartition(":")[2]


def at(trade: Trade, address: str, authorization: str) -> httpx.AsyncClient:
    """The same person or key, asking from another address."""
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(trade.app, client=(address, 5000)), base_url="http://server"
    )
    client.headers["authorization"] = authorization
    trade.clients.append(client)
    return client


async def put(who: Person, path: str, **body: Any) -> httpx.Response:
    return await who.client.put(path, json=body, headers={"idempotency-key": new_id()})


async def test_from_another_network_nobody_reads_and_the_token_stays_good(trade: Trade) -> None:
    admin = await trade.sign_in("Thomas")
    assert await admin.get("/tenant/networks") == {"networks": [], "yours": "127.0.0.1"}
    networks = ["127.0.0.0/8", "2001:DB8::/32", "198.51.100.7"]
    told = (await put(admin, "/tenant/networks", networks=networks)).json()
    assert told["networks"] == ["127.0.0.0/8", "2001:db8::/32", "198.51.100.7/32"]
    authorization = admin.client.headers["authorization"]
    for address, status in (
        ("198.51.100.7", 200),
        ("::ffff:127.9.9.9", 200),
        ("2001:db8:1::1", 200),
        ("198.51.100.8", 403),
        ("2001:db9::1", 403),
        ("", 403),
    ):
        answer = await at(trade, address, authorization).get("/me")
        assert answer.status_code == status, address
        assert status == 200 or kind(answer) == "network-refused"
    assert (await (await trade.sign_in("Imke")).client.get("/me")).status_code == 200, "another tenant's"


async def test_a_token_is_not_renewed_from_elsewhere_and_not_lost_by_it(trade: Trade) -> None:
    admin = await trade.sign_in("Thomas")
    await put(admin, "/tenant/networks", networks=["127.0.0.1"])
    caller = trade.identity.caller_of(admin.client.headers["authorization"])
    grant = Sessions(lambda: trade.now, trade.people.books).open(trade.wagner, caller.member_id)
    fields = {"grant_type": "refresh_token", "client_id": "leaddesk-desktop", "rotation_id": "r"}
    fields["refresh_token"] = grant.refresh.reveal()
    refused = await at(trade, "198.51.100.8", "-").post("/oauth/token", data=fields)
    assert (refused.status_code, refused.json()) == (403, {"error": "access_denied"})
    assert (await admin.client.post("/oauth/token", data=fields)).status_code == 200


async def test_a_key_comes_from_its_own_networks_or_else_from_the_tenants(trade: Trade) -> None:
    admin = await trade.sign_in("Thomas")
    own = await admin.done("/api-keys", name="Web", rights=["lead.read"], networks=["203.0.113.0/24"])
    other = await admin.done("/api-keys", name="Office", rights=["lead.read"])
    await put(admin, "/tenant/networks", networks=["127.0.0.1"])
    found = {
        (name, address): (await at(trade, address, key["key"]).get("/test")).status_code
        for name, key in (("own", own), ("other", other))
        for address in ("127.0.0.1", "203.0.113.9", "198.51.100.1")
    }
    assert [found["own", one] for one in ("127.0.0.1", "203.0.113.9", "198.51.100.1")] == [403, 200, 403]
    assert [found["other", one] for one in ("127.0.0.1", "203.0.113.9", "198.51.100.1")] == [200, 403, 403]
    assert [one["networks"] for one in await admin.get("/api-keys")] == [["203.0.113.0/24"], []]


async def test_open_streams_end_where_nobody_may_come_from_any_more(trade: Trade) -> None:
    """Of people and of keys; who is still let in listens on, and loads nothing anew for it."""
    admin, rep = await trade.sign_in("Thomas"), await trade.sign_in("Maren")
    usual = await admin.done("/api-keys", name="Office", rights=["lead.read"])
    own = await admin.done("/api-keys", name="Web", rights=["lead.read"], networks=["203.0.113.0/24"])
    callers = [trade.identity.caller_of(rep.client.headers["authorization"])]
    callers += [trade.identity.caller_of(key["key"]) for key in (usual, own)]
    heard: dict[tuple[int, str], bytes] = {}

    async def listen(which: int, source: str) -> None:
        async for message in Listener(trade.services, callers[which], source=source).messages():
            heard[which, source] = heard.get((which, source), b"") + message

    outside, inside = "203.0.113.9", "127.0.0.1"
    streams = {
        one: asyncio.create_task(listen(*one))
        for one in ((0, outside), (1, outside), (2, outside), (0, inside), (1, inside))
    }
    async with asyncio.timeout(60):
        while len(heard) < len(streams):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        await put(admin, "/tenant/networks", networks=[inside])
        await asyncio.gather(streams[0, outside], streams[1, outside])
        assert not any(streams[one].done() for one in ((2, outside), (0, inside), (1, inside)))
        lead = trade.add_lead()
        await admin.done(f"/leads/{lead}/notes", text="Notiz")
        while b"event: note" not in heard[0, inside]:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    assert not any(b"event: reset" in told for told in heard.values())
    trade.services.closing.set()
    await asyncio.gather(*streams.values())


async def test_nobody_locks_themselves_out_without_saying_so(trade: Trade) -> None:
    admin = await trade.sign_in("Thomas")
    refused = await put(admin, "/tenant/networks", networks=["198.51.100.0/24"])
    assert (refused.status_code, kind(refused)) == (409, "locks-out")
    assert (await admin.client.get("/me")).status_code == 200
    meant = await put(admin, "/tenant/networks", networks=["198.51.100.0/24"], lockMeOut=True)
    assert meant.status_code == 200
    assert kind(await admin.client.get("/me")) == "network-refused"
    there = Person(at(trade, "198.51.100.3", admin.client.headers["authorization"]))
    assert (await put(there, "/tenant/networks", networks=[], lockMeOut=False)).status_code == 200
    assert (await admin.client.get("/me")).status_code == 200


async def test_what_is_no_network_is_named(trade: Trade) -> None:
    admin, rep = await trade.sign_in("Thomas"), await trade.sign_in("Maren")
    for text in ("10.0.0.0/33", "10.0.0.1/8", "example.com", "::/129", "1.2.3", "x" * 50, "10.0.0.0/8 "):
        answer = await put(admin, "/tenant/networks", networks=["127.0.0.1", text])
        assert (answer.status_code == 200) == (text == "10.0.0.0/8 "), text
        assert answer.status_code == 200 or answer.json()["field"].startswith("networks")
    assert (await put(admin, "/tenant/networks", networks=["10.0.0.0/8"] * 51)).status_code == 400
    assert (await put(rep, "/tenant/networks", networks=[])).status_code == 403
    assert (await rep.client.get("/tenant/networks")).status_code == 403


async def test_sessions_end_when_the_tenant_says_so_or_when_nobody_uses_them(trade: Trade) -> None:
    sessions = Sessions(lambda: trade.now, trade.people.books)
    member = trade.members["Maren"]
    old = sessions.open(trade.wagner, member)
    trade.now += timedelta(hours=9)
    young, idle = sessions.open(trade.wagner, member), sessions.open(trade.wagner, member)
    admin = await trade.sign_in("Thomas")
    rules = RULES | {"sessionHours": 8, "idleHours": 2}
    assert (await put(admin, "/tenant/sign-in-policy", **rules)).json() == rules | USUAL
    assert await admin.get("/tenant/sign-in-policy") == rules | USUAL
    assert len(trade.identity.register.of(trade.wagner, member)) == 2, "the old one ended at once"
    tokens = {"old": old.refresh, "young": young.refresh, "idle": idle.refresh}
    ended = dict[str, int]()
    for hour in range(9):
        for name in [one for one in tokens if one not in ended and (one != "idle" or hour == 2)]:
            try:
                tokens[name] = sessions.rotate(tokens[name].reveal(), new_id()).refresh
            except InvalidGrant:
                ended[name] = hour
        trade.now += timedelta(hours=1)
    assert ended == {"old": 0, "idle": 2, "young": 8}, "used or not, eight hours are the end"


async def test_each_answer_says_when_the_session_ends(trade: Trade) -> None:
    """However often it is renewed: a client announces the end before it comes (measure A6)."""
    admin = await trade.sign_in("Thomas")
    await put(admin, "/tenant/sign-in-policy", **RULES | {"sessionHours": 8})
    sessions = Sessions(lambda: trade.now, trade.people.books)
    grant = sessions.open(trade.wagner, trade.members["Maren"])
    client, told = at(trade, "127.0.0.1", "-"), list[int]()
    assert grant.left == timedelta(hours=8)
    token = grant.refresh.reveal()
    for _ in range(3):
        trade.now += timedelta(hours=1)
        fields = {"grant_type": "refresh_token", "client_id": "leaddesk-desktop", "rotation_id": new_id()}
        answer = (await client.post("/oauth/token", data=fields | {"refresh_token": token})).json()
        token = answer["refresh_token"]
        told.append(answer["leaddesk_session_ends_in"])
    assert told == [7 * 3600, 6 * 3600, 5 * 3600]
    other = await trade.sign_in("Thomas")
    await put(other, "/tenant/sign-in-policy", **RULES | {"sessionHours": 4})
    answer = (await client.post("/oauth/token", data=fields | {"refresh_token": token})).json()
    assert answer["leaddesk_session_ends_in"] == 3600, "a shorter rule counts from the next renewal on"


async def test_how_fresh_a_sign_in_has_to_be_is_the_tenants_to_say(trade: Trade) -> None:
    admin = await trade.sign_in("Thomas")
    assert (await put(admin, "/tenant/sign-in-policy", **RULES | {"stepUpMinutes": 2})).status_code == 200
    trade.now += timedelta(minutes=2)
    assert kind(await admin.post("/api-keys", name="Web", rights=["lead.read"])) == "step-up-needed"
    assert kind(await put(admin, "/tenant/sign-in-policy", **RULES)) == "step-up-needed"
    assert kind(await put(admin, "/tenant/networks", networks=[])) == "step-up-needed"
    assert kind(await admin.delete(f"/api-keys/{new_id()}")) == "step-up-needed"
    assert kind(
        await put(admin, "/tenant/policy", idleMinutes=1, masking=True, leadsVisibleToReps="all")
    ) == ("step-up-needed")
    assert (await admin.client.get("/tenant/networks")).status_code == 200, "reading is not sensitive"


async def test_whoever_asks_admins_for_a_second_factor_has_one(trade: Trade) -> None:
    admin = await trade.sign_in("Thomas")
    asked = RULES | {"secondFactorForAdmins": True}
    assert kind(await put(admin, "/tenant/sign-in-policy", **asked)) == "wrong-state"
    for change in ({"sessionHours": 0}, {"idleHours": 9_000}, {"stepUpMinutes": 61}, {"stepUpMinutes": "1"}):
        answer = await put(admin, "/tenant/sign-in-policy", **RULES | change)
        assert answer.status_code == 400 and answer.json()["field"] == next(iter(change))


async def test_a_machine_with_every_right_sets_nothing_of_this(trade: Trade) -> None:
    from leaddesk.contract.people import Right
    from leaddesk.server.identity.api_keys import ApiKeyRecord

    trade.people.api_keys.add(ApiKeyRecord(trade.wagner, new_id(), "Web", frozenset(Right)), Secret("key"))
    machine = Person(at(trade, "127.0.0.1", "key"))
    for path, body in (("/tenant/sign-in-policy", RULES), ("/tenant/networks", {"networks": []})):
        assert kind(await put(machine, path, **body)) == "step-up-needed"
