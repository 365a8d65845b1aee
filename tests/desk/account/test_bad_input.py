"""What nobody means: passwords of one or ten thousand characters, tokens of four kilobytes."""

from __future__ import annotations

import pytest

from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.session import Session
from leaddesk.session.state import SessionState
from leaddesk.session.tokens import Profile
from tests.desk.conftest import Town, town
from tests.support.trade import PASSWORD

__all__ = ["town"]

LENGTHS = [1, 1_024, 1_025, 10_000]


@pytest.mark.parametrize("length", LENGTHS)
async def test_a_password_of_any_length_is_right_or_wrong(town: Town, length: int) -> None:
    office = await town.office()
    outcome = await office.desk.sign_in.sign_in(Personal("jens@x.example"), Secret("x" * length))
    assert outcome.code == "refused.sign-in"
    assert (await office.desk.sign_in.sign_in(Personal("jens@x.example"), Secret(PASSWORD))).code == "ok"
    assert (await office.desk.step_up.by_password(Secret("x" * length))).code == "refused.sign-in"
    assert (await office.desk.step_up.by_code(Secret("1" * length))).code == "refused.sign-in"
    assert office.session.state is SessionState.SIGNED_IN


async def test_an_address_nobody_can_have_is_refused_in_words(town: Town) -> None:
    office = await town.office()
    for address in ("@" * 400, "x" * 10_000):
        outcome = await office.desk.sign_in.sign_in(Personal(address), Secret(PASSWORD))
        assert outcome.code == "refused.sign-in"


async def test_a_token_of_four_kilobytes_is_a_session_that_is_over(town: Town) -> None:
    office, vault = await town.office(), MemoryVault()
    await vault.store(Profile("p", town.url, Secret("r" * 4_096)))
    session = Session(office.session.proof._client, vault, town.url)
    assert await session.recall()
    with pytest.raises(Exception, match="SessionOver"):
        await session.bearer.enter()
    assert session.state is SessionState.ENDED
