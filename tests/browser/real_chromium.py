"""A real browser through the sign-in page, and over an independent OpenID provider (`make test-browser`)."""

from __future__ import annotations

import asyncio
import os
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from leaddesk.contract.ids import TenantId
from leaddesk.contract.signin import CLIENT_ID
from leaddesk.server.app import DemoApp, build_app, build_demo
from leaddesk.server.identity.firms.domains import OPERATOR, Domains
from leaddesk.server.mail.postbox import ShownLetters
from leaddesk.server.web.beside.asking import PinnedAsk
from leaddesk.server.web.beside.outside import Outside
from leaddesk.session.browser.callback import Pages
from leaddesk.session.browser.flow import Grant, NotSignedIn, Request, Way, granted
from tests.browser.driver import ENTER, PATIENCE, TAB, Browser, browsing
from tests.support.serving import served

NODE = Path(os.environ.get("LEADDESK_BROWSER_TESTS", "build/browser"))
SHOWN = Pages(b"<!doctype html><title>heard</title>", b"<!doctype html><title>refused</title>")


class World:
    """The demo's server on a real socket, a window, and the client's own half of the flow."""

    def __init__(self, address: str, demo: DemoApp, browser: Browser) -> None:
        first = demo.credentials[0]
        self.address = address
        self.demo = demo
        self.admin = next(one for one in first.people if one["role"] == "admin")
        self.tenant = first.tenant.tenant_id
        self.browser = browser
        self.line = httpx.AsyncClient(base_url=address, timeout=PATIENCE)

    async def sign_in(self, act: Any, **more: str) -> dict[str, Any]:
        """Let the client begin, a person act in the window, and the client fetch who that is."""
        acting: list[asyncio.Task[None]] = []

        async def opening(url: str) -> None:
            extra = "".join(f"&{name}={value}" for name, value in more.items())
            acting.append(asyncio.ensure_future(self._act(url + extra, act)))

        grant = await granted(Way(f"{self.address}/oauth/authorize", self.address), opening, SHOWN)
        await asyncio.gather(*acting)
        return await self.me(await self.tokens(grant))

    async def _act(self, url: str, act: Any) -> None:
        await self.browser.go(url)
        await act()

    async def tokens(self, grant: Grant) -> dict[str, str]:
        form = {"grant_type": "authorization_code", "client_id": CLIENT_ID, "code": grant.code.reveal()}
        form |= {"code_verifier": grant.verifier.reveal(), "redirect_uri": grant.redirect_uri}
        found: dict[str, str] = (await self.line.post("/oauth/token", data=form)).json()
        return found

    async def me(self, tokens: dict[str, str]) -> dict[str, Any]:
        bearer = {"authorization": f"Bearer {tokens['access_token']}"}
        found: dict[str, Any] = (await self.line.get("/me", headers=bearer)).json()
        return found | {"bearer": bearer}

    def prove(self, domain: str) -> None:
        """Let the operator vouch for a domain; asking the DNS needs one."""
        books = self.demo.services.identity.people.books
        Domains(self.demo.services.office.clock, books).prove(TenantId(self.tenant), domain, OPERATOR)

    async def by_keyboard(self) -> None:
        """Type, tab, type, enter: the focus is where one begins."""
        await self.browser.find("#email")
        await self.browser.press(self.admin["email"] + TAB)
        await self.browser.press(self.admin["password"] + ENTER)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    demo = build_demo(0, lambda: datetime.now(UTC))
    postbox = demo.services.outside.postbox
    outside = Outside(loopback_hooks=True, ask=PinnedAsk(loopback=True), postbox=postbox)
    app = build_app(replace(demo.services, outside=outside))
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(served(app))
        browser = await stack.enter_async_context(browsing())
        world = World(address, demo, browser)
        await stack.enter_async_context(world.line)
        yield world


async def test_in_by_keyboard_with_e_mail_and_password(world: World) -> None:
    me = await world.sign_in(world.by_keyboard)
    assert me["person"]["email"] == world.admin["email"]
    assert [one for one in await world.browser.complaints() if "favicon" not in one] == []


async def test_what_is_wrong_is_said_and_can_be_mended(world: World) -> None:
    async def act() -> None:
        await world.browser.type("#email", world.admin["email"])
        await world.browser.type("#password", "wrong" + ENTER)
        await world.browser.find("[role=alert]")
        assert await world.browser.run("return document.activeElement.id") == "password"
        await world.browser.press(world.admin["password"] + ENTER)

    assert (await world.sign_in(act))["person"]["email"] == world.admin["email"]


