"""The steps of signing in: a second factor after the password, each code once, attempts counted together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import argon2.low_level
import pytest

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.people import Right, Role
from leaddesk.contract.tenant import SignInPolicy
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.passwords import Passwords
from leaddesk.server.identity.people import People, PersonRecord, put_password
from leaddesk.server.identity.proving.factors import AlreadyEnrolled
from leaddesk.server.identity.proving.totp import code_of, step_at
from leaddesk.server.identity.refusals import (
    NetworkRefused,
    SecondFactorNeeded,
    SignInRefused,
    Throttled,
    TicketOver,
)
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.tenants import TenantRecord
from leaddesk.server.identity.throttle import FREE_ATTEMPTS
from leaddesk.server.identity.tokens.codes import challenge_of

TENANT, ADA = TenantId("11111111-1111-4111-8111-111111111111"), MemberId("ada")
EMAIL, PASSWORD, VERIFIER, HERE = "ada@x.example", Secret("correct horse battery"), "v" * 43, "192.0.2.7"


class Desk:
    """An identity with an admin who has a second factor."""

    def __init__(self, books: Books) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.people = People(books, Passwords(64, 1))
        self.people.add_tenant(TenantRecord(TENANT, "Wagner"))
        self.people.add_person(PersonRecord(TENANT, ADA, "Ada Lund", EMAIL, Role.ADMIN), PASSWORD)
        self.identity = Identity(lambda: self.now, self.people, Passwords(64, 1))
        self.secret = b""
        self.recovery: list[Secret] = []

    def enrol(self) -> None:
        factors = self.identity.factors
        self.secret = factors.begin(TENANT, ADA)
        self.recovery = factors.confirm(TENANT, ADA, self.code()) or []
        self.now += timedelta(seconds=30)  # that code is used

    def code(self, steps: int = 0) -> str:
        return code_of(self.secret, step_at(self.now) + steps)

    async def ticket(self, password: Secret = PASSWORD) -> Secret:
        with pytest.raises(SecondFactorNeeded) as needed:
            await self.identity.challenge(EMAIL, password, challenge_of(VERIFIER), HERE)
        return needed.value.ticket

    async def second(self, ticket: Secret, code: str) -> str:
        arrival, challenge = await self.identity.second_step.take(ticket, Secret(code), HERE)
        return (await self.identity.entry.admit(arrival, challenge)).reveal()


@pytest.fixture
def desk(books: Books) -> Iterator[Desk]:
    desk = Desk(books)
    desk.enrol()
    yield desk
    desk.identity.close()


async def test_after_the_password_comes_a_code_and_then_the_session(desk: Desk) -> None:
    code = await desk.second(await desk.ticket(), desk.code())
    assert desk.identity.redeem(code, VERIFIER).access


async def test_a_code_is_good_once_also_for_two_at_the_same_moment(desk: Desk) -> None:
    tickets = [await desk.ticket() for _ in range(2)]
    code = desk.code()
    found = await asyncio.gather(*(desk.second(one, code) for one in tickets), return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["SignInRefused", "str"]
    desk.now += timedelta(seconds=1)
    with pytest.raises(SignInRefused):
        await desk.second(await desk.ticket(), code)


async def test_an_older_code_is_not_taken_after_a_newer_one(desk: Desk) -> None:
    older, newer = desk.code(), desk.code(1)
    assert await desk.second(await desk.ticket(), newer)
    with pytest.raises(SignInRefused):
        await desk.second(await desk.ticket(), older)


async def test_a_recovery_code_is_good_once_however_it_is_typed(desk: Desk) -> None:
    first = desk.recovery[0].reveal()
    assert len({one.reveal() for one in desk.recovery}) == 10
    assert await desk.second(await desk.ticket(), f" {first.upper().replace('-', ' ')} ")
    with pytest.raises(SignInRefused):
        await desk.second(await desk.ticket(), first)
    assert desk.identity.factors.standing(TENANT, ADA).codes_left == 9


async def test_a_ticket_is_good_once_for_five_minutes_and_for_five_tries(desk: Desk) -> None:
    used = await desk.ticket()
    assert await desk.second(used, desk.code())
    late = await desk.ticket()
    desk.now += timedelta(minutes=5)
    worn = await desk.ticket()
    for _ in range(5):
        desk.now += timedelta(minutes=6) if _ == 0 else timedelta(0)
        worn = await desk.ticket() if _ == 0 else worn
        with pytest.raises((SignInRefused, Throttled)):
            await desk.second(worn, "000000")
    for ticket in (used, late, Secret("unknown"), Secret("")):
        with pytest.raises(TicketOver):
            await desk.second(ticket, desk.code())


async def test_whoever_has_the_password_cannot_try_codes_without_end(desk: Desk) -> None:
    """A right password alone takes no failure back: password and codes are counted together."""
    tried = 0
    with pytest.raises(Throttled):
        for _ in range(FREE_ATTEMPTS + 1):
            ticket = await desk.ticket()
            tried += 1
            with pytest.raises(SignInRefused):
                await desk.second(ticket, "000000")
    assert tried < FREE_ATTEMPTS


async def test_a_second_factor_counts_from_its_confirmation_on(books: Books) -> None:
    desk = Desk(books)
    factors = desk.identity.factors
    desk.secret = factors.begin(TENANT, ADA)
    assert await desk.identity.challenge(EMAIL, PASSWORD, challenge_of(VERIFIER), HERE)
    assert factors.confirm(TENANT, ADA, "000000") is None
    assert factors.confirm(TENANT, ADA, desk.code())
    with pytest.raises(AlreadyEnrolled):
        factors.begin(TENANT, ADA)
    desk.identity.close()


async def test_an_admin_without_one_has_fewer_rights_where_the_tenant_asks_for_it(books: Books) -> None:
    desk = Desk(books)
    desk.people.add_tenant(
        TenantRecord(TENANT, "Wagner", sign_in=SignInPolicy(second_factor_for_admins=True))
    )
    grant = desk.identity.redeem(
        (await desk.identity.challenge(EMAIL, PASSWORD, challenge_of(VERIFIER), HERE)).reveal(), VERIFIER
    )
    bearer = f"Bearer {grant.access.reveal()}"
    before = desk.identity.caller_of(bearer)
    assert not before.may(Right.POLICY_MANAGE) and before.may(Right.LEAD_READ)
    assert desk.identity.me(before).second_factor_missing
    desk.enrol()
    after = desk.identity.caller_of(bearer)
    assert after.may(Right.POLICY_MANAGE) and desk.identity.me(after).second_factor_missing is None
    desk.identity.close()


async def test_from_elsewhere_nobody_comes_in_and_only_the_right_password_learns_why(books: Books) -> None:
    desk = Desk(books)
    desk.people.add_tenant(TenantRecord(TENANT, "Wagner", networks=("198.51.100.0/24", "2001:db8::/32")))
    for source, refusal in (
        ("192.0.2.7", NetworkRefused),
        ("2001:db9::1", NetworkRefused),
        ("", NetworkRefused),
    ):
        with pytest.raises(refusal):
            await desk.identity.challenge(EMAIL, PASSWORD, challenge_of(VERIFIER), source)
        with pytest.raises(SignInRefused):
            await desk.identity.challenge(EMAIL, Secret("wrong"), challenge_of(VERIFIER), source)
        desk.now += timedelta(hours=2)
    for source in ("198.51.100.9", "::ffff:198.51.100.9", "2001:db8::5"):
        assert await desk.identity.challenge(EMAIL, PASSWORD, challenge_of(VERIFIER), source)
    desk.identity.close()


async def test_what_somebody_without_an_account_costs_is_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One computation each, whether there is somebody, with a second factor or without."""
    done: list[str] = []
    real = argon2.low_level.verify_secret
    await desk.ticket()
    desk.now += timedelta(hours=2)
    monkeypatch.setattr("argon2._password_hasher.verify_secret", lambda *a: done.append("v") or real(*a))
    for email in ("nobody@x.example", EMAIL, "noone@x.example", EMAIL):
        done.clear()
        with pytest.raises(SignInRefused):
            await desk.identity.challenge(email, Secret("wrong"), challenge_of(VERIFIER), HERE)
        assert len(done) <= 1
    assert done == ["v"]


