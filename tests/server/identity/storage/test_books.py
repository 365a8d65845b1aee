"""What lies in identity's tables: sealed, as digests, each statement for one tenant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.people import Right, Role
from leaddesk.personal.masked import Secret
from leaddesk.server.eventlog.log import scoped
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.passwords import Passwords
from leaddesk.server.identity.people import People, PersonRecord, TenantRecord
from leaddesk.server.identity.refusals import SignInRefused
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.storage.memory import MemoryIdentity
from leaddesk.server.identity.storage.port import Storage
from leaddesk.server.identity.storage.schema import TENANT_TABLES
from leaddesk.server.identity.tokens.codes import challenge_of
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.keys.port import KeyGone

TENANT, OTHER, ADA = TenantId("tenant-1"), TenantId("tenant-2"), MemberId("ada")
EMAIL, PASSWORD, KEY, VERIFIER = "ada.canary@x.example", "a password of canaries", "canary-key", "v" * 64


class Listening:
    """A storage that writes down which statements came with which parameters."""

    def __init__(self, inner: Storage) -> None:
        self.inner, self.said = inner, list[tuple[str, Sequence[Any]]]()
        self.is_shared = inner.is_shared

    @contextmanager
    def transaction(self, tenant: TenantId, *, writes: bool) -> Iterator[Any]:
        with self.inner.transaction(tenant, writes=writes) as rows:
            yield _Rows(self, rows)

    @contextmanager
    def behind(self, mark: bytes, *, writes: bool) -> Iterator[Any]:
        with self.inner.behind(mark, writes=writes) as (tenant, rows):
            yield tenant, _Rows(self, rows)

    @contextmanager
    def apart(self) -> Iterator[Any]:
        with self.inner.apart() as rows:
            yield _Rows(self, rows)

    def close(self) -> None:
        self.inner.close()


class _Rows:
    def __init__(self, listening: Listening, rows: Any) -> None:
        self._listening, self._rows = listening, rows

    def select(self, sql: str, params: Sequence[Any] = ()) -> Any:
        self._listening.said.append((sql, params))
        return self._rows.select(sql, params)

    def run(self, sql: str, params: Sequence[Any] = ()) -> Any:
        self._listening.said.append((sql, params))
        return self._rows.run(sql, params)


class Desk:
    """Everything that identity does, on whichever tables."""

    def __init__(self, storage: Storage) -> None:
        self.now, self.keys = datetime(2026, 1, 1, tzinfo=UTC), keys_in_memory()
        self.people = People(Books(storage, self.keys), Passwords(64, 1))
        self.identity = Identity(lambda: self.now, self.people, Passwords(64, 1))
        for tenant, name in ((TENANT, "Canary AG"), (OTHER, "Nord")):
            self.people.add_tenant(TenantRecord(tenant, name))
        self.people.add_person(PersonRecord(TENANT, ADA, "Ada Canary", EMAIL, Role.REP), Secret(PASSWORD))
        record = ApiKeyRecord(TENANT, "k", "Canary's website", frozenset({Right.LEAD_READ}))
        self.people.api_keys.add(record, Secret(KEY))

    async def sign_in(self, email: str = EMAIL, password: str = PASSWORD) -> str:
        challenge = challenge_of(VERIFIER)
        return (await self.identity.challenge(email, Secret(password), challenge, "192.0.2.7")).reveal()

    async def everything(self) -> list[str]:
        """Live a day; gives every credential that was about."""
        code = await self.sign_in()
        grant = self.identity.redeem(code, VERIFIER)
        caller = self.identity.caller_of(f"Bearer {grant.access.reveal()}")
        self.now += timedelta(minutes=4)
        later = self.identity.rotate(grant.refresh.reveal(), "rotation")
        self.identity.caller_of(f"Bearer {later.access.reveal()}")
        self.identity.caller_of(KEY)
        self.people.books.changed()
        self.identity.renewed(caller)
        self.identity.me(caller)
        self.people.name_of(TENANT, caller.urn)
        self.people.firm_of(OTHER)
        self.people.members(TENANT)
        self.people.api_keys.of(TENANT)
        credentials = [one.reveal() for got in (grant, later) for one in (got.access, got.refresh)]
        return [code, KEY, PASSWORD, *credentials]


@pytest.fixture
def listening() -> Listening:
    return Listening(MemoryIdentity())


async def test_every_statement_names_its_tenant(listening: Listening) -> None:
    desk = Desk(listening)
    credentials = await desk.everything()
    desk.identity.revoke(credentials[-1])
    desk.people.api_keys.revoke(TENANT, "k")
    desk.people.remove_tenant(TENANT)
    named = [one for one in listening.said if " attempt " not in one[0]]
    assert len(named) > 60 and len({sql for sql, _ in named}) > 30
    for sql, params in named:
        if sql.startswith("UPDATE") and " SET serial" not in sql and sql != _LOCK:
            assert "WHERE tenant_id = ? AND" in sql, sql
            assert params[sql.partition("WHERE")[0].count("?")] in (TENANT, OTHER, "")
        else:
            assert scoped(sql) and params[0] in (TENANT, OTHER, "")
    desk.identity.close()


_LOCK = "UPDATE session SET confirmed = confirmed WHERE tenant_id = ? AND session_id = ?"


async def test_nothing_personal_and_no_credential_lies_there_in_plain() -> None:
    storage = MemoryIdentity()
    desk = Desk(storage)
    credentials = await desk.everything()
    dump = storage.dump()
    for plain in (*credentials, EMAIL, "Canary", "192.0.2.7", "$argon2id$", "Nord"):
        assert plain.encode() not in dump and plain.encode().hex().encode() not in dump
    assert ADA.encode() in dump, "the dump is the one"
    desk.identity.close()


async def test_a_destroyed_tenant_is_nobody(listening: Listening) -> None:
    """Its keys alone: what a restored database would still hold."""
    desk = Desk(listening)
    desk.keys.destroy_tenant(TENANT)
    desk.people.books.changed()
    assert desk.people.firm_of(TENANT) is None
    assert [person.name for person in desk.people.members(TENANT)] == [""]
    with pytest.raises(KeyError):
        desk.people.tenant(TENANT)
    with pytest.raises(KeyGone):
        desk.people.add_tenant(TenantRecord(TENANT, "Again"))
    desk.identity.close()


async def test_a_tenant_that_is_removed_leaves_no_row(listening: Listening) -> None:
    desk = Desk(listening)
    await desk.everything()
    desk.people.remove_tenant(TENANT)
    for table in TENANT_TABLES:
        sql = f"SELECT COUNT(*) FROM {table} WHERE tenant_id = ?"
        assert desk.people.books.at(TENANT, lambda page: page.select(sql)) == [(0,)], table  # noqa: B023
    with pytest.raises(SignInRefused):
        await desk.sign_in()
    assert desk.people.firm_of(OTHER) == "Nord"
    desk.identity.close()


async def test_whether_there_is_such_a_person_changes_no_statement(
    listening: Listening,
) -> None:
    """What a refused sign-in asks the database, known or not (measure A5)."""
    desk = Desk(listening)
    await desk.sign_in()  # the first use of this password, which is hashed by it
    asked = []
    for email in (EMAIL, "nobody@x.example", EMAIL, "noone@x.example"):
        listening.said.clear()
        with pytest.raises(SignInRefused):
            await desk.sign_in(email, "wrong")
        asked.append([sql for sql, _ in listening.said])
    assert asked[0] == asked[1] == asked[2] == asked[3] and len(asked[0]) == 5
    desk.identity.close()


async def test_an_email_gives_its_mark_to_the_instance_alone(listening: Listening) -> None:
    desk, other = Desk(listening), Desk(MemoryIdentity())
    assert desk.people.email_mark(f" {EMAIL.upper()} ") == desk.people.email_mark(EMAIL)
    assert desk.people.email_mark(EMAIL) != other.people.email_mark(EMAIL)
    for one in (desk, other):
        one.identity.close()


def test_entering_a_member_again_replaces_all_of_it(listening: Listening) -> None:
    desk = Desk(listening)
    again = PersonRecord(
        TENANT, ADA, "Ada Lund", "lund@x.example", Role.ADMIN, frozenset({Right.LEAD_DELETE})
    )
    desk.people.add_person(again, Secret(PASSWORD))
    assert desk.people.members(TENANT) == [again]
    assert desk.people.entrant(EMAIL) is None and desk.people.entrant("lund@x.example") is not None
    desk.people.add_person(PersonRecord(OTHER, ADA, "Other", EMAIL, Role.REP), Secret(PASSWORD))
    desk.identity.close()


def test_members_come_in_the_order_they_were_entered_page_by_page(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leaddesk.server.identity.people.PAGE", 3)
    desk = Desk(listening)
    names = [f"m{number}" for number in range(10)]
    for name in reversed(names):
        record = PersonRecord(OTHER, MemberId(name), name, f"{name}@x.example", Role.REP)
        desk.people.add_person(record, Secret(PASSWORD))
    listening.said.clear()
    assert [person.name for person in desk.people.members(OTHER)] == names[::-1]
    assert len(listening.said) == 5
    desk.identity.close()
