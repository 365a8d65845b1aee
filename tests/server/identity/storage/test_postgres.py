"""Identity on PostgreSQL: the walls hold for it, the one way past them tells nothing but a tenant's id."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.people import Right, Role
from leaddesk.personal.masked import Secret
from leaddesk.server.database.failures import StorageUnavailable
from leaddesk.server.eventlog.postgres.walls import APPLICATION, AUDITOR, DOORKEEPER
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.identity.authorization.requests import Asked, Requests, Visit
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.firms.arriving import Arrivals, Subject
from leaddesk.server.identity.firms.domains import DNS, Domains
from leaddesk.server.identity.firms.providers import Provider, Providers
from leaddesk.server.identity.joining.roster import Roster
from leaddesk.server.identity.passwords import Passwords
from leaddesk.server.identity.people import People, PersonRecord, TenantRecord
from leaddesk.server.identity.proving.factors import SecondFactors
from leaddesk.server.identity.proving.totp import code_of, step_at
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.storage.port import NOBODY
from leaddesk.server.identity.storage.postgres import PostgresIdentity
from leaddesk.server.identity.storage.schema import TENANT_TABLES, TENANTLESS
from leaddesk.server.identity.throttle import Throttle
from leaddesk.server.identity.tokens.codes import Codes
from leaddesk.server.identity.tokens.register import Register
from leaddesk.server.identity.tokens.sessions import Sessions
from leaddesk.server.identity.tokens.tickets import Step, Tickets
from leaddesk.server.keys.opening import keys_in_memory
from tests.support.postgres import Cluster

A, B = TenantId("a"), TenantId("b")
EMAIL = "ada@{}.example"


def clock() -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    name = cluster.database()
    yield name
    cluster.take_back(name)


@pytest.fixture
def people(cluster: Cluster, database: str) -> Iterator[People]:
    """Two tenants with a person each, who is signed in."""
    storage = PostgresIdentity(cluster.conninfo(database, APPLICATION))
    directory = People(Books(storage, keys_in_memory()), Passwords(64, 1))
    for tenant in (A, B):
        directory.add_tenant(TenantRecord(tenant, tenant))
        person = PersonRecord(tenant, MemberId("m"), "Ada", EMAIL.format(tenant), Role.REP)
        directory.add_person(person, Secret("x" * 20))
        Sessions(clock, directory.books).open(tenant, MemberId("m"))
    yield directory
    storage.close()


def asked(cluster: Cluster, name: str, user: str, sql: str, *params: Any, tenant: str | None = None) -> Any:
    with psycopg.connect(cluster.conninfo(name, user)) as connection:
        if tenant is not None:
            connection.execute("SELECT set_config('leaddesk.tenant', %s, true)", (tenant,))
        return connection.execute(sql.encode(), params).fetchall()


def test_a_forgotten_condition_shows_one_tenant_only(people: People) -> None:
    storage = people.books.storage
    for table in ("door", "tenant", "person", "password", "session", "access_token"):
        for tenant in (A, B):
            with storage.transaction(tenant, writes=False) as rows:
                assert rows.select(f"SELECT DISTINCT tenant_id FROM {table}") == [(tenant,)]
            with storage.behind(people.email_mark(EMAIL.format(tenant)), writes=False) as (whose, rows):
                assert whose == tenant
                assert rows.select(f"SELECT DISTINCT tenant_id FROM {table}") == [(tenant,)]
        with storage.behind(b"unknown", writes=True) as (whose, rows):
            assert whose == NOBODY
            assert rows.select(f"SELECT tenant_id FROM {table}") == []


def test_whoever_names_no_tenant_sees_nobody(people: People, cluster: Cluster, database: str) -> None:
    for table in TENANT_TABLES:
        assert asked(cluster, database, APPLICATION, f"SELECT * FROM {table}") == []


def test_the_way_past_the_walls_tells_a_tenants_id_for_a_mark_and_nothing_else(
    people: People, cluster: Cluster, database: str
) -> None:
    mark = people.email_mark(EMAIL.format(A))
    ask = "SELECT tenant_behind(%s)"
    assert asked(cluster, database, APPLICATION, ask, mark) == [(A,)]
    assert asked(cluster, database, APPLICATION, ask, mark[:-1]) == [(None,)]
    assert asked(cluster, database, APPLICATION, ask, None) == [(None,)]
    assert asked(cluster, database, APPLICATION, ask, mark, tenant=B) == [(A,)]
    rights = (
        "SELECT table_name::text, column_name::text, privilege_type::text"
        " FROM information_schema.column_privileges WHERE grantee = %s ORDER BY 2"
    )
    assert asked(cluster, database, "tests", rights, DOORKEEPER) == [
        ("door", "mark", "SELECT"),
        ("door", "tenant_id", "SELECT"),
    ]
    settings = (
        "SELECT prosecdef, proconfig, proowner::regrole::text FROM pg_proc WHERE proname = 'tenant_behind'"
    )
    assert asked(cluster, database, "tests", settings) == [(True, ["search_path=pg_catalog"], DOORKEEPER)]


@pytest.mark.parametrize(
    ("user", "sql"),
    [
        (AUDITOR, "SELECT tenant_behind('')"),
        (AUDITOR, "SELECT * FROM person"),
        (AUDITOR, "SELECT * FROM attempt"),
        (APPLICATION, f"SET ROLE {DOORKEEPER}"),
        (APPLICATION, "DROP POLICY told ON door"),
        (APPLICATION, "CREATE OR REPLACE FUNCTION tenant_behind(bytea) RETURNS text LANGUAGE sql AS '1'"),
        (APPLICATION, "INSERT INTO door (tenant_id, mark) VALUES ('b', 'x')"),
        (APPLICATION, "TRUNCATE attempt"),
    ],
)
def test_what_a_role_must_not_do_is_refused(cluster: Cluster, database: str, user: str, sql: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked(cluster, database, user, sql, tenant="a")


def test_without_the_wall_another_tenants_sessions_would_be_seen(
    people: People, cluster: Cluster, database: str
) -> None:
    """The planted violation."""
    with psycopg.connect(cluster.conninfo(database)) as admin:
        admin.execute("ALTER TABLE session DISABLE ROW LEVEL SECURITY")
    try:
        with people.books.storage.transaction(A, writes=False) as rows:
            assert len(rows.select("SELECT DISTINCT tenant_id FROM session")) == 2
    finally:
        with psycopg.connect(cluster.conninfo(database)) as admin:
            admin.execute("ALTER TABLE session ENABLE ROW LEVEL SECURITY")


def test_what_every_request_asks_walks_an_index(people: People, cluster: Cluster, database: str) -> None:
    with psycopg.connect(cluster.conninfo(database)) as admin:
        admin.execute(
            "INSERT INTO door SELECT 'a', sha256(n::text::bytea) FROM generate_series(1, 3000) n;"
            " INSERT INTO access_token SELECT 'a', sha256(n::text::bytea), (n % 50)::text, 'x', '2026' FROM"
            " generate_series(1, 3000) n; ANALYZE door; ANALYZE access_token"
        )
    with psycopg.connect(cluster.conninfo(database, APPLICATION)) as connection:
        connection.execute("SELECT set_config('leaddesk.tenant', 'a', true)")
        for sql, index in (
            (
                "SELECT 1 FROM access_token WHERE tenant_id = 'a' AND digest = sha256('7')",
                "access_token_pkey",
            ),
            (
                "DELETE FROM access_token WHERE tenant_id = 'a' AND session_id = '7'",
                "access_token_by_session",
            ),
        ):
            plan = str(connection.execute(f"EXPLAIN {sql}".encode()).fetchall())
            assert index in plan and "Seq Scan" not in plan
    with psycopg.connect(cluster.conninfo(database)) as admin:
        admin.execute(f"SET ROLE {DOORKEEPER}".encode())
        plan = str(admin.execute("EXPLAIN SELECT tenant_id FROM door WHERE mark = sha256('7')").fetchall())
    assert "door_pkey" in plan and "Seq Scan" not in plan


def test_a_password_never_reaches_the_database_in_plain(
    people: People, cluster: Cluster, database: str
) -> None:
    found = asked(cluster, database, "tests", "SELECT doc FROM password")
    assert len(found) == 2 and all(b"argon2" not in doc and b"x" * 20 not in doc for (doc,) in found)
    entrant = people.entrant(EMAIL.format(A))
    assert entrant is not None and entrant.credential is not None
    assert entrant.credential.pending is None and entrant.credential.hashed.startswith("$argon2id$")


def test_nothing_personal_lies_in_the_database(people: People, cluster: Cluster, database: str) -> None:
    people.add_tenant(TenantRecord(A, "Canary AG"))
    record = ApiKeyRecord(A, "k", "Canary website", frozenset({Right.LEAD_READ}))
    people.api_keys.add(record, Secret("canary-key"))
    Throttle(clock, people.books).begin("canary@x.example", "192.0.2.7")
    Codes(clock, people.books).issue(A, MemberId("m"), "c" * 43)
    Sessions(clock, people.books).open(A, MemberId("m"), "Canary's PC")
    tickets, content = Tickets(clock), {"email": "canary@x.example"}
    people.books.at(A, lambda page: tickets.issue(page, Step.EMAIL, "m", timedelta(1), content), writes=True)
    factors = SecondFactors(clock, people.books)
    secret = factors.begin(A, MemberId("m"))
    assert factors.confirm(A, MemberId("m"), code_of(secret, step_at(clock())))
    provider = Provider("https://id.canary.example", "canary", "canary-secret", ("x.example",))
    Providers(people.books).change(A, lambda _former: provider)
    Arrivals(people).arrive(
        A, provider, Subject(provider.issuer, "canary-subject", "canary2@x.example", "Canary")
    )
    Domains(clock, people.books).prove(A, "canary.example", DNS)
    gone = PersonRecord(A, MemberId("gone"), "Canary Gone", "canary3@x.example", Role.REP)
    people.add_person(gone, Secret("canary password"))
    Roster(people, Register(clock, people.books)).remove(A, MemberId("gone"))
    asked_for = Asked("canary", "http://127.0.0.1:1/canary", "canary", "canary")
    Requests(clock, people.books).begin(Visit(asked_for), "canary-browser")
    found = dict[str, int]()
    for table in (*TENANT_TABLES, *TENANTLESS):
        rows = asked(cluster, database, "tests", f"SELECT * FROM {table}")
        found[table] = len(rows)
        for value in (value for row in rows for value in row if value is not None):
            content = value if isinstance(value, bytes) else str(value).encode()
            for plain in (b"anary", b"Ada", b".example", b"192.0.2.7"):
                assert plain not in content, table
    assert min(found.values()) > 0


async def test_the_loop_goes_on_while_the_database_waits(
    people: People, cluster: Cluster, database: str
) -> None:
    identity = Identity(clock, people)
    bearer = f"Bearer {Sessions(clock, people.books).open(A, MemberId('m')).access.reveal()}"
    with psycopg.connect(cluster.conninfo(database)) as admin:
        admin.execute("LOCK TABLE session IN ACCESS EXCLUSIVE MODE")
        asking = asyncio.ensure_future(identity.authenticate(bearer))
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert not asking.done()
    assert (await asking).tenant_id == A
    at_hand = threading.active_count()
    assert (await identity.authenticate(bearer)).tenant_id == A, "asked again, it is at hand"
    assert threading.active_count() == at_hand
    identity.close()


def test_a_database_that_is_away_is_said(people: People, cluster: Cluster, database: str) -> None:
    identity = Identity(clock, people)
    bearer = f"Bearer {Sessions(clock, people.books).open(A, MemberId('m')).access.reveal()}"
    identity.caller_of(bearer)
    with psycopg.connect(cluster.conninfo(), autocommit=True) as admin:
        ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s"
        admin.execute(ends, (APPLICATION,))
        people.books.changed()
        assert identity.caller_of(bearer).tenant_id == A, "a connection lost while idle is not noticed"
        with pytest.raises(StorageUnavailable), people.books.storage.apart() as rows:
            admin.execute(ends, (APPLICATION,))
            rows.select("SELECT 1")
    identity.close()
