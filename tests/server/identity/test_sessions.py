"""Rotation: a lost answer is repeated, a copy ends the session, and nothing else does."""

from datetime import UTC, datetime, timedelta

import pytest

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.server.identity.refusals import InvalidGrant
from leaddesk.server.identity.tokens.sessions import ACCESS_LIFETIME, SESSION_LIFETIME, Grant, Sessions

TENANT, MEMBER = TenantId("t"), MemberId("m")


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(clock)


def refresh(grant: Grant) -> str:
    return grant.refresh.reveal()


def access(grant: Grant) -> str:
    return grant.access.reveal()


def test_a_session_gives_an_access_token_of_five_minutes(sessions: Sessions, clock: Clock) -> None:
    grant = sessions.open(TENANT, MEMBER)
    used = sessions.use(access(grant))
    assert used is not None and (used.tenant_id, used.member_id) == (TENANT, MEMBER)
    clock.now += ACCESS_LIFETIME
    assert sessions.use(access(grant)) is None


def test_a_lost_answer_is_repeated_with_the_same_successor(sessions: Sessions) -> None:
    first = sessions.open(TENANT, MEMBER)
    lost = sessions.rotate(refresh(first), "rotation-1")
    again = sessions.rotate(refresh(first), "rotation-1")
    assert refresh(again) == refresh(lost) != refresh(first)
    assert access(again) != access(lost)
    assert sessions.use(access(again)) is not None


def test_another_rotation_id_after_the_rotation_revokes_the_family(sessions: Sessions) -> None:
    first = sessions.open(TENANT, MEMBER)
    second = sessions.rotate(refresh(first), "rotation-1")
    with pytest.raises(InvalidGrant):
        sessions.rotate(refresh(first), "rotation-2")
    assert sessions.use(access(second)) is None
    with pytest.raises(InvalidGrant):
        sessions.rotate(refresh(second), "rotation-3")


@pytest.mark.parametrize("way", ["access", "refresh"])
def test_the_same_rotation_id_after_the_successor_was_used_revokes_the_family(
    sessions: Sessions, way: str
) -> None:
    first = sessions.open(TENANT, MEMBER)
    newest = sessions.rotate(refresh(first), "rotation-1")
    if way == "access":
        sessions.use(access(newest))
    else:
        newest = sessions.rotate(refresh(newest), "rotation-2")
    with pytest.raises(InvalidGrant):
        sessions.rotate(refresh(first), "rotation-1")
    assert sessions.use(access(newest)) is None


def test_an_old_access_token_in_use_does_not_close_the_repetition(sessions: Sessions) -> None:
    first = sessions.open(TENANT, MEMBER)
    lost = sessions.rotate(refresh(first), "rotation-1")
    assert sessions.use(access(first)) is not None
    assert refresh(sessions.rotate(refresh(first), "rotation-1")) == refresh(lost)


def test_revoking_any_token_ends_the_session_and_no_other(sessions: Sessions) -> None:
    mine, other = sessions.open(TENANT, MEMBER), sessions.open(TENANT, MEMBER)
    sessions.revoke(access(mine))
    sessions.revoke("unknown")
    assert sessions.use(access(mine)) is None
    used = sessions.use(access(other))
    assert used is not None and sessions.is_good(used.session, used.expires_at)
    sessions.revoke(refresh(other))
    assert not sessions.is_good(used.session, used.expires_at)


def test_a_session_ends_with_its_age_and_is_forgotten(sessions: Sessions, clock: Clock) -> None:
    grant = sessions.open(TENANT, MEMBER)
    clock.now += SESSION_LIFETIME - timedelta(seconds=30)
    late = sessions.rotate(refresh(grant), "rotation-1")
    assert late.lifetime == timedelta(seconds=30)
    clock.now += timedelta(seconds=30)
    with pytest.raises(InvalidGrant):
        sessions.rotate(refresh(late), "rotation-2")
    assert sessions.use(access(late)) is None


def test_expired_access_tokens_do_not_pile_up(sessions: Sessions, clock: Clock) -> None:
    grant = sessions.open(TENANT, MEMBER)
    for number in range(50):
        grant = sessions.rotate(refresh(grant), f"rotation-{number}")
        clock.now += ACCESS_LIFETIME
    assert len(sessions._access) <= 2


def test_tokens_carry_256_bits_and_rest_as_digests(sessions: Sessions) -> None:
    first = sessions.open(TENANT, MEMBER)
    second = sessions.rotate(refresh(first), "rotation-1")
    for token in (refresh(first), refresh(second), access(first), access(second)):
        assert len(token) == 43
        assert token not in repr(vars(sessions))
        assert token not in repr(first) + repr(second)
