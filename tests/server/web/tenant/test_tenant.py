"""The tenant's policy and API keys: set by admins, at once, within one's own rights."""

import asyncio

import httpx

from leaddesk.contract.people import Right
from leaddesk.server.identity.caller import Caller
from leaddesk.server.web.events import Listener
from tests.support.trade import Person, Trade, new_id

POLICY = {
    "idleMinutes": 5,
    "masking": False,
    "maskAfterSeconds": 30,
    "maskUntilAsked": True,
    "revealOffline": True,
    "copying": False,
    "previews": False,
    "leadsVisibleToReps": "all",
}


async def _key(admin: Person, *rights: str, key: str | None = None) -> httpx.Response:
    return await admin.post("/api-keys", key=key, name="Website", rights=list(rights))


async def _with_key(trade: Trade, key: str) -> Person:
    client = httpx.AsyncClient(transport=httpx.ASGITransport(trade.app), base_url="http://server")
    client.headers["authorization"] = key
    trade.clients.append(client)
    return Person(client)


async def test_a_new_key_works_at_once_and_a_revoked_one_no_more(trade: Trade) -> None:
    trade.add_lead()
    admin = await trade.sign_in("Thomas")
    made = (await _key(admin, "lead.read")).json()
    machine = await _with_key(trade, made["key"])
    assert len(await machine.get("/leads")) == 1
    assert (await machine.delete(f"/leads/{new_id()}")).status_code == 403
    (shown,) = await admin.get("/api-keys")
    assert shown["keyId"] == made["keyId"] and shown["rights"] == ["lead.read"] and "key" not in shown
    assert (await admin.delete(f"/api-keys/{made['keyId']}")).status_code == 204
    assert (await machine.client.get("/leads")).status_code == 401
    assert await admin.get("/api-keys") == []


async def test_a_key_is_never_shown_twice_nor_stored(trade: Trade) -> None:
    admin, again = await trade.sign_in("Thomas"), new_id()
    made = (await _key(admin, "lead.read", key=again)).json()
    repeated = await _key(admin, "lead.read", key=again)
    assert repeated.status_code == 409 and made["key"] not in repeated.text
    assert repeated.json()["type"].endswith("secret-already-shown")
    assert len(await admin.get("/api-keys")) == 1
    assert made["key"].encode() not in trade.storage.dump()


async def test_nobody_hands_out_more_than_machines_may_have_or_than_they_have(trade: Trade) -> None:
    admin, rep = await trade.sign_in("Thomas"), await trade.sign_in("Maren")
    assert (await _key(rep, "lead.read")).status_code == 403
    for right in (Right.SHARE_APPROVE, Right.OFFER_DECIDE, Right.KEY_MANAGE, Right.POLICY_MANAGE):
        refused = await _key(admin, right)
        assert refused.status_code == 400 and refused.json()["field"] == "rights"
    assert (await _key(admin, "lead.delete")).status_code == 403
    assert (await _key(admin, "everything")).status_code == 400


async def test_another_tenants_key_does_not_exist_here(trade: Trade) -> None:
    admin, other = await trade.sign_in("Thomas"), await trade.sign_in("Imke")
    made = (await _key(admin, "lead.read")).json()
    assert (await other.delete(f"/api-keys/{made['keyId']}")).status_code == 404
    assert await other.get("/api-keys") == []


async def test_a_policy_decides_from_the_next_request_on(trade: Trade) -> None:
    trade.policy(trade.wagner, "own-and-unassigned")
    trade.add_lead(keeper="Jens")
    admin, rep = await trade.sign_in("Thomas"), await trade.sign_in("Maren")
    assert await rep.get("/leads") == []
    answer = await admin.client.put("/tenant/policy", json=POLICY, headers={"idempotency-key": new_id()})
    assert answer.status_code == 200 and answer.json() == POLICY
    assert len(await rep.get("/leads")) == 1
    assert (await rep.get("/me"))["policy"] == POLICY == await rep.get("/tenant/policy")
    refused = await rep.client.put("/tenant/policy", json=POLICY, headers={"idempotency-key": new_id()})
    assert refused.status_code == 403


async def test_a_policy_is_within_bounds(trade: Trade) -> None:
    admin = await trade.sign_in("Thomas")
    for change in (
        {"idleMinutes": 0},
        {"idleMinutes": True},
        {"masking": "yes"},
        {"maskAfterSeconds": 601},
        {"maskUntilAsked": 1},
        {"revealOffline": None},
        {"copying": "no"},
        {"previews": "no"},
        {"leadsVisibleToReps": "x"},
    ):
        answer = await admin.client.put(
            "/tenant/policy", json=POLICY | change, headers={"idempotency-key": new_id()}
        )
        assert answer.status_code == 400 and answer.json()["field"] == next(iter(change))


async def test_an_open_stream_follows_the_policy_and_ends_with_the_key(trade: Trade) -> None:
    admin, rep = await trade.sign_in("Thomas"), await trade.sign_in("Maren")
    made = (await _key(admin, "lead.read")).json()
    caller = trade.identity.caller_of(rep.client.headers["authorization"])
    machine = trade.identity.caller_of(made["key"])
    anew = asyncio.Event()
    listening = [asyncio.create_task(_listen(trade, who, anew)) for who in (caller, machine)]
    await asyncio.sleep(0.05)
    assert (await admin.delete(f"/api-keys/{made['keyId']}")).status_code == 204
    await asyncio.wait_for(listening[1], 60)
    policy = POLICY | {"leadsVisibleToReps": "own-and-unassigned"}
    await admin.client.put("/tenant/policy", json=policy, headers={"idempotency-key": new_id()})
    await asyncio.wait_for(anew.wait(), 60)
    trade.services.closing.set()
    await asyncio.wait_for(listening[0], 60)


async def _listen(trade: Trade, caller: Caller, anew: asyncio.Event) -> None:
    async for message in Listener(trade.services, caller).messages():
        if b"event: reset" in message:
            anew.set()
