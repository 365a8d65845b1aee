"""The second factor on the sign-in page: asked after the password, in both languages, good once."""

from __future__ import annotations

from datetime import timedelta

from leaddesk.server.identity.people import TenantRecord
from leaddesk.server.identity.proving.totp import code_of, step_at
from tests.server.web.signin.conftest import ADA, TENANT, Read, World, told


def enrolled(world: World) -> bytes:
    secret = world.identity.factors.begin(TENANT, ADA)
    assert world.identity.factors.confirm(TENANT, ADA, code_of(secret, step_at(world.now)))
    world.now += timedelta(seconds=30)
    return secret


async def test_after_the_password_the_page_asks_for_a_code(world: World) -> None:
    secret = enrolled(world)
    handle, _ = await world.page()
    led_on = await world.sign_in(handle)
    asked = await world.browser.get(led_on.headers["location"])
    shown = Read(asked.text)
    assert "Second factor" in shown.text or "Zweiter Faktor" in shown.text
    assert shown.field("answer")["autocomplete"] == "one-time-code"
    wrong = await world.enter(handle, answer="000000")
    assert wrong.status_code == 403 and "That was not right" in wrong.text
    code = told(await world.enter(handle, answer=code_of(secret, step_at(world.now))))["code"]
    assert (await world.token(code=code)).status_code == 200


async def test_a_password_alone_opens_nothing_here(world: World) -> None:
    enrolled(world)
    handle, _ = await world.page()
    for _ in range(2):
        answer = await world.sign_in(handle)
        assert "code=" not in answer.headers.get("location", "")


async def test_from_another_network_the_page_says_so(world: World) -> None:
    world.identity.people.add_tenant(TenantRecord(TENANT, "Wagner", networks=("198.51.100.0/24",)))
    handle, _ = await world.page()
    answer = await world.sign_in(handle)
    assert answer.status_code == 403 and "from this network" in answer.text
    unknown = await world.enter(handle, email="nobody@x.example", password="wrong")
    assert "from this network" not in unknown.text
