"""Signing in: the same answer and the same work whether a person exists; throttling; codes with PKCE."""

import asyncio
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from leaddesk.contract.ids import MemberId, TenantId, api_key_urn
from leaddesk.contract.people import Right, Role, TenantPolicy
from leaddesk.personal.masked import Secret
from leaddesk.server.identity import passwords as passwords_module
from leaddesk.server.identity import throttle as throttle_module
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.passwords import Credential, Passwords
from leaddesk.server.identity.people import People, PersonRecord, TenantRecord
from leaddesk.server.identity.refusals import InvalidGrant, SignInRefused, Throttled, Unauthenticated
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.throttle import FREE_ATTEMPTS, SOURCE_FAILURES, Throttle
from leaddesk.server.identity.tokens.codes import challenge_of, is_challenge, is_verifier

TENANT = TenantId("11111111-1111-4111-8111-111111111111")
OTHER = TenantId("22222222-2222-4222-8222-222222222222")
ADA = MemberId("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa")
KEY_ID = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
PASSWORD = Secret("correct horse battery")
VERIFIER = "v" * 64


class Desk:
    """An identity with one person, one key and a clock that can be turned."""

    def __init__(self, books: Books) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.books = books
        people = People(books, Passwords(memory_kib=64, passes=1))
        people.add_tenant(TenantRecord(TENANT, "Wagner", TenantPolicy(leads_visible_to_reps="all")))
        people.add_tenant(TenantRecord(OTHER, "Nord"))
        people.add_person(
            PersonRecord(TENANT, ADA, "Ada Lund", "ada.lund@wagner.example", Role.REP), PASSWORD
        )
        record = ApiKeyRecord(TENANT, KEY_ID, "Demo", frozenset({Right.LEAD_READ, Right.LEAD_DELETE}))
        people.api_keys.add(record, Secret("key-of-wagner"))
        self.identity = Identity(lambda: self.now, people, Passwords(memory_kib=64, passes=1))

    async def sign_in(self, email: str = "ada.lund@wagner.example", password: Secret = PASSWORD) -> str:
        code = await self.identity.challenge(email, password, challenge_of(VERIFIER), "127.0.0.1")
        return code.reveal()

    async def caller(self) -> tuple[Caller, str]:
        grant = self.identity.redeem(await self.sign_in(), VERIFIER)
        bearer = f"Bearer {grant.access.reveal()}"
        return self.identity.caller_of(bearer), grant.refresh.reveal()


@pytest.fixture
def desk(books: Books) -> Iterator[Desk]:
    desk = Desk(books)
    yield desk
    desk.identity.close()


async def test_a_person_signs_in_and_acts_for_one_tenant_with_the_rights_of_the_role(desk: Desk) -> None:
    caller, _ = await desk.caller()
    assert (caller.tenant_id, caller.member_id, caller.role) == (TENANT, ADA, Role.REP)
    assert caller.may(Right.LEAD_WRITE) and not caller.may(Right.LEAD_DELETE)
    assert caller.sees_all_leads
    assert "Ada" not in repr(caller) and str(ADA) not in repr(caller)
    me = desk.identity.me(caller)
    assert me.person.email == "ada.lund@wagner.example" and me.tenant.name == "Wagner"


async def test_an_email_is_compared_without_case_and_surrounding_blanks(desk: Desk) -> None:
    assert await desk.sign_in(" ADA.Lund@Wagner.Example ")


async def test_wrong_password_and_unknown_person_are_refused_alike(desk: Desk) -> None:
    refusals = []
    for email in ("ada.lund@wagner.example", "nobody@wagner.example"):
        with pytest.raises(SignInRefused) as caught:
            await desk.sign_in(email, Secret("wrong"))
        refusals.append(repr(caught.value))
    assert refusals[0] == refusals[1]


async def test_every_check_costs_exactly_one_computation(monkeypatch: pytest.MonkeyPatch) -> None:
    import argon2.low_level

    done: list[str] = []
    real_hash, real_verify = argon2.low_level.hash_secret, argon2.low_level.verify_secret
    monkeypatch.setattr("argon2._password_hasher.hash_secret", lambda **k: done.append("h") or real_hash(**k))
    monkeypatch.setattr(
        "argon2._password_hasher.verify_secret", lambda *a: done.append("v") or real_verify(*a)
    )
    checker, credential = Passwords(memory_kib=64, passes=1), Credential(PASSWORD)
    for whose, given in [(credential, PASSWORD), (credential, PASSWORD), (credential, Secret("x"))]:
        await checker.matches(whose, given)
    for _ in range(2):
        assert not await checker.matches(None, PASSWORD)
    checker.close()
    assert done == ["h", "v", "v", "h", "v"]


async def test_a_password_is_kept_in_plain_until_its_first_use_only() -> None:
    checker, credential = Passwords(memory_kib=64, passes=1), Credential(PASSWORD)
    assert await checker.matches(credential, PASSWORD)
    assert credential.pending is None and credential.hashed.startswith("$argon2id$")
    checker.close()


