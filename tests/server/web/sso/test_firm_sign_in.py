"""In by one's firm: new members get least rights, and whatever a provider gets wrong lets nobody in."""

from __future__ import annotations

import base64
import time
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from leaddesk.contract.people import Role
from tests.server.web.signin.conftest import Read
from tests.server.web.sso.conftest import (
    CLIENT,
    ISSUER,
    OTHER_KEY,
    SERVER,
    World,
)


async def test_a_new_member_comes_in_with_the_least_role(world: World) -> None:
    await world.configure()
    before = world.member_count()
    out = await world.go_out()
    assert out["client_id"] == CLIENT and out["code_challenge_method"] == "S256" and len(out["nonce"]) >= 43
    assert out["login_hint"] == f"neu@{world.domain}" and out["scope"] == "openid email profile"
    assert out["redirect_uri"] == f"{SERVER}/sign-in/firm/{world.tenant}"
    me = await world.me(await world.come_back())
    assert (me["person"]["name"], me["role"]) == ("Nele Neu", Role.REP)
    assert me["tenant"]["tenantId"] == world.tenant and world.member_count() == before + 1
    await world.go_out()
    again = await world.me(await world.come_back())
    assert again["person"] == me["person"] and world.member_count() == before + 1


async def test_a_member_is_known_by_the_providers_id_when_the_e_mail_changes(world: World) -> None:
    await world.configure()
    await world.go_out()
    first = await world.me(await world.come_back())
    world.provider.claims |= {"email": "x@elsewhere.example", "email_verified": False}
    await world.go_out()
    assert (await world.me(await world.come_back()))["person"] == first["person"]


async def test_a_member_with_a_password_stays_who_they_are(world: World) -> None:
    await world.configure()
    world.provider.claims["email"] = world.rep["email"].upper()
    await world.go_out(world.rep["email"])
    me = await world.me(await world.come_back())
    assert me["person"]["email"] == world.rep["email"]


async def test_the_e_mail_may_come_from_the_userinfo_of_the_same_person(world: World) -> None:
    await world.configure()
    world.provider.claims["email"] = None
    world.provider.userinfo = {"sub": "subject-1", "email": f"user@{world.domain}", "email_verified": True}
    await world.go_out()
    assert (await world.me(await world.come_back()))["person"]["email"] == f"user@{world.domain}"
    world.provider.claims["sub"] = "subject-2"
    await world.go_out()
    assert is_refused(await world.come_back())


async def test_the_secret_goes_to_the_provider_alone_as_the_rfc_writes_it(world: World) -> None:
    await world.configure()
    await world.go_out()
    await world.come_back()
    ((_, headers, form),) = [one for one in world.provider.asked if one[0] == f"{ISSUER}/token"]
    pair = base64.b64decode(headers["authorization"].removeprefix("Basic ")).decode()
    assert pair == f"{CLIENT}:client%20secret%3A%20%2B%2F%25"
    assert "client_secret" not in form
    assert all("authorization" not in sent for url, sent, _ in world.provider.asked if "/token" not in url)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://id.evil.example"},
        {"iss": ISSUER + "/"},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"azp": "another"},
        {"aud": None},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": int(time.time()) - 120},
        {"exp": "soon"},
        {"iat": int(time.time()) - 3_600},
        {"iat": int(time.time()) + 3_600},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"email": "neu@elsewhere.example"},
        {"email": "@"},
        {"email": "a@b@wagner.example"},
        {"email": "a b@wagner.example"},
        {"email_verified": False},
        {"email_verified": "false"},
    ],
)
async def test_an_identity_that_is_not_as_it_should_be_lets_nobody_in(
    world: World, claims: dict[str, Any]
) -> None:
    await world.configure()
    before = world.member_count()
    world.provider.claims |= claims
    await world.go_out()
    assert is_refused(await world.come_back())
    assert world.member_count() == before


async def test_a_signature_of_another_key_or_none_lets_nobody_in(world: World) -> None:
    await world.configure()
    world.provider.key = OTHER_KEY
    await world.go_out()
    assert is_refused(await world.come_back())
    await world.go_out()
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode() + ".e30."
    world.provider._tokens = lambda _form: {"id_token": unsigned}  # type: ignore[method-assign]
    assert is_refused(await world.come_back())


@pytest.mark.parametrize("place", ["/token", "/keys"])
@pytest.mark.parametrize("reason", ["not-json", "refused", "not-reached", "address-not-allowed"])
async def test_a_provider_that_fails_is_a_sentence_and_can_be_tried_again(
    world: World, place: str, reason: str
) -> None:
    await world.configure()
    await world.go_out()
    world.provider.fails = {place: reason}
    back = await world.come_back()
    assert is_refused(back)
    shown = await world.browser.get(back.headers["location"])
    assert shown.status_code == 200 and "did not work" in shown.text
    handle = Read(shown.text).field("request")["value"]
    form = {"request": handle, "email": world.rep["email"], "password": world.rep["password"]}
    assert "code=" in (await world.browser.post("/sign-in", data=form)).headers["location"]


