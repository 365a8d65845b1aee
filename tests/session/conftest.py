"""A token endpoint that rotates as the contract says, and keyrings that misbehave on demand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qs

import httpx
import pytest

from leaddesk.api.client import ApiClient

ADDRESS = "http://127.0.0.1:1"


def reply(status: int, facts: dict[str, object], media: str = "application/json") -> httpx.Response:
    """An answer whose body is still to be read, as from a network."""
    body = json.dumps(facts).encode()
    return httpx.Response(status, headers={"content-type": media}, stream=httpx.ByteStream(body))


class TokenServer:
    """Rotates: a used token is redeemable only with the same rotation id, for the same successor."""

    def __init__(self) -> None:
        self.refreshes = 0
        self.delay = 0.0
        self.down = False
        self.lose_answer = False
        self.family_alive = True
        self.current = "r0"
        self.answers: dict[tuple[str, str], str] = {}
        self.access: set[str] = set()
        self.revoked: list[str] = []

    async def handle(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(self.delay)
        if self.down:
            raise httpx.ConnectError("down")
        if request.url.path == "/oauth/challenge":
            return self._challenge(request)
        form = {k: v[0] for k, v in parse_qs(request.content.decode()).items()}
        if request.url.path == "/oauth/token":
            return self._token(form)
        if request.url.path == "/oauth/revoke":
            self.revoked.append(form["token"])
            return reply(200, {})
        good = request.headers.get("authorization", "").removeprefix("Bearer ") in self.access
        return reply(200 if good else 401, {})

    def _challenge(self, request: httpx.Request) -> httpx.Response:
        if b"wrong" in request.content:
            problem = {"type": "urn:leaddesk:problem:sign-in-refused", "title": "t", "status": 401}
            return reply(401, problem, "application/problem+json")
        return reply(200, {"authorization_code": "c"})

    def _token(self, form: dict[str, str]) -> httpx.Response:
        if form["grant_type"] == "authorization_code":
            self.current, self.family_alive = "r0", True
            return self._give("r0")
        self.refreshes += 1
        old, rotation = form["refresh_token"], form["rotation_id"]
        if (old, rotation) in self.answers:
            return self._give(self.answers[old, rotation])
        if not self.family_alive or old != self.current:
            self.family_alive = False
            return reply(400, {"error": "invalid_grant"})
        self.current = f"r{int(old[1:]) + 1}"
        self.answers[old, rotation] = self.current
        return self._give(self.current)

    def _give(self, token: str) -> httpx.Response:
        if self.lose_answer:
            raise httpx.ReadError("lost")
        self.access.add(f"a-{token}")
        facts = {
            "access_token": f"a-{token}",
            "token_type": "Bearer",
            "expires_in": 300,
            "refresh_token": token,
        }
        return reply(200, facts)


@pytest.fixture
def tokens() -> TokenServer:
    """The token endpoint of this test."""
    return TokenServer()


@pytest.fixture
async def client(tokens: TokenServer) -> AsyncIterator[ApiClient]:
    """A client without authorization on the token endpoint."""
    async with httpx.AsyncClient(
        base_url=ADDRESS, transport=httpx.MockTransport(tokens.handle), trust_env=False
    ) as http:
        yield ApiClient(http)