async def test_a_hash_of_other_parameters_is_made_anew_at_the_next_use(books: Books) -> None:
    desk = Desk(books)
    await desk.identity.challenge(EMAIL, PASSWORD, challenge_of(VERIFIER), HERE)
    before = desk.people.account(TENANT, ADA)
    again = People(books, Passwords(64, 1))
    stronger = Identity(lambda: desk.now, again, Passwords(128, 1))
    with pytest.raises(SignInRefused):
        await stronger.challenge(EMAIL, Secret("wrong"), challenge_of(VERIFIER), HERE)
    assert again.account(TENANT, ADA).kept == before.kept
    assert await stronger.challenge(EMAIL, PASSWORD, challenge_of(VERIFIER), HERE)
    after = again.account(TENANT, ADA)
    assert after.kept != before.kept and after.credential and "m=128" in after.credential.hashed
    assert await stronger.challenge(EMAIL, PASSWORD, challenge_of(VERIFIER), HERE)
    assert again.account(TENANT, ADA).kept == after.kept
    stronger.close()


async def test_a_hash_made_anew_does_not_put_a_changed_password_back(books: Books) -> None:
    desk = Desk(books)
    await desk.identity.challenge(EMAIL, PASSWORD, challenge_of(VERIFIER), HERE)
    account, checker = desk.people.account(TENANT, ADA), Passwords(128, 1)
    assert await checker.matches(account.credential, PASSWORD)
    new = await checker.hashed(Secret("another horse battery"))
    books.at(TENANT, lambda page: put_password(page, ADA, new, is_short=False), writes=True)
    desk.people.keep_password(account)
    with pytest.raises(SignInRefused):
        await desk.identity.challenge(EMAIL, PASSWORD, challenge_of(VERIFIER), HERE)
    assert await desk.identity.challenge(EMAIL, Secret("another horse battery"), challenge_of(VERIFIER), HERE)
    checker.close()
    desk.identity.close()
