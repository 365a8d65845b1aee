"""The own account over HTTP: sessions, second factor, showing again who one is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from leaddesk.contract.people import Right
from leaddesk.contract.signin import CLIENT_ID
from leaddesk.server.identity.proving.totp import code_of, step_at
from leaddesk.server.identity.tokens.codes import challenge_of
from tests.support.trade import PASSWORD, VERIFIER, Person, Trade, new_id

ASKED = {"codeChallenge": challenge_of(VERIFIER)}
FORM = {"grant_type": "authorization_code", "code_verifier": VERIFIER, "client_id": CLIENT_ID}


def kind(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).rpartition(":")[2]


def totp(trade: Trade, secret: str, steps: int = 0) -> str:
    import base64

    return code_of(base64.b32decode(secret), step_at(trade.now) + steps)


async def enrolled(trade: Trade, who: Person) -> tuple[str, list[str]]:
    """Enrol an app; returns its secret and the recovery codes."""
    secret = (await who.done("/me/second-factor"))["secret"]
    codes = (await who.done("/me/second-factor/confirm", code=totp(trade, secret)))["codes"]
    trade.now += timedelta(seconds=30)
    return secret, codes


async def test_one_sees_where_one_is_signed_in_and_signs_a_device_out(trade: Trade) -> None:
    here, there, other = [await trade.sign_in(name) for name in ("Thomas", "Thomas", "Maren")]
    listed = await here.get("/sessions")
    assert [one["isCurrent"] for one in listed].count(True) == 1 and len(listed) == 2
    (elsewhere,) = (one["sessionId"] for one in listed if not one["isCurrent"])
    assert (await other.delete(f"/sessions/{elsewhere}")).status_code == 404
    key = new_id()
    for _ in range(2):
        assert (await here.delete(f"/sessions/{elsewhere}", key)).status_code == 204
    assert (await here.delete(f"/sessions/{elsewhere}")).status_code == 404
    assert (await there.client.get("/me")).status_code == 401
    assert len(await here.get("/sessions")) == 1 and await other.get("/me")


async def test_all_other_devices_are_signed_out_at_once(trade: Trade) -> None:
    here, *others = [await trade.sign_in("Thomas") for _ in range(3)]
    assert (await here.delete("/sessions")).status_code == 204
    assert [(await one.client.get("/me")).status_code for one in (here, *others)] == [200, 401, 401]


async def test_a_session_has_the_name_its_device_gave_it(trade: Trade) -> None:
    who = await trade.sign_in("Thomas")
    asked = {"email": "thomas@x.example", "password": PASSWORD, **ASKED}
    code = (await who.client.post("/oauth/challenge", json=asked)).json()["authorization_code"]
    refused = await who.client.post("/oauth/token", data=FORM | {"code": code, "device_name": "x" * 61})
    assert refused.json() == {"error": "invalid_request"}
    answer = await who.client.post("/oauth/token", data=FORM | {"code": code, "device_name": " Büro  PC "})
    assert answer.status_code == 200
    assert sorted(one["device"] for one in await who.get("/sessions")) == ["", "Büro PC"]
    assert "Büro".encode() not in trade.on_disk()


async def test_the_form_in_the_app_asks_for_the_second_factor_with_a_ticket(trade: Trade) -> None:
    who = await trade.sign_in("Thomas")
    secret, codes = await enrolled(trade, who)
    asked = {"email": "thomas@x.example", "password": PASSWORD, **ASKED}
    needed = await who.client.post("/oauth/challenge", json=asked)
    assert (needed.status_code, kind(needed)) == (401, "second-factor-needed")
    step = {"ticket": needed.json()["ticket"], "code": "000000"}
    wrong = await who.client.post("/oauth/challenge/second-factor", json=step)
    assert (wrong.status_code, kind(wrong)) == (401, "sign-in-refused")
    right = await who.client.post("/oauth/challenge/second-factor", json=step | {"code": totp(trade, secret)})
    code = right.json()["authorization_code"]
    assert (await who.client.post("/oauth/token", data=FORM | {"code": code})).status_code == 200
    again = await who.client.post("/oauth/challenge/second-factor", json=step | {"code": codes[0]})
    assert (again.status_code, kind(again)) == (410, "ticket-over")
    assert await who.get("/me/second-factor") == {
        "isEnrolled": True,
        "isRequired": False,
        "recoveryCodesLeft": 10,
        "since": "2026-11-19T12:00:00.000Z",
    }


async def test_secrets_are_shown_once(trade: Trade) -> None:
    who, key = await trade.sign_in("Thomas"), new_id()
    first = await who.post("/me/second-factor", key)
    assert first.json()["uri"].startswith("otpauth://totp/") and first.status_code == 201
    assert kind(await who.post("/me/second-factor", key)) == "secret-already-shown"
    code = totp(trade, first.json()["secret"])
    shown = await who.post("/me/second-factor/confirm", key := new_id(), code=code)
    assert len(shown.json()["codes"]) == 10
    assert kind(await who.post("/me/second-factor/confirm", key, code=code)) == "secret-already-shown"
    assert kind(await who.post("/me/second-factor")) == "wrong-state"
    renewed = (await who.done("/me/recovery-codes"))["codes"]
    assert not set(renewed) & set(shown.json()["codes"])
    dump = trade.on_disk()
    for one in (*renewed, first.json()["secret"]):
        assert one.encode() not in dump and one.replace("-", "").encode() not in dump
    assert (await who.delete("/me/second-factor")).status_code == 204
    assert kind(await who.post("/me/recovery-codes")) == "wrong-state"


SENSITIVE: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/me/second-factor", {}),
    ("DELETE", "/me/second-factor", {}),
    ("POST", "/me/recovery-codes", {}),
]


@pytest.mark.parametrize(("method", "path", "body"), SENSITIVE)
async def test_a_sensitive_act_needs_somebody_who_showed_a_moment_ago_who_they_are(
    trade: Trade, method: str, path: str, body: dict[str, Any]
) -> None:
    who = await trade.sign_in("Thomas")

    async def act() -> httpx.Response:
        headers = {"idempotency-key": new_id()}
        return await who.client.request(method, path, json=body, headers=headers)

    trade.now += timedelta(minutes=4)
    assert kind(await who.client.post("/me/step-up", json={"password": "wrong"})) == "sign-in-refused"
    assert (await act()).status_code in (200, 201, 204, 409)
    await _renewed(trade, who)
    refused = await act()
    assert (refused.status_code, kind(refused)) == (403, "step-up-needed")
    assert (await who.client.post("/me/step-up", json={"password": PASSWORD})).status_code == 204
    assert (await act()).status_code in (200, 201, 204, 409)


async def _renewed(trade: Trade, who: Person) -> None:
    """Let ten minutes pass since the sign-in, with a token that is still good."""
    caller = trade.identity.caller_of(who.client.headers["authorization"])
    past = "2026-11-19T11:50:00.000Z"
    trade.people.books.at(
        caller.tenant_id,
        lambda page: page.set("session", {"proved_at": past}, "session_id = ?", str(caller.session)),
        writes=True,
    )


async def test_a_code_shows_it_as_well_as_the_password_but_once(trade: Trade) -> None:
    who = await trade.sign_in("Thomas")
    secret, codes = await enrolled(trade, who)
    for code in (totp(trade, secret), codes[3]):
        await _renewed(trade, who)
        assert kind(await who.post("/me/recovery-codes")) == "step-up-needed"
        assert (await who.client.post("/me/step-up", json={"code": code})).status_code == 204
        assert kind(await who.client.post("/me/step-up", json={"code": code})) == "sign-in-refused"
    assert (await who.client.post("/me/step-up", json={"code": codes[5]})).status_code == 204
    assert (await who.post("/me/recovery-codes")).status_code == 200
    for body in ({}, {"code": "1", "password": "x"}):
        assert (await who.client.post("/me/step-up", json=body)).status_code == 400


async def test_wrong_passwords_are_counted_here_as_at_the_entrance(trade: Trade) -> None:
    who = await trade.sign_in("Thomas")
    for _ in range(5):
        assert kind(await who.client.post("/me/step-up", json={"password": "wrong"})) == "sign-in-refused"
    assert (await who.client.post("/me/step-up", json={"password": PASSWORD})).status_code == 429
    asked = {"email": "thomas@x.example", "password": PASSWORD, **ASKED}
    assert (await who.client.post("/oauth/challenge", json=asked)).status_code == 429


async def test_a_machine_has_no_account(trade: Trade) -> None:
    from leaddesk.personal.masked import Secret
    from leaddesk.server.identity.api_keys import ApiKeyRecord

    trade.people.api_keys.add(ApiKeyRecord(trade.wagner, new_id(), "Web", frozenset(Right)), Secret("key"))
    client = (await trade.sign_in("Thomas")).client
    client.headers["authorization"] = "key"
    headers = {"idempotency-key": new_id()}
    for method, path in (("GET", "/sessions"), ("DELETE", "/sessions"), ("GET", "/me/second-factor")):
        assert (await client.request(method, path, headers=headers)).status_code == 403
    for path in ("/me/second-factor", "/me/recovery-codes"):
        assert kind(await client.post(path, headers=headers)) == "step-up-needed"
