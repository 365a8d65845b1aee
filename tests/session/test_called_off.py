"""What must be done is done though whoever asked for it is called off, at any turn of the loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import httpx
import pytest

from leaddesk.api.client import ApiClient
from leaddesk.desk.sign_in import SignIn
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.session import Session
from leaddesk.session.tokens import Profile
from leaddesk.session.vault import VaultNote
from tests.session.conftest import ADDRESS, TokenServer, reply

PATIENCE = 60.0
EMAIL, GOOD = Personal("maren.boysen@wagner.example"), Secret("a long good password")


class Pages:
    """A book in memory; ``open`` holds every call up."""

    def __init__(self) -> None:
        self.entries: dict[str, Profile] = {}
        self.first = ""
        self.open = threading.Event()
        self.open.set()

    def find(self, address: str, quietly: bool) -> Profile | None:
        self.open.wait(PATIENCE)
        return next((one for one in self.entries.values() if one.address == address), None)

    def ready(self) -> bool:
        return True

    def names(self) -> tuple[str, ...]:
        self.open.wait(PATIENCE)
        return tuple(self.entries)

    def read(self, name: str) -> Profile | None:
        return self.entries.get(name)

    def write(self, profile: Profile, listed: bool) -> None:
        self.open.wait(PATIENCE)
        self.entries[profile.profile_id] = profile

    def put_aside(self, key: Profile, owner: str) -> None:
        self.write(key, False)

    def prefer(self, name: str) -> None:
        self.open.wait(PATIENCE)
        self.first = name

    def remove(self, name: str) -> None:
        self.open.wait(PATIENCE)
        self.entries.pop(name, None)


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def vault(pages: Pages) -> KeyringVault:
    return KeyringVault(pages, seconds=PATIENCE)


async def called_off(work: Awaitable[object], turns: int) -> None:
    """Begin something, and call it off after so many turns of the loop."""
    task = asyncio.ensure_future(work)
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - a thread's work
            await asyncio.sleep(0.001)


def profile(name: str, token: str = "t0") -> Profile:
    return Profile(name, ADDRESS, Secret(token))


@pytest.mark.parametrize("busy", [False, True])
@pytest.mark.parametrize("turns", range(1, 7))
async def test_what_a_keyring_is_told_reaches_it_though_who_told_it_is_called_off(
    vault: KeyringVault, pages: Pages, turns: int, busy: bool
) -> None:
    await vault.store(profile("gone"))
    pages.open.clear()
    before = asyncio.create_task(vault.names()) if busy else None
    await called_off(vault.store(profile("kept")), turns)
    await called_off(vault.remove(profile("gone")), turns)
    await called_off(vault.prefer(profile("kept")), turns)
    pages.open.set()
    await until(lambda: list(pages.entries) == ["kept"] and pages.first == "kept")
    assert before is None or await before == ("gone",)


@pytest.mark.parametrize("turns", range(1, 7))
async def test_a_keyring_that_answers_is_not_taken_for_one_that_hangs(
    vault: KeyringVault, pages: Pages, turns: int
) -> None:
    """Else the announcement of a rotation would be skipped, and a start would find nobody signed in."""
    told: list[VaultNote] = []
    await vault.store(profile("p"))
    vault.watch(told.append)
    pages.open.clear()
    await called_off(vault.names(), turns)
    asyncio.get_running_loop().call_soon(pages.open.set)
    assert await vault.load(ADDRESS) == profile("p")
    assert (vault.note, told) == (VaultNote.KEPT, [])


@pytest.mark.parametrize("turns", range(1, 7))
async def test_a_sign_out_is_finished_though_the_page_that_asked_for_it_is_gone(
    client: ApiClient, tokens: TokenServer, turns: int
) -> None:
    session = Session(client, MemoryVault(), ADDRESS)
    await session.begin(await session.proof.by_password(EMAIL, GOOD))
    session.open()
    session.close()
    await called_off(session.finish(), turns)
    await until(lambda: tokens.revoked == ["r0"])
    assert await session.vault.load(ADDRESS) is None


class Sessions(TokenServer):
    """Gives each sign-in a token of its own, and never says who somebody is."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []

    async def handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/me":
            await asyncio.Event().wait()
        if b"authorization_code" in request.content and request.url.path == "/oauth/token":
            self.given.append(f"r{len(self.given)}")
            for _ in range(3):
                await asyncio.sleep(0)  # it has begun a session; the answer is on its way
            token = self.given[-1]
            self.access.add(f"a-{token}")
            return reply(
                200,
                {
                    "access_token": f"a-{token}",
                    "token_type": "Bearer",
                    "expires_in": 300,
                    "refresh_token": token,
                },
            )
        return await super().handle(request)


@pytest.mark.parametrize("turns", [*range(1, 40), 60])
async def test_who_gives_up_signing_in_leaves_no_session_anywhere(turns: int) -> None:
    server = Sessions()
    async with httpx.AsyncClient(
        base_url=ADDRESS, transport=httpx.MockTransport(server.handle), trust_env=False
    ) as http:
        client = ApiClient(http)
        session = Session(client, MemoryVault(), ADDRESS)
        signing_in = SignIn(ApiClient(http, session.bearer), session)
        await called_off(signing_in.sign_in(EMAIL, GOOD), turns)
        await session.finish()
        assert server.revoked == server.given
        assert (session.bearer.profile, await session.vault.load(ADDRESS)) == (None, None)


async def test_the_turns_above_reach_from_the_password_to_the_question_who_it_is() -> None:
    """Else they would show nothing."""
    server, given = Sessions(), list[int]()
    async with httpx.AsyncClient(
        base_url=ADDRESS, transport=httpx.MockTransport(server.handle), trust_env=False
    ) as http:
        session = Session(ApiClient(http), MemoryVault(), ADDRESS)
        signing_in = asyncio.create_task(
            SignIn(ApiClient(http, session.bearer), session).sign_in(EMAIL, GOOD)
        )
        for _ in range(60):
            await asyncio.sleep(0)
            given.append(len(server.given) + (session.bearer.profile is not None))
        signing_in.cancel()
        await asyncio.gather(signing_in, return_exceptions=True)
        await session.finish()
    assert (given[0], given.count(1) > 3, given[38], given[59]) == (0, True, 2, 2)
