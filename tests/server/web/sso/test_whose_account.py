"""What a firm's provider may open: never, by its word alone, an account that is worth more than a new one."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from leaddesk.contract.ids import MemberId
from leaddesk.contract.people import Right, Role
from leaddesk.server.identity.people import PersonRecord
from tests.server.web.signin.conftest import Read
from tests.server.web.sso.conftest import World
from tests.server.web.sso.test_firm_sign_in import is_refused


def link_asked(response: Any) -> bool:
    location = response.headers.get("location", "")
    return location.startswith("/sign-in?") and "trouble=link" in location


async def password_on(world: World, location: str, person: dict[str, str]) -> Any:
    """Go on where the firm's way led back to, with e-mail and password."""
    shown = await world.browser.get(location)
    assert shown.status_code == 200 and "once with e-mail and password" in shown.text
    handle = Read(shown.text).field("request")["value"]
    form = {"request": handle, "email": person["email"], "password": person["password"]}
    return await world.browser.post("/sign-in", data=form)


async def test_an_admins_account_opens_to_the_firm_once_its_owner_has_said_so(world: World) -> None:
    await world.configure()
    world.provider.claims["email"] = world.admin["email"]
    await world.go_out(world.admin["email"])
    back = await world.come_back()
    assert link_asked(back), "the provider alone is not enough"
    me = await world.me(await password_on(world, back.headers["location"], world.admin))
    assert me["role"] == Role.ADMIN
    await world.go_out(world.admin["email"])
    assert (await world.me(await world.come_back()))["role"] == Role.ADMIN, "from now on it is"
    world.provider.claims["sub"] = "another"
    await world.go_out(world.admin["email"])
    assert link_asked(await world.come_back()), "another account of the firm is another"


async def test_whoever_else_signs_in_there_links_nothing(world: World) -> None:
    await world.configure()
    world.provider.claims["email"] = world.admin["email"]
    await world.go_out(world.admin["email"])
    back = await world.come_back()
    me = await world.me(await password_on(world, back.headers["location"], world.rep))
    assert me["role"] == Role.REP
    await world.go_out(world.admin["email"])
    assert link_asked(await world.come_back())


@pytest.mark.parametrize("more", [{"role": Role.AUDITOR}, {"extra_rights": frozenset({Right.LEAD_DELETE})}])
async def test_any_right_beyond_the_least_is_worth_it(world: World, more: dict[str, Any]) -> None:
    await world.configure()
    email = f"kim@{world.domain}"
    facts: dict[str, Any] = {"role": Role.REP, **more}
    person = PersonRecord(world.tenant, MemberId(str(uuid.uuid4())), "Kim", email, **facts)
    from leaddesk.personal.masked import Secret

    world.people.add_person(person, Secret("correct horse battery"))
    world.provider.claims["email"] = email
    await world.go_out(email)
    assert link_asked(await world.come_back())


async def test_a_rep_the_firm_let_in_before_becomes_no_open_door_as_an_admin(world: World) -> None:
    await world.configure()
    world.provider.claims["email"] = world.rep["email"]
    await world.go_out(world.rep["email"])
    me = await world.me(await world.come_back())
    member = MemberId(me["person"]["memberId"])
    world.services.identity.roster.set_role(world.tenant, member, Role.ADMIN)
    await world.go_out(world.rep["email"])
    assert link_asked(await world.come_back())


async def test_an_account_that_the_firm_made_is_the_firms_whatever_it_becomes(world: World) -> None:
    """Without a password there is nothing to show: who makes such an account an admin trusts the firm."""
    await world.configure()
    await world.go_out()
    me = await world.me(await world.come_back())
    world.services.identity.roster.set_role(world.tenant, MemberId(me["person"]["memberId"]), Role.ADMIN)
    await world.go_out()
    assert (await world.me(await world.come_back()))["role"] == Role.ADMIN


@pytest.mark.parametrize("changed", [{}, {"sub": "another"}, {"email": "x@heiztechnik-wagner.example"}])
async def test_who_has_left_is_not_brought_back(world: World, changed: dict[str, str]) -> None:
    await world.configure()
    await world.go_out()
    me = await world.me(await world.come_back())
    world.services.identity.roster.remove(world.tenant, MemberId(me["person"]["memberId"]))
    before = world.member_count()
    world.provider.claims |= changed
    await world.go_out()
    assert is_refused(await world.come_back()) and world.member_count() == before


async def test_a_link_is_bound_to_its_browser_and_its_sign_in(world: World) -> None:
    await world.configure()
    world.provider.claims["email"] = world.admin["email"]
    await world.go_out(world.admin["email"])
    back = await world.come_back()
    own, world.browser = world.browser, world.new_browser()
    assert (await world.browser.get(back.headers["location"])).status_code == 400
    begun = await world.begin()
    handle = dict(parse_qsl(urlsplit(begun.headers["location"]).query))["request"]
    form = {"request": handle, "email": world.admin["email"], "password": world.admin["password"]}
    await world.me(await world.browser.post("/sign-in", data=form))
    world.browser = own
    await world.go_out(world.admin["email"])
    assert link_asked(await world.come_back()), "a sign-in elsewhere has linked nothing"
