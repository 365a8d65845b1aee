"""Tenants whose people come in by their firm only: what passwords still open, and who is told what."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from leaddesk.contract.people import Role
from leaddesk.server.identity.proving.totp import code_of, step_at
from leaddesk.server.identity.tokens.codes import challenge_of
from tests.server.web.sso.conftest import VERIFIER, World
from tests.server.web.sso.test_whose_account import link_asked, password_on

RULES = {"sessionHours": 720, "idleHours": 720, "stepUpMinutes": 10, "secondFactorForAdmins": False}


def member_of(world: World, person: dict[str, str]) -> str:
    found = {one.email: one.member_id for one in world.people.members(world.tenant)}
    return found[person["email"]]


def enrol(world: World, person: dict[str, str]) -> None:
    factors, whose = world.services.identity.factors, (world.tenant, member_of(world, person))
    secret = factors.begin(*whose)  # type: ignore[arg-type]
    assert factors.confirm(*whose, code_of(secret, step_at(datetime.now(UTC)) - 1))  # type: ignore[arg-type]


async def set_rules(world: World, bearer: dict[str, str], **more: Any) -> httpx.Response:
    headers = bearer | {"idempotency-key": str(uuid.uuid4())}
    return await world.browser.put("/tenant/sign-in-policy", json=RULES | more, headers=headers)


async def challenge(world: World, person: dict[str, str]) -> httpx.Response:
    asked = {"email": person["email"], "password": person["password"]}
    return await world.browser.post(
        "/oauth/challenge", json=asked | {"codeChallenge": challenge_of(VERIFIER)}
    )


async def ways(world: World, email: str) -> httpx.Response:
    return await world.browser.post("/oauth/ways", json={"email": email})


@pytest.fixture
async def firm_only(world: World) -> dict[str, str]:
    """Shut the door of passwords; gives the header of the admin who did it."""
    await world.configure()
    bearer = await world.bearer(world.admin)
    enrol(world, world.admin)
    glass = [member_of(world, world.admin)]
    done = await set_rules(world, bearer, firmOnly=True, breakGlass=glass)
    assert done.status_code == 200 and done.json()["breakGlass"] == glass, done.text
    return bearer


async def test_a_right_password_is_refused_like_a_wrong_one(world: World, firm_only: dict[str, str]) -> None:
    right = await challenge(world, world.rep)
    wrong = await challenge(world, world.rep | {"password": "wrong"})
    nobody = await challenge(world, {"email": f"nobody@{world.domain}", "password": "wrong"})
    assert (right.status_code, right.content) == (401, wrong.content) == (401, nobody.content)
    shown = await challenge(world, world.admin)
    assert shown.json()["type"].endswith("second-factor-needed"), "the one for the day the firm's fails"
    world.provider.claims["email"] = world.rep["email"]
    await world.go_out(world.rep["email"])
    assert (await world.me(await world.come_back()))["role"] == Role.REP


async def test_the_page_says_by_the_domain_how_people_sign_in(
    world: World, firm_only: dict[str, str]
) -> None:
    found = set()
    for email in (world.rep["email"], f"nobody@{world.domain}"):
        handle = dict(parse_qsl(urlsplit((await world.begin()).headers["location"]).query))["request"]
        form = {"request": handle, "email": email, "password": "wrong"}
        shown = await world.browser.post("/sign-in", data=form)
        assert shown.status_code == 403 and "of this company sign in" in shown.text
        found.add(shown.text.replace(email, "").replace(handle, ""))
    assert len(found) == 1


async def test_the_ways_are_told_of_a_domain_never_of_somebody(world: World) -> None:
    assert (await ways(world, world.rep["email"])).json() == {"ways": ["password"]}
    await world.configure()
    assert (await ways(world, world.rep["email"])).json() == {"ways": ["password", "firm"]}
    bearer = await world.bearer(world.admin)
    enrol(world, world.admin)
    await set_rules(world, bearer, firmOnly=True, breakGlass=[member_of(world, world.admin)])
    for email in (world.rep["email"], f"nobody@{world.domain}", world.admin["email"]):
        assert (await ways(world, email)).json() == {"ways": ["firm"]}
    for email in ("x@elsewhere.example", "x", "@"):
        assert (await ways(world, email)).json() == {"ways": ["password"]}
    told = (await world.browser.get("/.well-known/oauth-authorization-server")).json()
    assert told["leaddesk_ways_endpoint"].endswith("/oauth/ways")


async def test_an_admin_links_the_firms_account_here_too(world: World, firm_only: dict[str, str]) -> None:
    people = world.demo.credentials[0].people
    other = next(one for one in people if one["role"] == "admin" and one != world.admin)
    assert (await challenge(world, other)).status_code == 401
    world.provider.claims |= {"email": other["email"], "sub": "subject-2"}
    await world.go_out(other["email"])
    back = await world.come_back()
    assert link_asked(back)
    me = await world.me(await password_on(world, back.headers["location"], other))
    assert me["role"] == Role.ADMIN, "firm and password together"
    assert (await challenge(world, other)).status_code == 401, "the password alone is not enough"


async def test_no_link_for_a_password_goes_out(world: World, firm_only: dict[str, str]) -> None:
    resets = world.services.identity.resets
    assert resets.way(world.rep["email"]) is None and resets.way(world.admin["email"]) is not None


async def test_nobody_shuts_the_only_door(world: World) -> None:
    bearer = await world.bearer(world.admin)
    admin, rep = member_of(world, world.admin), member_of(world, world.rep)
    refused = await set_rules(world, bearer, firmOnly=True, breakGlass=[admin])
    assert (refused.status_code, refused.json()["field"]) == (409, "firmOnly"), "no company sign-in"
    await world.configure()
    for glass in ([], [admin], [rep], [str(uuid.uuid4())]):
        refused = await set_rules(world, bearer, firmOnly=True, breakGlass=glass)
        assert (refused.status_code, refused.json()["field"]) == (409, "breakGlass")


async def test_who_stands_ready_stays_ready(world: World, firm_only: dict[str, str]) -> None:
    headers = firm_only | {"idempotency-key": str(uuid.uuid4())}
    mine, rep = member_of(world, world.admin), member_of(world, world.rep)
    for method, path, body in (
        ("PUT", f"/members/{mine}/role", {"role": "rep"}),
        ("POST", f"/members/{mine}/removal", {"leadsTo": rep, "revokeKeys": False}),
        ("DELETE", "/me/second-factor", None),
    ):
        headers["idempotency-key"] = str(uuid.uuid4())
        refused = await world.browser.request(method, path, json=body, headers=headers)
        assert (refused.status_code, refused.json()["field"]) == (409, "breakGlass"), path
    headers["idempotency-key"] = str(uuid.uuid4())
    refused = await world.browser.delete("/tenant/single-sign-on", headers=headers)
    assert (refused.status_code, refused.json()["field"]) == (409, "firmOnly")
    kept = await set_rules(world, firm_only)
    assert kept.json()["firmOnly"] is True and kept.json()["breakGlass"] == [mine], "what is not sent stays"
    opened = await set_rules(world, firm_only, firmOnly=False)
    assert opened.json()["firmOnly"] is False
    assert (await challenge(world, world.rep)).status_code == 200
