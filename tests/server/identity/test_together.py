"""Several at once, as several processes of one instance are: each with its own doors to the same tables."""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.people import Right, Role, TenantPolicy
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.passwords import Passwords
from leaddesk.server.identity.people import People, PersonRecord, TenantRecord
from leaddesk.server.identity.refusals import InvalidGrant, Throttled, Unauthenticated
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.storage.recent import SECONDS
from leaddesk.server.identity.throttle import FREE_ATTEMPTS, Throttle
from leaddesk.server.identity.tokens.codes import Codes, challenge_of
from leaddesk.server.identity.tokens.sessions import Access, Grant, Sessions

TENANT, OTHER, ADA = TenantId("t"), TenantId("o"), MemberId("ada")
VERIFIER = "v" * 64
ROUNDS, EACH = 6, 4


class Clocks:
    """Both clocks of all processes."""

    def __init__(self) -> None:
        self.now, self.seconds = datetime(2026, 1, 1, tzinfo=UTC), 0.0

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def both(books: Books, clocks: Clocks) -> tuple[Identity, Identity]:
    """Two processes: tables and keys are the same, what was read a moment ago is not."""
    made = []
    for _ in range(2):
        passwords = Passwords(memory_kib=64, passes=1)
        people = People(Books(books.storage, books.keys, clocks.monotonic), passwords)
        made.append(Identity(clocks, people, passwords))
    here, there = made
    here.people.add_tenant(TenantRecord(TENANT, "Wagner"))
    here.people.add_person(PersonRecord(TENANT, ADA, "Ada", "ada@x.example", Role.REP), Secret("x" * 20))
    return here, there


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do all of them at the same moment, a thread each; gives what each returned or raised."""
    barrier, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        barrier.wait(60)
        try:
            results[place] = work()
        except Exception as failure:
            results[place] = failure  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def member(tenant: TenantId, name: str) -> PersonRecord:
    return PersonRecord(tenant, MemberId(name), name, f"{name}@x.example", Role.REP)


def doors(books: Books, clocks: Clocks) -> list[Sessions]:
    return [Sessions(clocks, Books(books.storage, books.keys)) for _ in range(EACH)]


def test_the_same_rotation_at_once_gives_one_successor(books: Books, clocks: Clocks) -> None:
    processes = doors(books, clocks)
    for _ in range(ROUNDS):
        token = processes[0].open(TENANT, ADA).refresh.reveal()
        found = at_once(*(partial(one.rotate, token, "rotation") for one in processes))
        assert {type(one) for one in found} == {Grant}, found
        assert len({one.refresh.reveal() for one in found}) == 1
        assert len({one.access.reveal() for one in found}) == EACH
        for one in found:
            assert processes[1].use(one.access.reveal()) is not None
        assert processes[2].rotate(found[0].refresh.reveal(), "next")


def test_two_rotations_of_one_token_at_once_end_the_session(books: Books, clocks: Clocks) -> None:
    processes = doors(books, clocks)
    for _ in range(ROUNDS):
        token = processes[0].open(TENANT, ADA).refresh.reveal()
        works = [partial(one.rotate, token, f"id-{n}") for n, one in enumerate(processes)]
        found = at_once(*works)
        assert Counter(type(one) for one in found) == {Grant: 1, InvalidGrant: EACH - 1}
        (grant,) = (one for one in found if isinstance(one, Grant))
        assert processes[1].use(grant.access.reveal()) is None
        with pytest.raises(InvalidGrant):
            processes[1].rotate(grant.refresh.reveal(), "next")


def test_an_answer_that_was_used_anywhere_is_not_repeated(books: Books, clocks: Clocks) -> None:
    """Use and repetition at once: whichever was first, nobody holds two living ends of one session."""
    here, there, *_ = doors(books, clocks)
    outcomes = Counter[str]()
    for _ in range(3 * ROUNDS):
        token = here.open(TENANT, ADA).refresh.reveal()
        grant = here.rotate(token, "rotation")
        used, repeated = at_once(
            partial(here.use, grant.access.reveal()), partial(there.rotate, token, "rotation")
        )
        if isinstance(repeated, Grant):
            assert isinstance(used, Access) and repeated.refresh.reveal() == grant.refresh.reveal()
            with pytest.raises(InvalidGrant):
                there.rotate(token, "rotation")
            outcomes["repeated first"] += 1
        else:
            assert isinstance(repeated, InvalidGrant)
            outcomes["used first"] += 1
        assert here.use(grant.access.reveal()) is None
    assert sum(outcomes.values()) == 3 * ROUNDS


def test_a_code_that_comes_twice_at_once_opens_nothing_that_lasts(
    both: tuple[Identity, Identity], clocks: Clocks
) -> None:
    for _ in range(ROUNDS):
        code = Codes(clocks, both[0].people.books).issue(TENANT, ADA, challenge_of(VERIFIER)).reveal()
        found = at_once(*(partial(one.redeem, code, VERIFIER) for one in both))
        assert Counter(type(one) for one in found) == {Grant: 1, InvalidGrant: 1}
        (grant,) = (one for one in found if isinstance(one, Grant))
        for one in both:
            with pytest.raises(Unauthenticated):
                one.caller_of(f"Bearer {grant.access.reveal()}")


def test_attempts_are_counted_together(books: Books, clocks: Clocks) -> None:
    throttles = [Throttle(clocks, Books(books.storage, books.keys)) for _ in range(3 * EACH)]
    found = at_once(*(partial(one.begin, "ada@x.example", secrets.token_hex(4)) for one in throttles))
    assert Counter(type(one) for one in found) == {
        type(None): FREE_ATTEMPTS,
        Throttled: 3 * EACH - FREE_ATTEMPTS,
    }
    with pytest.raises(Throttled):
        throttles[0].begin(" ADA@x.example ", "elsewhere")


def test_who_came_later_and_was_quicker_closes_the_door_to_nobody(books: Books, clocks: Clocks) -> None:
    """Two sign in at once; or the clocks of two machines differ."""
    ahead = Throttle(lambda: clocks() + timedelta(seconds=1), books)
    ahead.begin("ada@x.example", "here")
    Throttle(clocks, books).begin("ada@x.example", "there")


def test_one_email_is_given_to_one(both: tuple[Identity, Identity]) -> None:
    for one in both:
        one.people.add_tenant(TenantRecord(OTHER, "Nord"))
    for number in range(ROUNDS):
        works = [
            partial(one.people.add_person, member(tenant, f"m{number}"), Secret("x" * 20))
            for one, tenant in zip(both, (TENANT, OTHER), strict=True)
        ]
        found = at_once(*works)
        assert Counter(type(one) for one in found) == {type(None): 1, ValueError: 1}, found
    assert len(both[0].people.members(TENANT)) + len(both[0].people.members(OTHER)) == 1 + ROUNDS


def test_members_entered_at_once_are_all_there(both: tuple[Identity, Identity]) -> None:
    works = [
        partial(one.people.add_person, member(TENANT, f"{n}-{m}"), Secret("x" * 20))
        for n, one in enumerate(both)
        for m in range(EACH)
    ]
    assert at_once(*works) == [None] * len(works)
    assert len(both[1].people.members(TENANT)) == 1 + len(works)


def test_who_is_out_here_is_out_there_two_seconds_later(
    both: tuple[Identity, Identity], clocks: Clocks
) -> None:
    here, there = both
    sessions = Sessions(clocks, here.people.books)
    for end in ("revoke", "reuse", "tenant"):
        grant = sessions.open(TENANT, ADA)
        bearer = f"Bearer {grant.access.reveal()}"
        caller = there.caller_of(bearer)
        assert here.caller_of(bearer) == caller == there.renewed(caller)
        if end == "revoke":
            here.revoke(grant.refresh.reveal())
        elif end == "reuse":
            here.rotate(grant.refresh.reveal(), "one")
            with pytest.raises(InvalidGrant):
                here.rotate(grant.refresh.reveal(), "other")
        else:
            here.people.remove_tenant(TENANT)
        with pytest.raises(Unauthenticated):
            here.caller_of(bearer)
        assert here.renewed(caller) is None
        clocks.seconds += SECONDS - 0.01
        assert there.caller_of(bearer) == there.renewed(caller) == caller, "within the time that is promised"
        clocks.seconds += 0.02
        with pytest.raises(Unauthenticated):
            there.caller_of(bearer)
        assert there.renewed(caller) is None


def test_a_key_and_a_policy_reach_the_other_two_seconds_later(
    both: tuple[Identity, Identity], clocks: Clocks
) -> None:
    here, there = both
    here.people.api_keys.add(ApiKeyRecord(TENANT, "k", "Web", frozenset({Right.LEAD_READ})), Secret("key"))
    bearer = f"Bearer {Sessions(clocks, here.people.books).open(TENANT, ADA).access.reveal()}"
    assert there.caller_of("key").name == "Web" and not there.caller_of(bearer).sees_all_leads
    here.people.api_keys.revoke(TENANT, "k")
    here.people.add_tenant(TenantRecord(TENANT, "Wagner", TenantPolicy(leads_visible_to_reps="all")))
    clocks.seconds += SECONDS
    with pytest.raises(Unauthenticated):
        there.caller_of("key")
    assert there.caller_of(bearer).sees_all_leads
    assert there.people.name_of(TENANT, there.people.api_keys.ever_of(TENANT)[0]) == "Web"


def test_an_access_token_ends_at_its_time_though_it_was_seen_a_moment_ago(
    both: tuple[Identity, Identity], clocks: Clocks
) -> None:
    here, _ = both
    bearer = f"Bearer {Sessions(clocks, here.people.books).open(TENANT, ADA).access.reveal()}"
    caller = here.caller_of(bearer)
    clocks.now += timedelta(minutes=5)
    with pytest.raises(Unauthenticated):
        here.caller_of(bearer)
    assert here.renewed(caller) is None
