"""Step-up over the firm: by a sign-in there and then, of the session's own person, for that session alone."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest

from tests.server.web.sso.confirming import Session, queried, session_of
from tests.server.web.sso.conftest import ISSUER, World
from tests.server.web.sso.test_firm_only import enrol, member_of


@pytest.fixture
async def nele(world: World) -> Session:
    """Somebody whom only their firm signs in, some time ago."""
    await world.configure()
    await world.go_out()
    session = await session_of(world, await world.come_back())
    session.grow_old()
    return session


async def test_who_has_only_the_firm_confirms_there_and_then(world: World, nele: Session) -> None:
    assert await nele.ways() == ["browser"]
    refused = await nele.act()
    assert refused.status_code == 403 and refused.headers["www-authenticate"] == (
        'Bearer error="insufficient_user_authentication", max_age="600"'
    )
    out = await nele.out()
    assert out["prompt"] == "login" and out["max_age"] == "0" and "login_hint" not in out
    world.provider.claims["auth_time"] = int(time.time())
    brought = queried(await world.come_back())
    assert brought["state"] == "s" and brought["iss"]
    assert (await nele.show(brought["code"])).status_code == 204
    assert (await nele.act()).status_code == 201
    assert len(await nele.sessions()) == 1, "no session but the one that asked"


@pytest.mark.parametrize("auth_time", [None, "now", True, 0, [1], -3_600.0, -300.5, 3_600.0])
async def test_a_sign_in_of_before_is_none(world: World, nele: Session, auth_time: Any) -> None:
    """The provider knew somebody by a cookie, or does not say when they signed in."""
    moved = time.time() + auth_time if isinstance(auth_time, float) else auth_time
    world.provider.claims["auth_time"] = moved
    await nele.out()
    assert queried(await world.come_back())["error"] == "unmet_authentication_requirements"
    assert (await nele.act()).status_code == 403


async def test_another_person_confirms_nothing_and_nobody_is_entered(world: World, nele: Session) -> None:
    before = world.member_count()
    world.provider.claims |= {"auth_time": int(time.time()), "sub": "subject-2"}
    for email in (f"jemand@{world.domain}", world.rep["email"], "x@elsewhere.example"):
        world.provider.claims["email"] = email
        await nele.out()
        assert queried(await world.come_back())["error"] == "account_selection_required", email
    assert world.member_count() == before and (await nele.act()).status_code == 403


async def test_what_the_firm_says_no_with_is_told(world: World, nele: Session) -> None:
    await nele.out()
    assert queried(await world.come_back(code=None, error="access_denied"))["error"] == "access_denied"
    await nele.out()
    away = await world.come_back(code=None, error="server_error")
    assert queried(away)["error"] == "temporarily_unavailable"
    await nele.out()
    world.provider.fails = {"/token": "not-reached"}
    assert queried(await world.come_back())["error"] == "temporarily_unavailable"
    assert (await world.come_back()).status_code == 400, "it is over"


async def test_a_firm_that_does_not_answer_is_told_at_once(world: World, nele: Session) -> None:
    pushed = await nele.push()
    world.provider.fails = {"/.well-known/openid-configuration": "not-reached"}
    world.forget_metadata()
    back = await nele.open(pushed)
    assert queried(back)["error"] == "temporarily_unavailable"


async def test_the_same_person_is_known_by_e_mail_before_the_provider_ever_named_them(world: World) -> None:
    """A rep with a password, who comes over the firm for the first time: their own account."""
    await world.configure()
    rep = Session(world, await world.bearer(world.rep))
    rep.grow_old()
    assert await rep.ways() == ["password", "browser"]
    world.provider.claims |= {"auth_time": int(time.time()), "email": world.rep["email"]}
    page = await rep.page()
    await rep.by_firm(page)
    assert (await rep.show(queried(await world.come_back())["code"])).status_code == 204
    assert (await rep.act()).status_code == 201


async def test_an_account_that_is_worth_more_shows_its_password(world: World) -> None:
    """The provider's word does not open an admin's account, so it confirms none either."""
    await world.configure()
    admin = Session(world, await world.bearer(world.admin))
    admin.grow_old()
    world.provider.claims |= {"auth_time": int(time.time()), "email": world.admin["email"]}
    await admin.by_firm(await admin.page())
    back = await world.come_back()
    assert "trouble=link" in back.headers["location"]
    handle = queried(back)["request"]
    sent = await admin.enter(handle, world.admin)
    assert (await admin.show(queried(sent)["code"])).status_code == 204


async def test_where_the_firm_alone_lets_in_a_password_confirms_nothing(world: World) -> None:
    await world.configure()
    admin = Session(world, await world.bearer(world.admin))
    rep = Session(world, await world.bearer(world.rep))
    rules = {"sessionHours": 720, "idleHours": 720, "stepUpMinutes": 10, "secondFactorForAdmins": False}
    headers = admin.bearer | {"idempotency-key": str(uuid.uuid4())}
    enrol(world, world.admin)
    rules |= {"firmOnly": True, "breakGlass": [member_of(world, world.admin)]}
    set_ = await world.browser.put("/tenant/sign-in-policy", json=rules, headers=headers)
    assert set_.status_code in (200, 204), set_.text
    rep.grow_old()
    assert await rep.ways() == ["browser"]
    shown = {"password": world.rep["password"]}
    refused = await world.browser.post("/me/step-up", json=shown, headers=rep.bearer)
    assert refused.status_code == 401
    assert (await rep.out())["prompt"] == "login"


async def test_a_sign_in_that_shall_be_fresh_is_so_at_the_firm_too(world: World) -> None:
    """RFC 9470, 5: ``max_age`` of an authorization request is passed on, and what comes back is checked."""
    await world.configure()
    for auth_time, is_in in ((int(time.time()) - 600, False), (None, False), (int(time.time()), True)):
        world.provider.out = queried(await world.begin(domain_hint=world.domain, max_age="0"))
        assert world.provider.out["max_age"] == "0" and world.provider.out["prompt"] == "login"
        world.provider.claims["auth_time"] = auth_time
        back = await world.come_back()
        assert ("code" in queried(back)) is is_in and (
            "trouble=firm" in back.headers["location"]
        ) is not is_in


async def test_a_firm_is_asked_not_to_know_anybody_from_before(world: World) -> None:
    """``prompt=login`` alone, as a lock is opened: what a provider does not say shuts nobody out."""
    await world.configure()
    world.provider.out = queried(await world.begin(domain_hint=world.domain, prompt="login"))
    assert world.provider.out["prompt"] == "login" and "max_age" not in world.provider.out
    assert "code" in queried(await world.come_back())
    begun = await world.begin(domain_hint=world.domain)
    assert begun.headers["location"].startswith(ISSUER)
    assert not {"max_age", "prompt"} & set(queried(begun))


async def test_who_came_in_by_what_a_browser_remembers_has_shown_nothing_yet(world: World) -> None:
    """A session over the firm begins fresh only where the firm says that somebody signed in just now."""
    await world.configure()
    await world.go_out()
    remembered = await session_of(world, await world.come_back())
    assert (await remembered.act()).status_code == 403
    world.provider.claims["auth_time"] = int(time.time())
    world.provider.out = queried(await world.begin(domain_hint=world.domain, max_age="0"))
    anew = await session_of(world, await world.come_back())
    assert (await anew.act()).status_code == 201
    assert (await Session(world, await world.bearer(world.rep)).act()).status_code == 201
