"""One refresh at a time, safe against lost answers, crashes, locks and bad networks."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from leaddesk.api import errors
from leaddesk.api.call import Call
from leaddesk.api.client import ApiClient
from leaddesk.contract.signin import TokenAnswer
from leaddesk.personal.masked import Secret
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.renewal.bearer import Bearer
from leaddesk.session.tokens import Profile
from tests.session.conftest import ADDRESS, TokenServer, reply

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


async def answered_with(answer: httpx.Response) -> tuple[Bearer, BaseException]:
    """Have a token renewed by a server that answers so; the bearer after it, and what was raised."""

    async def answering(_request: httpx.Request) -> httpx.Response:
        return answer

    async with httpx.AsyncClient(base_url=ADDRESS, transport=httpx.MockTransport(answering)) as http:
        bearer = Bearer(ApiClient(http), MemoryVault())
        bearer.begin(Profile("p", ADDRESS, Secret("r0")))
        with pytest.raises(errors.ApiError) as raised:
            await bearer.enter()
    return bearer, raised.value


async def test_from_another_network_nothing_is_lost_and_the_reason_is_known() -> None:
    """The server answers so to a right token that comes from where the firm does not allow it (B6)."""
    bearer, raised = await answered_with(reply(403, {"error": "access_denied"}))
    assert isinstance(raised, errors.Unavailable) and raised.obstacle is errors.Obstacle.NETWORK
    assert bearer.profile is not None and bearer.profile.refresh == Secret("r0")


@pytest.mark.parametrize(
    "wrong",
    [
        {"access_token": "schlüssel"},
        {"access_token": "a\r\nx-evil: 1"},
        {"access_token": "two words"},
        {"access_token": ""},
        {"access_token": "x" * 20_000},
        {"refresh_token": "\N{SNOWMAN}"},
        {"refresh_token": ""},
    ],
    ids=str,
)
async def test_a_token_that_no_header_carries_is_an_answer_nobody_understands(wrong: dict[str, str]) -> None:
    """Not an error of ours that holds the token: the former one stays, with its rotation id."""
    good = {"access_token": "a", "refresh_token": "r1", "token_type": "Bearer", "expires_in": 300}
    bearer, raised = await answered_with(reply(200, good | wrong))
    assert isinstance(raised, errors.Malformed) and raised.__context__ is None
    assert bearer.profile is not None and bearer.profile.refresh == Secret("r0")
    assert bearer.profile.rotation_id is not None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [(10**400, 86_395.0), (-(10**400), 1.0), (0, 1.0), (300, 295.0)],
    ids=["endless", "negative", "none", "usual"],
)
async def test_how_long_a_token_is_good_is_bounded_whatever_is_said(
    client: ApiClient, said: int, seconds: float
) -> None:
    facts = {"access_token": "a", "refresh_token": "r1", "token_type": "Bearer", "expires_in": said}
    bearer = Bearer(client, MemoryVault(), lambda: 1_000.0)
    bearer.begin(Profile("p", ADDRESS, Secret("r1")), TokenAnswer.model_validate(facts))
    assert bearer._access is not None and bearer._access.good_until == 1_000.0 + seconds


async def test_when_the_session_ends_is_known_from_each_answer_on(client: ApiClient) -> None:
    """As the server says it in seconds: clocks that differ do not matter."""
    now = 1_000.0
    bearer = Bearer(client, MemoryVault(), lambda: now)
    assert bearer.left() is None
    facts: dict[str, object] = {"access_token": "a", "refresh_token": "r1", "token_type": "Bearer"}
    facts |= {"expires_in": 300}
    for said, known in ((3600, 3600), (10**400, 10 * 366 * 86_400), (-5, 0), (None, None)):
        answer = TokenAnswer.model_validate(facts | {"leaddesk_session_ends_in": said})
        bearer.begin(Profile("p", ADDRESS, Secret("r1")), answer)
        assert bearer.left() == known
    bearer.begin(
        Profile("p", ADDRESS, Secret("r1")),
        TokenAnswer.model_validate(facts | {"leaddesk_session_ends_in": 60}),
    )
    now += 45.0
    assert bearer.left() == 15.0
    bearer.drop()
    assert bearer.left() is None
