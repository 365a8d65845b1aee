"""A server of nothing but signing in, and a browser without scripts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.people import Role
from leaddesk.contract.signin import CLIENT_ID
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.passwords import Passwords
from leaddesk.server.identity.people import People, PersonRecord, TenantRecord
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.tokens.codes import challenge_of
from leaddesk.server.web.edge.application import application
from leaddesk.server.web.entrance import people, signin
from leaddesk.server.web.signin import authorize, page
from leaddesk.server.web.signin.desk import PASSWORD_ONLY, Front, Leaving
from tests.support.records import records_in_memory

TENANT = TenantId("11111111-1111-4111-8111-111111111111")
ADA = MemberId("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa")
EMAIL, PASSWORD, VERIFIER = "ada.lund@wagner.example", "correct horse battery", "v" * 43
REDIRECT, STATE, ISSUER = "http://127.0.0.1:4711/callback", "st-ate 1", "https://leads.example"


class Read(HTMLParser):
    """A page as a test looks at it: its forms' fields, its links, its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data + " "

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def field(self, name: str) -> dict[str, str]:
        return next(one for one in self.all("input") if one["name"] == name)


class NoFirm:
    """No firm has a sign-in of its own."""

    async def address(self, _leaving: Leaving, _language: str) -> str | None:
        return None

    async def ways(self, _email: str) -> tuple[str, ...]:
        return PASSWORD_ONLY


class World:
    """The server, and a browser that keeps cookies and follows nothing by itself."""

    def __init__(self, books: Books, front: Front) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        quick = Passwords(memory_kib=64, passes=1)
        directory = People(books, quick)
        directory.add_tenant(TenantRecord(TENANT, "Wagner"))
        directory.add_person(PersonRecord(TENANT, ADA, "Ada Lund", EMAIL, Role.ADMIN), Secret(PASSWORD))
        self.identity = Identity(lambda: self.now, directory, quick)
        routes = [
            *signin.routes(self.identity, front.in_app_form),
            *authorize.routes(self.identity, front, NoFirm()),
            *page.routes(self.identity, front, NoFirm()),
            *people.routes(self.identity, lambda _caller: ()),
        ]
        self.app = application(self.identity, routes, records=records_in_memory())
        self.browser = self.new_browser()

    def new_browser(self, **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app)
        return httpx.AsyncClient(transport=transport, base_url=ISSUER, headers=headers)

    async def begin(self, **changed: str | None) -> httpx.Response:
        asked = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": REDIRECT,
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
            "state": STATE,
        } | changed
        query = {name: value for name, value in asked.items() if value is not None}
        return await self.browser.get("/oauth/authorize", params=query)

    async def page(self, **changed: str | None) -> tuple[str, Read]:
        """Begin, and open the page; returns its handle too."""
        begun = await self.begin(**changed)
        assert begun.status_code == 303, begun.text
        shown = await self.browser.get(begun.headers["location"])
        assert shown.status_code == 200, shown.text
        read = Read(shown.text)
        return read.field("request")["value"], read

    async def enter(self, handle: str, **fields: str) -> httpx.Response:
        return await self.browser.post("/sign-in", data={"request": handle, "language": "en"} | fields)

    async def sign_in(self, handle: str) -> httpx.Response:
        return await self.enter(handle, email=EMAIL, password=PASSWORD)

    async def token(self, **fields: str) -> httpx.Response:
        asked = {"client_id": CLIENT_ID, "grant_type": "authorization_code", "redirect_uri": REDIRECT}
        return await self.browser.post("/oauth/token", data=asked | {"code_verifier": VERIFIER} | fields)

    async def me(self, access: str) -> httpx.Response:
        return await self.browser.get("/me", headers={"authorization": f"Bearer {access}"})


def told(response: httpx.Response, redirect: str = REDIRECT) -> dict[str, str]:
    """What the client is told: the query of the address the browser is led to."""
    assert response.status_code == 303, (response.status_code, response.text)
    parts = urlsplit(response.headers["location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == redirect
    return dict(parse_qsl(parts.query))


@pytest.fixture
def front() -> Front:
    return Front("Nordwind")


@pytest.fixture
async def world(books: Books, front: Front) -> AsyncIterator[World]:
    world = World(books, front)
    async with world.browser:
        yield world
    world.identity.close()


def json_of(response: httpx.Response) -> Any:
    """The body of an answer that must be right."""
    assert response.status_code == 200, response.text
    return response.json()
