"""One refresh at a time, safe against lost answers, crashes, locks and bad networks."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from leaddesk.api import errors
from leaddesk.api.call import Call
from leaddesk.api.client import ApiClient
from leaddesk.personal.masked import Secret
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.renewal.bearer import Bearer
from leaddesk.session.tokens import Profile
from tests.session.conftest import ADDRESS, TokenServer

GET = Call("GET", "/me")


class NotedVault(MemoryVault):
    """A vault that remembers each state it was given, and may take its time."""

    def __init__(self) -> None:
        super().__init__()
        self.stored: list[Profile] = []

    async def store(self, profile: Profile) -> None:
        await asyncio.sleep(0)
        self.stored.append(profile)
        await super().store(profile)


@pytest.fixture
def vault() -> NotedVault:
    return NotedVault()


@pytest.fixture
def bearer(client: ApiClient, vault: NotedVault) -> Bearer:
    found = Bearer(client, vault)
    found.begin(Profile("p", ADDRESS, Secret("r0")))
    return found


def authorized(client: ApiClient, bearer: Bearer) -> ApiClient:
    return ApiClient(client._http, bearer)


async def test_two_hundred_refused_calls_refresh_once(
    client: ApiClient, bearer: Bearer, tokens: TokenServer
) -> None:
    api = authorized(client, bearer)
    await api.ask(GET)
    tokens.access.clear()
    tokens.refreshes, tokens.delay = 0, 0.01
    await asyncio.gather(*(api.ask(GET) for _ in range(200)))
    assert tokens.refreshes == 1


async def test_two_hundred_calls_without_network_try_once(
    client: ApiClient, bearer: Bearer, tokens: TokenServer
) -> None:
    tokens.down, tokens.delay = True, 0.01
    api = authorized(client, bearer)
    results = await asyncio.gather(*(api.ask(GET) for _ in range(200)), return_exceptions=True)
    assert {type(result) for result in results} == {errors.Offline}
    tokens.down = False
    assert (await api.ask(GET)).status == 200


async def test_all_who_wait_hear_that_the_server_wants_to_be_left_alone(vault: NotedVault) -> None:
    """A refusal is given to each of them once more, with all it says."""

    async def busy(_request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0.01)
        return httpx.Response(429, headers={"retry-after": "7"}, stream=httpx.ByteStream(b""))

    async with httpx.AsyncClient(base_url=ADDRESS, transport=httpx.MockTransport(busy)) as http:
        bearer = Bearer(ApiClient(http), vault)
        bearer.begin(Profile("p", ADDRESS, Secret("r0")))
        api = ApiClient(http, bearer)
        results = await asyncio.gather(*(api.ask(GET) for _ in range(20)), return_exceptions=True)
    assert [type(result) for result in results] == [errors.Throttled] * 20
    assert {getattr(result, "retry_after", None) for result in results} == {7.0}


async def test_the_rotation_id_is_stored_before_asking_and_the_successor_before_its_use(
    client: ApiClient, bearer: Bearer, vault: NotedVault, tokens: TokenServer
) -> None:
    await authorized(client, bearer).ask(GET)
    announced, successor = vault.stored
    assert (announced.refresh, successor.refresh) == (Secret("r0"), Secret("r1"))
    assert (tokens.answers.keys(), successor.rotation_id) == ({("r0", announced.rotation_id)}, None)


async def test_a_lost_answer_is_asked_again_with_the_same_rotation_id(
    client: ApiClient, bearer: Bearer, tokens: TokenServer
) -> None:
    api = authorized(client, bearer)
    tokens.lose_answer = True
    with pytest.raises(errors.Interrupted):
        await api.ask(GET)
    tokens.lose_answer = False
    assert (await api.ask(GET)).status == 200
    assert tokens.family_alive


async def test_a_crash_between_request_and_storage_loses_nothing(
    client: ApiClient, bearer: Bearer, vault: NotedVault, tokens: TokenServer
) -> None:
    await authorized(client, bearer).ask(GET)
    for kept in vault.stored:
        later = Bearer(client, MemoryVault())
        later.begin(kept)
        if kept.refresh == Secret("r0"):
            assert (await authorized(client, later).ask(GET)).status == 200
    assert tokens.family_alive


async def test_a_rotation_by_another_process_is_taken_over(
    client: ApiClient, vault: NotedVault, tokens: TokenServer
) -> None:
    first, second = Bearer(client, vault), Bearer(client, vault)
    first.begin(Profile("p", ADDRESS, Secret("r0")))
    second.begin(Profile("p", ADDRESS, Secret("r0")))
    await authorized(client, first).ask(GET)
    await authorized(client, second).ask(GET)
    assert tokens.family_alive


async def test_invalid_grant_ends_the_session(
    client: ApiClient, bearer: Bearer, vault: NotedVault, tokens: TokenServer
) -> None:
    ended: list[bool] = []
    bearer.on_ended = lambda: ended.append(True)
    tokens.family_alive = False
    with pytest.raises(errors.SessionOver):
        await authorized(client, bearer).ask(GET)
    assert ended == [True]
    assert await vault.load(ADDRESS) is None
    with pytest.raises(errors.SessionOver):
        await authorized(client, bearer).ask(GET)


async def test_a_lock_during_the_refresh_leaves_nothing_behind(
    client: ApiClient, bearer: Bearer, tokens: TokenServer
) -> None:
    tokens.delay = 0.02
    waiting = asyncio.create_task(authorized(client, bearer).ask(GET))
    await asyncio.sleep(0.01)
    bearer.drop()
    with pytest.raises(errors.Superseded):
        await waiting
    assert bearer.profile is None


async def test_a_cancelled_caller_does_not_spoil_the_refresh_of_the_others(
    client: ApiClient, bearer: Bearer, tokens: TokenServer
) -> None:
    tokens.delay = 0.02
    api = authorized(client, bearer)
    calls = [asyncio.create_task(api.ask(GET)) for _ in range(3)]
    await asyncio.sleep(0.01)
    calls[0].cancel()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert not any(isinstance(result, Exception) for result in results[1:])
    assert tokens.family_alive


async def test_a_token_that_is_about_to_end_is_renewed_before_use(
    client: ApiClient, tokens: TokenServer
) -> None:
    now = 1000.0
    bearer = Bearer(client, MemoryVault(), lambda: now)
    bearer.begin(Profile("p", ADDRESS, Secret("r0")))
    await authorized(client, bearer).ask(GET)
    now += 299.0
    await authorized(client, bearer).ask(GET)
    assert tokens.refreshes == 2


def test_nothing_shows_a_token(bearer: Bearer) -> None:
    assert "r0" not in repr(bearer.profile)
