"""A server with the demo's people, and an OpenID provider of a test's own, which can lie in every way."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from leaddesk.contract.ids import TenantId
from leaddesk.contract.signin import CLIENT_ID
from leaddesk.server.app import build_app, demo_of
from leaddesk.server.identity.firms.domains import Domains
from leaddesk.server.identity.tokens.codes import challenge_of
from leaddesk.server.seed.population import Population
from leaddesk.server.web.beside.asking import ProviderFailed
from leaddesk.server.web.beside.outside import Outside
from leaddesk.server.web.edge.limits import Limits, Rate
from tests.server.web.signin.conftest import Read

ISSUER, CLIENT, SECRET = "https://id.wagner.example", "leaddesk", "client secret: +/%"
SERVER, REDIRECT, VERIFIER = "https://leads.example", "http://127.0.0.1:4711/callback", "v" * 43
KEY = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)


@dataclass
class Provider:
    """Answers as a provider does, but for what a test changes. ``codes``: what was asked with each."""

    clock: Callable[[], datetime]
    issuer: str = ISSUER
    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: KEY)
    algorithm: str = "RS256"
    fails: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    out: dict[str, str] = field(default_factory=dict)

    async def __call__(
        self, url: str, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        self.asked.append((url, dict(headers or {}), dict(form or {})))
        place = url.removeprefix(self.issuer)
        if place in self.fails:
            raise ProviderFailed(self.fails[place])
        ways = {
            "/.well-known/openid-configuration": self._metadata,
            "/token": lambda: self._tokens(dict(form or {})),
            "/keys": lambda: {"keys": [KEY.as_dict(private=False)]},
            "/me": lambda: self.userinfo,
        }
        return ways[place]()

    def _metadata(self) -> dict[str, Any]:
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?theme=blue",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/me",
        }
        return told | self.metadata

    def _tokens(self, form: dict[str, str]) -> dict[str, Any]:
        assert challenge_of(form["code_verifier"]) == self.out["code_challenge"]
        assert form["redirect_uri"] == self.out["redirect_uri"]
        now = int(self.clock().timestamp())
        claims = {"iss": ISSUER, "aud": CLIENT, "sub": "subject-1", "iat": now, "exp": now + 300}
        claims |= {"nonce": self.out["nonce"], "email": "neu@heiztechnik-wagner.example", "name": "Nele Neu"}
        claims = {name: value for name, value in (claims | self.claims).items() if value is not None}
        header = {"alg": self.algorithm, "kid": "one"}
        return {"access_token": "at-1", "id_token": jwt.encode(header, claims, self.key, [self.algorithm])}


def _now() -> datetime:
    return datetime.now(UTC)


class World:
    """The server, an admin of its first firm, and a browser."""

    def __init__(self) -> None:
        self.demo = demo_of(Population(0, clock=_now), _now, lambda *_: iter(()))  # firms and people suffice
        self.provider = Provider(lambda: datetime.now(UTC))
        self.services = replace(self.demo.services, outside=Outside(ask=self.provider))
        self.app = build_app(self.services, Limits(Rate(0, 0), Rate(0, 0)))
        first = self.demo.credentials[0]
        self.tenant = TenantId(first.tenant.tenant_id)
        self.admin = next(one for one in first.people if one["role"] == "admin")
        self.rep = next(one for one in first.people if one["role"] == "rep")
        self.domain = self.admin["email"].rpartition("@")[2]
        self.provider.claims["email"] = f"neu@{self.domain}"
        self.domains = Domains(lambda: datetime.now(UTC), self.services.identity.people.books)
        for one in self.demo.credentials[:2]:
            own = one.people[0]["email"].rpartition("@")[2]
            self.domains.prove(TenantId(one.tenant.tenant_id), own, "operator")
        self.people = self.services.identity.people
        self.browser = self.new_browser()

    def new_browser(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url=SERVER, headers={"accept-language": "en"}
        )

    async def bearer(self, person: dict[str, str]) -> dict[str, str]:
        asked = {"email": person["email"], "password": person["password"]}
        asked["codeChallenge"] = challenge_of(VERIFIER)
        code = (await self.browser.post("/oauth/challenge", json=asked)).json()["authorization_code"]
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
        tokens = await self.browser.post("/oauth/token", data=form | {"client_id": CLIENT_ID})
        return {"authorization": f"Bearer {tokens.json()['access_token']}"}

    async def configure(self, **changed: Any) -> httpx.Response:
        wanted = {"issuer": ISSUER, "clientId": CLIENT, "clientSecret": SECRET, "domains": [self.domain]}
        wanted = {name: value for name, value in (wanted | changed).items() if value is not None}
        return await self.ask("PUT", "", json=wanted)

    async def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        headers = await self.bearer(self.admin) | {"idempotency-key": str(uuid.uuid4())}
        return await self.browser.request(method, f"/tenant/single-sign-on{path}", headers=headers, **sent)

    async def begin(self, **more: str) -> httpx.Response:
        asked = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": REDIRECT, "state": "s"}
        asked |= {"code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256"}
        return await self.browser.get("/oauth/authorize", params=asked | more)

    async def go_out(self, email: str = "") -> dict[str, str]:
        """Begin, choose the firm's way on the page, and tell what the provider is asked."""
        handle = dict(parse_qsl(urlsplit((await self.begin()).headers["location"]).query))["request"]
        form = {"request": handle, "way": "firm", "email": email or f"neu@{self.domain}"}
        sent = await self.browser.post("/sign-in", data=form)
        assert sent.status_code == 200, sent.text
        (link,) = Read(sent.text).all("a")
        assert link["href"].startswith(f"{ISSUER}/authorize?theme=blue&")
        self.provider.out = dict(parse_qsl(urlsplit(link["href"]).query))
        return self.provider.out

    async def come_back(self, **changed: str | None) -> httpx.Response:
        fields = {"state": self.provider.out["state"], "code": "code-1", "session_state": "x"} | changed
        query = {name: value for name, value in fields.items() if value is not None}
        return await self.browser.get(urlsplit(self.provider.out["redirect_uri"]).path, params=query)

    async def me(self, response: httpx.Response) -> dict[str, Any]:
        """Exchange the code a response leads to, and ask who that is."""
        assert response.status_code == 303, response.text
        told = dict(parse_qsl(urlsplit(response.headers["location"]).query))
        form = {"grant_type": "authorization_code", "code": told["code"], "code_verifier": VERIFIER}
        form |= {"client_id": CLIENT_ID, "redirect_uri": REDIRECT}
        tokens = (await self.browser.post("/oauth/token", data=form)).json()
        headers = {"authorization": f"Bearer {tokens['access_token']}"}
        found: dict[str, Any] = (await self.browser.get("/me", headers=headers)).json()
        return found

    def forget_metadata(self) -> None:
        """Let the server know nothing of the provider any more."""
        self.app = build_app(self.services, Limits(Rate(0, 0), Rate(0, 0)))
        self.browser = self.new_browser()

    def member_count(self) -> int:
        return len(self.people.members(self.tenant))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    async with world.app.router.lifespan_context(world.app), world.browser:
        yield world
