"""Somebody signed in who has to show anew who they are, in a browser."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from leaddesk.contract.signin import CLIENT_ID
from leaddesk.server.identity.tokens.codes import challenge_of
from tests.server.web.signin.conftest import Read
from tests.server.web.sso.conftest import REDIRECT, VERIFIER, World

LONG_AGO = "2020-01-01T00:00:00.000Z"


class Session:
    """One session, and the browser of the world it is in."""

    def __init__(self, world: World, bearer: dict[str, str]) -> None:
        self.world, self.bearer = world, bearer

    def grow_old(self) -> None:
        """Let all of the firm's people have shown long ago who they are."""
        books = self.world.people.books
        books.at(
            self.world.tenant, lambda page: page.set("session", {"proved_at": LONG_AGO}, "1 = 1"), writes=True
        )

    async def ways(self) -> list[str]:
        told: list[str] = (await self._ask("GET", "/me/step-up")).json()["ways"]
        return told

    async def sessions(self) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = (await self._ask("GET", "/sessions")).json()
        return told

    async def act(self) -> httpx.Response:
        """Do something for which one has to be fresh."""
        return await self._ask("POST", "/me/second-factor", {"idempotency-key": str(uuid.uuid4())})

    async def push(self, **changed: Any) -> str:
        """Ask for a confirmation; returns the name the browser is given."""
        pushed = await self.pushed(**changed)
        assert pushed.status_code == 201, pushed.text
        assert pushed.json()["expires_in"] == 180
        name: str = pushed.json()["request_uri"]
        return name

    async def pushed(self, **changed: Any) -> httpx.Response:
        asked = {"redirectUri": REDIRECT, "codeChallenge": challenge_of(VERIFIER), "state": "s"} | changed
        body = {name: value for name, value in asked.items() if value is not None}
        return await self._ask("POST", "/me/step-up/requests", json=body)

    async def open(self, name: str, **more: str) -> httpx.Response:
        """Open the link in the browser."""
        asked = {"client_id": CLIENT_ID, "request_uri": name} | more
        return await self.world.browser.get("/oauth/authorize", params=asked)

    async def out(self) -> dict[str, str]:
        """Go the way of who has only the firm; tells what the provider is asked."""
        begun = await self.open(await self.push())
        self.world.provider.out = queried(begun)
        return self.world.provider.out

    async def page(self, name: str | None = None) -> str:
        """Go to the page; returns its handle."""
        begun = await self.open(name or await self.push())
        assert begun.headers["location"].startswith("/sign-in?"), begun.headers
        return queried(begun)["request"]

    async def by_firm(self, handle: str) -> None:
        """Choose the firm's way on the page."""
        sent = await self.world.browser.post("/sign-in", data={"request": handle, "way": "firm"})
        (link,) = Read(sent.text).all("a")
        self.world.provider.out = dict(parse_qsl(urlsplit(link["href"]).query))
        assert self.world.provider.out["prompt"] == "login"

    async def enter(self, handle: str, person: dict[str, str], **more: str) -> httpx.Response:
        """Fill in the page."""
        form = {"request": handle, "email": person["email"], "password": person["password"]}
        return await self.world.browser.post("/sign-in", data=form | more)

    async def show(self, code: str, **changed: str | None) -> httpx.Response:
        """Show the session what the browser brought."""
        brought = {"authorizationCode": code, "codeVerifier": VERIFIER, "redirectUri": REDIRECT} | changed
        body = {name: value for name, value in brought.items() if value is not None}
        return await self._ask("POST", "/me/step-up", json=body)

    async def _ask(self, method: str, path: str, more: dict[str, str] | None = None, **sent: Any) -> Any:
        return await self.world.browser.request(method, path, headers=self.bearer | (more or {}), **sent)


def queried(response: httpx.Response) -> dict[str, str]:
    """Read where a browser is led: the query."""
    assert response.status_code == 303, (response.status_code, response.text)
    return dict(parse_qsl(urlsplit(response.headers["location"]).query))


async def session_of(world: World, back: httpx.Response) -> Session:
    """Exchange the code of a sign-in."""
    form = {"grant_type": "authorization_code", "code": queried(back)["code"], "code_verifier": VERIFIER}
    form |= {"client_id": CLIENT_ID, "redirect_uri": REDIRECT}
    tokens = (await world.browser.post("/oauth/token", data=form)).json()
    return Session(world, {"authorization": f"Bearer {tokens['access_token']}"})