async def test_hashing_leaves_the_event_loop_alone_and_a_long_queue_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords_module, "WAITING", 3)
    checker = Passwords()
    checks = [asyncio.ensure_future(checker.matches(None, PASSWORD)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Throttled):
        await checker.matches(None, PASSWORD)
    assert not checks[0].done()
    assert await asyncio.gather(*checks) == [False, False, False]
    checker.close()


async def test_after_five_failures_an_account_pauses_longer_each_time_known_or_not(desk: Desk) -> None:
    for email in ("ada.lund@wagner.example", "nobody@wagner.example"):
        for _ in range(FREE_ATTEMPTS):
            with pytest.raises(SignInRefused):
                await desk.sign_in(email, Secret("wrong"))
        with pytest.raises(Throttled) as caught:
            await desk.sign_in(email)
        assert caught.value.retry_after == 2
    desk.now += timedelta(seconds=2)
    assert await desk.sign_in()


def test_pauses_end_at_five_minutes_and_are_forgotten_after_an_hour(desk: Desk) -> None:
    throttle = Throttle(lambda: desk.now, desk.books)
    longest = 0
    for number in range(40):
        try:
            throttle.begin("a@x.example", f"10.0.0.{number}")
        except Throttled as pause:
            longest = max(longest, pause.retry_after)
            desk.now += timedelta(seconds=pause.retry_after)
    assert 200 < longest <= 301
    desk.now += timedelta(hours=2)
    for number in range(FREE_ATTEMPTS):
        throttle.begin("a@x.example", f"10.0.0.{number}")


def test_one_source_cannot_try_many_accounts(desk: Desk) -> None:
    throttle = Throttle(lambda: desk.now, desk.books)
    for number in range(SOURCE_FAILURES):
        throttle.begin(f"a{number}@x.example", f"2001:db8::{number:x}")
    with pytest.raises(Throttled):
        throttle.begin("fresh@x.example", "2001:db8::ffff")
    throttle.begin("fresh@x.example", "2001:db8:0:1::1")
    desk.now += timedelta(minutes=11)
    throttle.begin("fresh@x.example", "2001:db8::ffff")


def test_throttling_remembers_a_bounded_number(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle_module, "REMEMBERED", 100)
    monkeypatch.setattr(throttle_module, "PRUNED_EVERY", 20)
    throttle = Throttle(lambda: desk.now, desk.books)
    most = 0
    for number in range(400):
        desk.now += timedelta(milliseconds=1)
        throttle.begin(f"{number}@x.example", f"h{number}")
        most = max(most, kept(desk))
    assert 100 < most <= 140
    for _ in range(FREE_ATTEMPTS - 1):
        throttle.begin("399@x.example", "elsewhere")
    with pytest.raises(Throttled):
        throttle.begin("399@x.example", "elsewhere")
    desk.now += timedelta(hours=2)
    for number in range(20):
        throttle.begin(f"{number}@x.example", f"h{number}")
    assert kept(desk) == 2 * 20


def kept(desk: Desk) -> int:
    return int(desk.books.apart(lambda rows: rows.select("SELECT COUNT(*) FROM attempt"))[0][0])


async def test_a_code_needs_its_verifier_and_works_once(desk: Desk) -> None:
    code = await desk.sign_in()
    with pytest.raises(InvalidGrant):
        desk.identity.redeem(code, "w" * 64)
    with pytest.raises(InvalidGrant):
        desk.identity.redeem(code, VERIFIER)
    with pytest.raises(InvalidGrant):
        desk.identity.redeem("unknown", VERIFIER)


async def test_a_second_use_of_a_code_ends_what_the_first_opened(desk: Desk) -> None:
    code = await desk.sign_in()
    grant = desk.identity.redeem(code, VERIFIER)
    with pytest.raises(InvalidGrant):
        desk.identity.redeem(code, VERIFIER)
    with pytest.raises(Unauthenticated):
        desk.identity.caller_of(f"Bearer {grant.access.reveal()}")


async def test_a_code_is_good_for_sixty_seconds(desk: Desk) -> None:
    code = await desk.sign_in()
    desk.now += timedelta(seconds=60)
    with pytest.raises(InvalidGrant):
        desk.identity.redeem(code, VERIFIER)


async def test_revocation_and_expiry_end_a_live_caller(desk: Desk) -> None:
    caller, refresh = await desk.caller()
    assert desk.identity.renewed(caller)
    desk.identity.revoke(refresh)
    assert not desk.identity.renewed(caller)
    caller, _ = await desk.caller()
    desk.now += timedelta(minutes=5)
    assert not desk.identity.renewed(caller)


def test_a_bare_api_key_acts_for_its_tenant_without_end(desk: Desk) -> None:
    caller = desk.identity.caller_of("key-of-wagner")
    assert caller.urn == api_key_urn(KEY_ID) and caller.expires_at is None
    assert caller.sees_all_leads and not caller.may(Right.SHARE_APPROVE)
    assert desk.identity.renewed(caller)
    assert desk.identity.me(caller).person.email == ""


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer x", "Bearer key-of-wagner", "nonsense", "Basic eDp5"]
)
def test_anything_else_is_nobody(desk: Desk, header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        desk.identity.caller_of(header)


def test_names_are_known_inside_their_tenant_only(desk: Desk) -> None:
    people, urn = desk.identity.people, desk.identity.caller_of("key-of-wagner").urn
    assert people.name_of(TENANT, urn) == "Demo" and people.name_of(OTHER, urn) is None
    ada = "urn:lt:members:member:" + ADA
    assert people.name_of(TENANT, ada) == "Ada Lund" and people.name_of(OTHER, ada) is None  # type: ignore[arg-type]
    assert people.firm_of(OTHER) == "Nord" and people.firm_of(TenantId("x")) is None
    assert [person.name for person in people.members(TENANT)] == ["Ada Lund"]


def test_one_email_belongs_to_one_member(desk: Desk) -> None:
    twin = PersonRecord(OTHER, MemberId("z"), "A", "ADA.LUND@wagner.example", Role.ADMIN)
    with pytest.raises(ValueError, match="in use"):
        desk.identity.people.add_person(twin, PASSWORD)


def test_challenges_and_verifiers_have_the_form_of_rfc_7636() -> None:
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == (
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )
    assert is_challenge(challenge_of(VERIFIER)) and not is_challenge("x" * 44)
    assert is_verifier(secrets.token_urlsafe(32)) and not is_verifier("ß" * 43)
