"""Signing in over HTTP, who am I, members, and what the server says of itself."""

import json
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from leaddesk.contract.ids import MemberId, TenantId, Urn
from leaddesk.contract.people import Me, Member, Right, Role
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.signin import CLIENT_ID, ServerInfo, TokenAnswer
from leaddesk.personal.masked import Secret
from leaddesk.server.identity import passwords
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.passwords import Passwords
from leaddesk.server.identity.people import People, PersonRecord, TenantRecord
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.tokens.codes import challenge_of
from leaddesk.server.operations.metrics import Metrics
from leaddesk.server.web.edge.application import application
from leaddesk.server.web.entrance import operations, people, signin
from tests.support.records import records_in_memory

TENANT = TenantId("11111111-1111-4111-8111-111111111111")
ADA = MemberId("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa")
EMAIL, PASSWORD, VERIFIER = "ada.lund@wagner.example", "correct horse battery", "v" * 43
KEY = "key-of-wagner"
OAUTH = {"client_id": CLIENT_ID}


class World:
    """A server of nothing but the entrance, with its clock."""

    def __init__(self, books: Books) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.ready = True
        directory = People(books, Passwords(memory_kib=64, passes=1))
        directory.add_tenant(TenantRecord(TENANT, "Wagner"))
        directory.add_person(PersonRecord(TENANT, ADA, "Ada Lund", EMAIL, Role.ADMIN), Secret(PASSWORD))
        directory.api_keys.add(ApiKeyRecord(TENANT, "k", "Key", frozenset(Right)), Secret(KEY))
        self.identity = Identity(lambda: self.now, directory, Passwords(memory_kib=64, passes=1))
        routes = [
            *signin.routes(self.identity),
            *people.routes(self.identity, neighbours),
            *operations.routes(operations.Station("Demo", self.failing, Metrics())),
        ]
        transport = httpx.ASGITransport(application(self.identity, routes, records=records_in_memory()))
        self.client = httpx.AsyncClient(transport=transport, base_url="http://server")

    async def failing(self) -> list[str]:
        return [] if self.ready else ["storage"]

    async def challenge(self, **changed: Any) -> httpx.Response:
        asked = {"email": EMAIL, "password": PASSWORD, "codeChallenge": challenge_of(VERIFIER)}
        return await self.client.post("/oauth/challenge", json=asked | changed)

    async def token(self, **fields: str) -> httpx.Response:
        return await self.client.post("/oauth/token", data=OAUTH | fields)

    async def sign_in(self) -> TokenAnswer:
        code = (await self.challenge()).json()["authorization_code"]
        answer = await self.token(grant_type="authorization_code", code=code, code_verifier=VERIFIER)
        assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
        return TokenAnswer.model_validate_json(answer.content)

    async def me(self, authorization: str) -> httpx.Response:
        return await self.client.get("/me", headers={"authorization": authorization})


def neighbours(_caller: Caller) -> Iterable[Member]:
    return [Member(urn=Urn("urn:lt:sales-partners:sales-partner:x"), name="Nord", kind="sales-partner")]


@pytest.fixture
async def world(books: Books) -> AsyncIterator[World]:
    world = World(books)
    async with world.client:
        yield world
    world.identity.close()


async def test_from_password_to_me_in_three_requests(world: World) -> None:
    tokens = await world.sign_in()
    assert tokens.expires_in == 300 and tokens.token_type == "Bearer"
    answer = await world.me(f"Bearer {tokens.access_token}")
    me = Me.model_validate_json(answer.content)
    assert me.person.email == EMAIL and me.role is Role.ADMIN and Right.SHARE_APPROVE in me.rights


async def test_a_refused_sign_in_is_the_same_answer_for_anybody(world: World) -> None:
    known = await world.challenge(password="wrong")
    unknown = await world.challenge(email="nobody@wagner.example")
    assert known.status_code == unknown.status_code == 401
    assert known.content == unknown.content
    assert known.json()["type"] == ProblemType.SIGN_IN_REFUSED


