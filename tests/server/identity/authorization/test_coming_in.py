"""The steps of signing in, and what the code at their end is bound to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.people import Role
from leaddesk.contract.signin import CLIENT_ID
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.authorization.steps import PASSWORD, Arrival
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.passwords import Passwords
from leaddesk.server.identity.people import People, PersonRecord, TenantRecord
from leaddesk.server.identity.refusals import InvalidGrant, SignInRefused, Unauthenticated
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.tokens.codes import BY_ITSELF, CODE_LIFETIME, Bound, challenge_of

TENANT, ADA = TenantId("11111111-1111-4111-8111-111111111111"), MemberId("ada")
EMAIL, PASS, VERIFIER = "ada@wagner.example", Secret("correct horse battery"), "v" * 43
HERE = Bound(CLIENT_ID, "http://127.0.0.1:4711/callback")


@dataclass
class Asks:
    """A further step of a test's own."""

    kind: str
    due: bool = True

    def is_due(self, arrival: Arrival) -> bool:
        return self.due and arrival.member_id == ADA

    async def passes(self, _arrival: Arrival, answer: Secret, _source: str) -> bool:
        return answer.reveal() == self.kind


class World:
    def __init__(self, books: Books) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        quick = Passwords(memory_kib=64, passes=1)
        people = People(books, quick)
        people.add_tenant(TenantRecord(TENANT, "Wagner"))
        people.add_person(PersonRecord(TENANT, ADA, "Ada Lund", EMAIL, Role.ADMIN), PASS)
        self.identity = Identity(lambda: self.now, people, quick)
        self.entry = self.identity.entry

    async def code(self, bound: Bound = HERE) -> str:
        arrival = await self.entry.prove(EMAIL, PASS, "::1")
        return (await self.entry.admit(arrival, challenge_of(VERIFIER), bound)).reveal()


@pytest.fixture
def world(books: Books) -> Iterator[World]:
    world = World(books)
    yield world
    world.identity.close()


async def test_a_password_is_the_first_step(world: World) -> None:
    assert await world.entry.prove(EMAIL, PASS, "::1") == Arrival(TENANT, ADA, (PASSWORD,))
    with pytest.raises(SignInRefused):
        await world.entry.prove(EMAIL, Secret("wrong"), "::1")
    with pytest.raises(SignInRefused):
        await world.entry.prove("nobody@wagner.example", PASS, "::1")


async def test_due_steps_are_asked_one_after_another(world: World) -> None:
    arrival = await world.entry.prove(EMAIL, PASS, "::1")
    assert await world.entry.next_step(arrival) is None
    first, other, third = Asks("first"), Asks("other", due=False), Asks("third")
    world.entry.further = (first, other, third)
    assert await world.entry.next_step(arrival) is first
    assert await world.entry.next_step(arrival.after("first")) is third
    assert await world.entry.next_step(arrival.after("first").after("third")) is None


async def test_a_code_is_good_for_the_client_and_address_it_was_answered_to(world: World) -> None:
    assert world.identity.redeem(await world.code(), VERIFIER, HERE).access.reveal()
    for other in (
        BY_ITSELF,
        Bound(CLIENT_ID, "http://127.0.0.1:4712/callback"),
        Bound(CLIENT_ID, "http://[::1]:4711/callback"),
        Bound("another", HERE.redirect),
    ):
        code = await world.code()
        with pytest.raises(InvalidGrant):
            world.identity.redeem(code, VERIFIER, other)
        with pytest.raises(InvalidGrant):  # and is used up by the attempt
            world.identity.redeem(code, VERIFIER, HERE)
    with pytest.raises(InvalidGrant):
        world.identity.redeem(await world.code(BY_ITSELF), VERIFIER, HERE)


async def test_a_code_ends_after_a_minute_and_a_second_use_ends_what_it_opened(world: World) -> None:
    code = await world.code()
    grant = world.identity.redeem(code, VERIFIER, HERE)
    bearer = f"Bearer {grant.access.reveal()}"
    assert world.identity.caller_of(bearer).member_id == ADA
    with pytest.raises(InvalidGrant):
        world.identity.redeem(code, VERIFIER, HERE)
    with pytest.raises(Unauthenticated):
        world.identity.caller_of(bearer)
    late = await world.code()
    assert timedelta(seconds=60) >= CODE_LIFETIME
    world.now += CODE_LIFETIME
    with pytest.raises(InvalidGrant):
        world.identity.redeem(late, VERIFIER, HERE)