async def test_it_is_readable_in_the_dark_and_twice_as_large(world: World) -> None:
    async def act() -> None:
        await world.browser.find("#email")
        dark = {"name": "prefers-color-scheme", "value": "dark"}
        await world.browser.emulate("setEmulatedMedia", features=[dark])
        colour = "return getComputedStyle(document.body).backgroundColor"
        assert await world.browser.run(colour) == "rgb(19, 21, 25)"
        metrics = {"width": 400, "height": 640, "deviceScaleFactor": 1, "mobile": False}
        await world.browser.emulate("setDeviceMetricsOverride", **metrics)
        await world.browser.run("document.documentElement.style.fontSize = '200%'")
        cut = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert await world.browser.run(cut) is False
        await world.by_keyboard()

    assert (await world.sign_in(act))["person"]["email"] == world.admin["email"]


@asynccontextmanager
async def provider_of(world: World, domain: str, bearer: dict[str, str]) -> AsyncIterator[None]:
    """Start an independent provider, and let an admin say that people of a domain sign in there."""
    redirect = f"{world.address}/sign-in/firm/{world.tenant}"
    node = await asyncio.create_subprocess_exec(
        "node", "provider.mjs", redirect, domain, cwd=NODE, stdout=-1, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        assert node.stdout is not None
        issuer = (await node.stdout.readline()).decode().strip()
        world.prove(domain)
        headers = bearer | {"idempotency-key": str(uuid.uuid4())}
        wanted = {"issuer": issuer, "clientId": "leaddesk", "clientSecret": "s+/%", "domains": [domain]}
        done = await world.line.put("/tenant/single-sign-on", json=wanted, headers=headers)
        assert done.status_code == 200, done.text
        tried = await world.line.post("/tenant/single-sign-on/test", headers=bearer)
        assert tried.json() == {"works": True}
        yield
    finally:
        node.terminate()
        await node.wait()


class Confirming:
    """A session that has to show once more who it is: the client's own half."""

    def __init__(self, world: World, bearer: dict[str, str]) -> None:
        self._world, self._bearer = world, bearer

    async def ways(self) -> list[str]:
        told: list[str] = (await self._ask("GET", "/me/step-up")).json()["ways"]
        return told

    async def count(self) -> int:
        return len((await self._ask("GET", "/sessions")).json())

    async def refuses(self) -> bool:
        """Try something sensitive."""
        tried = await self._ask("POST", "/me/second-factor", {"idempotency-key": str(uuid.uuid4())})
        return bool(tried.status_code == 403)

    def grow_old(self) -> None:
        """Let everybody have shown long ago who they are."""
        books, old = self._world.demo.services.identity.people.books, "2020-01-01T00:00:00.000Z"
        tenant = TenantId(self._world.tenant)
        books.at(tenant, lambda page: page.set("session", {"proved_at": old}, "1 = 1"), writes=True)

    async def confirm(self, act: Any) -> httpx.Response:
        """Let the client begin, a person act in the window, and the session take what came of it."""
        acting: list[asyncio.Task[None]] = []

        async def opening(url: str) -> None:
            acting.append(asyncio.ensure_future(self._world._act(url + "&ui_locales=en", act)))

        async def push(asked: Request) -> str:
            body = {"redirectUri": asked.redirect_uri, "codeChallenge": asked.challenge}
            body["state"] = asked.state.reveal()
            name: str = (await self._ask("POST", "/me/step-up/requests", json=body)).json()["request_uri"]
            return name

        way = Way(f"{self._world.address}/oauth/authorize", self._world.address)
        try:
            grant = await granted(way, opening, SHOWN, push)
        finally:
            await asyncio.gather(*acting)
        shown = {"authorizationCode": grant.code.reveal(), "codeVerifier": grant.verifier.reveal()}
        return await self._ask("POST", "/me/step-up", json={**shown, "redirectUri": grant.redirect_uri})

    async def _ask(self, method: str, path: str, more: dict[str, str] | None = None, **sent: Any) -> Any:
        return await self._world.line.request(method, path, headers=self._bearer | (more or {}), **sent)


ONWARD = """
if (document.title == 'heard' || document.title == 'refused') return true;
const button = document.querySelector('[name=login]') ? null : document.querySelector('button[type=submit]');
if (button && !window.pressed) { window.pressed = true; button.click(); }
return false;
"""


async def go_on(world: World) -> None:
    """Agree to whatever the provider asks until the client was answered."""
    async with asyncio.timeout(PATIENCE):
        while not await world.browser.run(ONWARD):  # noqa: ASYNC110 - another program's page
            await asyncio.sleep(0.05)


async def over_the_firm(world: World, email: str) -> None:
    """Go out to the provider, which believes any password, and back."""
    await world.browser.type("#email", email)
    await world.browser.click("[value=firm]")
    await world.browser.type("[name=password]", "anything" + ENTER)
    await world.browser.click("[value=consent] ~ button, form[action] button[type=submit]")


async def test_over_an_independent_provider_a_new_member_comes_in(world: World) -> None:
    admin = await world.sign_in(world.by_keyboard)
    domain = world.admin["email"].rpartition("@")[2]
    async with provider_of(world, domain, admin["bearer"]):
        me = await world.sign_in(lambda: over_the_firm(world, f"nele@{domain}"))
        assert (me["person"]["email"], me["role"]) == (f"nele@{domain}", "rep")
        assert me["person"]["name"] == "Nele Neu"


async def test_an_admin_links_the_firms_account_once_with_the_password(world: World) -> None:
    """The provider's word alone does not open it: the page asks for the password, then it does."""
    admin = await world.sign_in(world.by_keyboard)
    domain = world.admin["email"].rpartition("@")[2]
    async with provider_of(world, domain, admin["bearer"]):

        async def and_once_with_the_password() -> None:
            await over_the_firm(world, world.admin["email"])
            await world.browser.find("[role=alert]")
            await world.by_keyboard()

        assert (await world.sign_in(and_once_with_the_password))["role"] == "admin"


async def test_with_the_password_a_session_is_confirmed_on_our_page(world: World) -> None:
    me = await world.sign_in(world.by_keyboard)
    step_up = Confirming(world, me["bearer"])
    assert await step_up.ways() == ["password", "browser"]
    step_up.grow_old()
    assert await step_up.refuses()

    async def act() -> None:
        await world.browser.find("#email")
        assert "same account" in await world.browser.run("return document.body.innerText")
        await world.by_keyboard()

    assert (await step_up.confirm(act)).status_code == 204
    assert not await step_up.refuses() and await step_up.count() == 1
    assert [one for one in await world.browser.complaints() if "favicon" not in one] == []


async def test_who_has_only_the_firm_confirms_there_anew_and_nobody_else_can(world: World) -> None:
    """The provider knows the person by its cookie, and asks for the password all the same."""
    admin = await world.sign_in(world.by_keyboard)
    domain = world.admin["email"].rpartition("@")[2]
    async with provider_of(world, domain, admin["bearer"]):
        me = await world.sign_in(lambda: over_the_firm(world, f"nele@{domain}"))
        step_up = Confirming(world, me["bearer"])
        assert await step_up.ways() == ["browser"]

        async def as_somebody(name: str) -> None:
            await world.browser.type("[name=login]", f"{name}@{domain}")
            await world.browser.type("[name=password]", "anything" + ENTER)
            await go_on(world)

        step_up.grow_old()
        assert await step_up.refuses()
        with pytest.raises(NotSignedIn) as told:
            await step_up.confirm(lambda: as_somebody("ole"))
        assert told.value.error == "account_selection_required" and await step_up.refuses()
        assert (await step_up.confirm(lambda: as_somebody("nele"))).status_code == 204
        assert not await step_up.refuses() and await step_up.count() == 1


async def test_a_new_address_is_confirmed_by_the_link_of_the_mail(world: World) -> None:
    me = await world.sign_in(world.by_keyboard)
    asked = await world.line.post("/me/email", json={"email": "neu@x.example"}, headers=me["bearer"])
    assert asked.status_code == 202, asked.text
    postbox = world.demo.services.outside.postbox
    await asyncio.wait_for(postbox.emptied(), PATIENCE)
    assert isinstance(postbox.carrier, ShownLetters)
    link = re.search(r"http\S+/account/email\S+", postbox.carrier.letters[0].get_content())
    assert link is not None
    await world.browser.go(f"{link[0]}&language=en")
    await world.browser.click("form button[type=submit]")
    assert "told the old one" in await world.browser.run("return document.body.innerText")
    assert (await world.line.get("/me", headers=me["bearer"])).json()["person"]["email"] == "neu@x.example"