async def test_a_forged_state_is_nobodys_sign_in(world: World) -> None:
    await world.configure()
    await world.go_out()
    for state in ("a" * 43, "", None):
        assert (await world.come_back(state=state)).status_code == 400
    own, world.browser = world.browser, world.new_browser()
    assert (await world.come_back()).status_code == 400, "another browser brings it"
    world.browser = own
    assert (await world.me(await world.come_back()))["role"] == Role.REP


async def test_what_comes_back_twice_counts_once(world: World) -> None:
    await world.configure()
    await world.go_out()
    assert (await world.come_back()).status_code == 303
    assert (await world.come_back()).status_code == 400
    await world.go_out()
    assert is_refused(await world.come_back(error="access_denied"))
    assert (await world.come_back()).status_code == 400, "the page is still open, the way back is not"


async def test_a_way_out_is_no_page_and_a_page_is_no_way_out(world: World) -> None:
    await world.configure()
    out = await world.go_out()
    assert (await world.browser.get("/sign-in", params={"request": out["state"]})).status_code == 400
    handle = dict(parse_qsl(urlsplit((await world.begin()).headers["location"]).query))["request"]
    assert (await world.come_back(state=handle)).status_code == 400


async def test_answers_are_not_mixed_up(world: World) -> None:
    """RFC 9700, 4.4: another provider's address, another issuer, one that must name itself and does not."""
    await world.configure()
    await world.go_out()
    other = world.demo.credentials[1].tenant.tenant_id
    query = {"state": world.provider.out["state"], "code": "c"}
    assert (await world.browser.get(f"/sign-in/firm/{other}", params=query)).status_code == 400
    await world.go_out()
    assert is_refused(await world.come_back(iss="https://id.evil.example"))
    await world.go_out()
    assert (await world.me(await world.come_back(iss=ISSUER)))["role"] == Role.REP


async def test_a_provider_that_names_itself_must(world: World) -> None:
    world.provider.metadata = {"authorization_response_iss_parameter_supported": True}
    await world.configure()
    await world.go_out()
    assert is_refused(await world.come_back())


async def test_a_refusal_of_the_provider_is_told(world: World) -> None:
    await world.configure()
    await world.go_out()
    assert is_refused(await world.come_back(code=None, error="access_denied"))
    await world.go_out()
    assert is_refused(await world.come_back(error="server_error"))


async def test_a_provider_configured_anew_meanwhile_answers_nobody(world: World) -> None:
    await world.configure()
    await world.go_out()
    await world.configure(clientId="another")
    assert is_refused(await world.come_back())


async def test_from_a_network_that_may_not_come_in_nobody_does(world: World) -> None:
    await world.configure()
    await world.go_out()
    before = world.member_count()
    tenant = world.people.tenant(world.tenant)
    world.people.add_tenant(replace(tenant, networks=("192.0.2.0/24",)))
    back = await world.come_back()
    assert "trouble=network" in back.headers["location"] and world.member_count() == before


async def test_an_address_of_no_firm_is_told_as_such(world: World) -> None:
    await world.configure()
    begun = await world.begin()
    handle = dict(parse_qsl(urlsplit(begun.headers["location"]).query))["request"]
    for email in ("somebody@elsewhere.example", "", "@", "x" * 5_000):
        sent = await world.browser.post("/sign-in", data={"request": handle, "way": "firm", "email": email})
        assert sent.status_code == 403 and "no company sign-in" in sent.text


async def test_a_link_with_the_domain_leads_straight_to_the_firm(world: World) -> None:
    await world.configure()
    begun = await world.begin(domain_hint=world.domain)
    assert (
        begun.headers["location"].startswith(f"{ISSUER}/authorize?")
        and "login_hint" not in begun.headers["location"]
    )
    world.provider.out = dict(parse_qsl(urlsplit(begun.headers["location"]).query))
    assert (await world.me(await world.come_back()))["role"] == Role.REP
    begun = await world.begin(domain_hint="elsewhere.example")
    assert begun.headers["location"].startswith("/sign-in?")


async def test_a_member_without_a_password_cannot_sign_in_with_one(world: World) -> None:
    await world.configure()
    await world.go_out()
    await world.come_back()
    handle = dict(parse_qsl(urlsplit((await world.begin()).headers["location"]).query))["request"]
    for password in ("", "x"):
        form = {"request": handle, "email": f"neu@{world.domain}", "password": password}
        assert (await world.browser.post("/sign-in", data=form)).status_code == 403


def is_refused(response: Any) -> bool:
    location = response.headers.get("location", "")
    return response.status_code == 303 and location.startswith("/sign-in?") and "trouble=firm" in location