async def test_whose_password_was_not_looked_at_has_failed_at_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody floods the sign-in; nobody else is shut out of their account for having been turned away."""
    with monkeypatch.context() as flooded:
        flooded.setattr(passwords, "WAITING", 0)
        answers = [(await world.challenge()).status_code for _ in range(100)]
    assert answers == [429] * 100
    assert (await world.challenge()).status_code == 200


async def test_too_many_attempts_say_when_to_come_back(world: World) -> None:
    answers = [await world.challenge(password="wrong") for _ in range(6)]
    assert answers[-1].status_code == 429 and int(answers[-1].headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"clientId": "canary"}, "clientId"),
        ({"codeChallengeMethod": "plain"}, "codeChallengeMethod"),
        ({"codeChallenge": "=" * 43}, "codeChallenge"),
        ({"codeChallenge": "short"}, "codeChallenge"),
        ({"email": ""}, "email"),
        ({"password": "canary" * 300}, "password"),
        ({"password": None}, "password"),
    ],
)
async def test_a_malformed_challenge_names_the_field(
    world: World, changed: dict[str, Any], field: str
) -> None:
    answer = await world.challenge(**changed)
    assert answer.status_code == 400 and answer.json()["field"] == field
    assert "canary" not in answer.text and EMAIL not in answer.text


async def test_refresh_rotates_and_repeats_a_lost_answer(world: World) -> None:
    first = await world.sign_in()
    ask = {"grant_type": "refresh_token", "refresh_token": first.refresh_token, "rotation_id": "r-1"}
    lost, again = await world.token(**ask), await world.token(**ask)
    assert lost.json()["refresh_token"] == again.json()["refresh_token"] != first.refresh_token
    assert (await world.me(f"Bearer {again.json()['access_token']}")).status_code == 200
    reused = await world.token(**ask)
    assert reused.status_code == 400 and reused.json() == {"error": "invalid_grant"}
    assert (await world.me(f"Bearer {again.json()['access_token']}")).status_code == 401


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "x", "rotation_id": "r" * 300}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x", "rotation_id": "r"}, "invalid_grant"),
        ({"grant_type": "authorization_code", "code": "x", "code_verifier": "short"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "x", "code_verifier": VERIFIER}, "invalid_grant"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({}, "invalid_request"),
        ({"client_id": "another"}, "invalid_client"),
    ],
)
async def test_the_token_endpoint_errs_in_the_words_of_its_rfc(
    world: World, fields: dict[str, str], error: str
) -> None:
    answer = await world.token(**fields)
    assert answer.status_code == 400 and answer.json() == {"error": error}


async def test_a_rotation_without_an_id_cannot_be_repeated(world: World) -> None:
    first = await world.sign_in()
    ask = {"grant_type": "refresh_token", "refresh_token": first.refresh_token}
    assert (await world.token(**ask)).status_code == 200
    assert (await world.token(**ask)).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize("content", [b"", b"a=%ff", b"\xff\xfe", b"token=1&token=2", b"&" * 9_000])
async def test_a_broken_form_is_an_invalid_request(world: World, content: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for path in ("/oauth/token", "/oauth/revoke"):
        answer = await world.client.post(path, content=content, headers=headers)
        assert answer.status_code == 400 and answer.json()["error"] in ("invalid_request", "invalid_client")
    answer = await world.client.post("/oauth/token", content=json.dumps({}))
    assert answer.json() == {"error": "invalid_request"}


async def test_revocation_ends_the_session_and_tells_nothing(world: World) -> None:
    tokens = await world.sign_in()
    for token in (tokens.refresh_token, tokens.refresh_token, "unknown"):
        answer = await world.client.post("/oauth/revoke", data={"token": token})
        assert answer.status_code == 200 and answer.content == b""
    assert (await world.me(f"Bearer {tokens.access_token}")).status_code == 401


async def test_an_expired_access_token_is_nobody(world: World) -> None:
    tokens = await world.sign_in()
    world.now += timedelta(minutes=5)
    assert (await world.me(f"Bearer {tokens.access_token}")).status_code == 401


async def test_members_are_the_own_people_and_the_firms_next_door(world: World) -> None:
    answer = await world.client.get("/members", headers={"authorization": KEY})
    assert answer.json() == [
        {"urn": f"urn:lt:members:member:{ADA}", "name": "Ada Lund", "kind": "member"},
        {"urn": "urn:lt:sales-partners:sales-partner:x", "name": "Nord", "kind": "sales-partner"},
    ]
    assert EMAIL not in answer.text


async def test_a_key_can_be_tested(world: World) -> None:
    assert (await world.client.get("/test", headers={"authorization": KEY})).status_code == 200
    assert (await world.client.get("/test", headers={"authorization": "no"})).status_code == 401
    assert (await world.me(KEY)).json()["person"]["name"] == "Key"


async def test_the_server_says_what_it_offers_and_how_it_is(world: World) -> None:
    info = ServerInfo.model_validate_json((await world.client.get("/.well-known/leaddesk")).content)
    assert info.instance == "Demo" and "deletion" in info.capabilities and info.version[0].isdigit()
    assert (await world.client.get("/healthz")).status_code == 200
    assert (await world.client.get("/readyz")).status_code == 200
    world.ready = False
    waiting = await world.client.get("/readyz")
    assert waiting.status_code == 503 and waiting.headers["content-type"] == "application/problem+json"
