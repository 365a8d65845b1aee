"""Sign-in, lock, unlock and sign-out act here at once; keyring and server hear of it afterwards."""

from __future__ import annotations

import asyncio

import pytest

from leaddesk.api import errors
from leaddesk.api.call import Call
from leaddesk.api.client import ApiClient
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.session import Session
from leaddesk.session.state import SessionState
from tests.session.conftest import ADDRESS, TokenServer

EMAIL = Personal("maren.boysen@wagner.example")
GOOD = Secret("a long good password")


@pytest.fixture
def session(client: ApiClient) -> Session:
    return Session(client, MemoryVault(), ADDRESS)


async def signed_in(session: Session) -> Session:
    await session.begin(await session.proof.by_password(EMAIL, GOOD))
    session.open()
    return session


async def test_without_a_kept_profile_one_is_signed_out(session: Session) -> None:
    assert await session.recall() is False
    assert session.state is SessionState.SIGNED_OUT


async def test_a_kept_profile_is_found_again(session: Session, client: ApiClient) -> None:
    await signed_in(session)
    later = Session(client, session.vault, ADDRESS)
    assert await later.recall() is True
    assert later.state is SessionState.STARTING


async def test_a_start_that_looks_ahead_finds_the_token_renewed(
    session: Session, client: ApiClient, tokens: TokenServer
) -> None:
    await signed_in(session)
    later = Session(client, session.vault, ADDRESS)
    ahead = asyncio.create_task(later.look_ahead())
    assert await later.recall() is True
    await ahead
    assert (tokens.refreshes, later.state) == (1, SessionState.STARTING)
    await ApiClient(client._http, later.bearer).ask(Call("GET", "/me"))
    assert tokens.refreshes == 1


async def test_looking_ahead_in_vain_leaves_it_to_whoever_asks(
    session: Session, client: ApiClient, tokens: TokenServer
) -> None:
    await signed_in(session)
    later, tokens.down = Session(client, session.vault, ADDRESS), True
    await later.look_ahead()
    assert (later.state, await later.recall()) == (SessionState.STARTING, True)
    tokens.down = False
    await ApiClient(client._http, later.bearer).ask(Call("GET", "/me"))


async def test_a_session_that_is_over_is_over_for_who_looks_ahead(
    session: Session, client: ApiClient, tokens: TokenServer
) -> None:
    await signed_in(session)
    later, tokens.family_alive = Session(client, session.vault, ADDRESS), False
    await later.look_ahead()
    assert later.state is SessionState.ENDED
    assert await session.vault.load(ADDRESS) is None


async def test_a_wrong_password_changes_nothing(session: Session) -> None:
    await signed_in(session)
    kept = session.bearer.profile
    with pytest.raises(errors.Refused):
        await session.proof.by_password(EMAIL, Secret("wrong"))
    assert (session.bearer.profile, session.state) == (kept, SessionState.SIGNED_IN)


async def test_lock_drops_tokens_at_once_and_revokes_them_afterwards(
    session: Session, tokens: TokenServer
) -> None:
    await signed_in(session)
    generation = session.bearer.generation
    session.lock()
    assert (session.state, session.bearer.profile) == (SessionState.LOCKED, None)
    assert session.bearer.generation > generation
    assert tokens.revoked == []
    await session.finish()
    assert tokens.revoked == ["r0"]
    assert await session.vault.load(ADDRESS) is None


async def test_after_sign_out_no_request_carries_the_old_token(
    session: Session, client: ApiClient, tokens: TokenServer
) -> None:
    await signed_in(session)
    session.close()
    with pytest.raises(errors.SessionOver):
        await ApiClient(client._http, session.bearer).ask(Call("GET", "/me"))
    await session.finish()
    assert tokens.revoked == ["r0"]


@pytest.mark.parametrize("turns", range(6))
async def test_who_is_called_off_while_finishing_leaves_the_rest_to_the_next(
    session: Session, tokens: TokenServer, turns: int
) -> None:
    await signed_in(session)
    session.close()
    first = asyncio.create_task(session.finish())
    for _ in range(turns):
        await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await session.finish()
    assert set(tokens.revoked) == {"r0"}
    assert await session.vault.load(ADDRESS) is None


async def test_what_nobody_hears_is_given_up_when_the_connection_is_to_be_closed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_profile: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(session, "_revoke", never)
    await signed_in(session)
    session.close()
    await session.finish(0.01)
    assert await session.vault.load(ADDRESS) is None


async def test_sign_out_without_network_still_forgets(session: Session, tokens: TokenServer) -> None:
    await signed_in(session)
    tokens.down = True
    session.close()
    await session.finish()
    assert await session.vault.load(ADDRESS) is None


async def test_states_are_told(session: Session) -> None:
    told: list[SessionState] = []
    session.watch(told.append)
    await signed_in(session)
    session.lock()
    await session.begin(await session.proof.by_password(EMAIL, GOOD))
    session.open()
    session.close()
    await session.finish()
    assert told == [
        SessionState.SIGNED_IN,
        SessionState.LOCKED,
        SessionState.SIGNED_IN,
        SessionState.SIGNED_OUT,
    ]
