"""Rotation: a lost answer is repeated, a copy ends the session, and nothing else does."""

import base64
import hashlib
from datetime import timedelta

import pytest

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.server.identity.refusals import InvalidGrant
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.tokens.sessions import ACCESS_LIFETIME, Grant, Sessions
from tests.server.identity.conftest import Clock

TENANT, MEMBER = TenantId("t"), MemberId("m")
SESSION_LIFETIME = timedelta(days=30)


@pytest.fixture
def sessions(clock: Clock, books: Books) -> Sessions:
    return Sessions(clock, books)


def kept(books: Books, table: str) -> int:
    sql = f"SELECT COUNT(*) FROM {table} WHERE tenant_id = ?"
    return int(books.at(TENANT, lambda page: page.select(sql))[0][0])


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
    assert used is not None and sessions.is_good(TENANT, used.session, used.expires_at)
    sessions.revoke(refresh(other))
    assert not sessions.is_good(TENANT, used.session, used.expires_at)


def test_a_session_ends_with_its_age_and_is_forgotten(sessions: Sessions, clock: Clock) -> None:
    grant = sessions.open(TENANT, MEMBER)
    clock.now += SESSION_LIFETIME - timedelta(seconds=30)
    late = sessions.rotate(refresh(grant), "rotation-1")
    assert late.lifetime == timedelta(seconds=30)
    clock.now += timedelta(seconds=30)
    with pytest.raises(InvalidGrant):
        sessions.rotate(refresh(late), "rotation-2")
    assert sessions.use(access(late)) is None


def test_what_has_expired_does_not_pile_up(sessions: Sessions, clock: Clock, books: Books) -> None:
    grant = sessions.open(TENANT, MEMBER)
    for number in range(50):
        grant = sessions.rotate(refresh(grant), f"rotation-{number}")
        clock.now += ACCESS_LIFETIME
    assert kept(books, "access_token") <= 2 and kept(books, "session") == kept(books, "door") == 1
    clock.now += SESSION_LIFETIME
    sessions.open(TENANT, MEMBER)
    assert kept(books, "session") == kept(books, "door") == kept(books, "access_token") == 1


def test_an_ended_session_leaves_nothing(sessions: Sessions, books: Books) -> None:
    sessions.revoke(access(sessions.rotate(refresh(sessions.open(TENANT, MEMBER)), "rotation-1")))
    assert kept(books, "session") == kept(books, "door") == kept(books, "access_token") == 0


def test_tokens_carry_256_bits_and_rest_as_digests(sessions: Sessions, books: Books) -> None:
    first = sessions.open(TENANT, MEMBER)
    second = sessions.rotate(refresh(first), "rotation-1")
    for token in (refresh(first), refresh(second), access(first), access(second)):
        assert len(token) == 68 and token[:4] in ("lda_", "ldr_")
        assert token not in repr(vars(sessions))
        assert token not in repr(first) + repr(second)
    rows = [
        row
        for table in ("session", "access_token", "door")
        for row in books.at(TENANT, lambda page: page.select(f"SELECT * FROM {table} WHERE tenant_id = ?"))  # noqa: B023
    ]
    for token in (refresh(first), refresh(second), access(first), access(second)):
        content = base64.urlsafe_b64decode(token[4:])
        for part in (token.encode(), content[:16], content[16:], content[:16].hex().encode()):
            assert not any(part in _bytes(value) for row in rows for value in row)
        assert any(hashlib.sha256(token.encode()).digest() == value for row in rows for value in row)
    tokens = [base64.urlsafe_b64decode(one[4:]) for one in (refresh(first), access(first), refresh(second))]
    assert len({one[:16] for one in tokens}) == 1 and len({one[16:] for one in tokens}) == 3


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def test_a_refresh_token_of_the_session_that_nobody_gave_out_revokes_it(sessions: Sessions) -> None:
    """Replaced ones are not kept: whoever knows the selector had one of them."""
    grant = sessions.open(TENANT, MEMBER)
    replaced = refresh(grant)[:26] + refresh(sessions.open(TENANT, MEMBER))[26:]
    with pytest.raises(InvalidGrant):
        sessions.rotate(replaced, "rotation-1")
    assert sessions.use(access(grant)) is None


@pytest.mark.parametrize(
    "text", ["", "ldr_", "lda_" + "A" * 64, "ldr_" + "A" * 64, "ldr_" + "ß" * 64, "x" * 68]
)
def test_what_is_no_refresh_token_is_refused_and_ends_nothing(sessions: Sessions, text: str) -> None:
    grant = sessions.open(TENANT, MEMBER)
    for foreign in (text, access(grant)):
        with pytest.raises(InvalidGrant):
            sessions.rotate(foreign, "rotation-1")
    assert sessions.use(access(grant)) is not None
    assert sessions.use(refresh(grant)) is None
