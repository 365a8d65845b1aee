"""The second wall: what forgets its tenant sees one tenant all the same (S1); the log is append-only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from leaddesk.contract.ids import TenantId, Urn
from leaddesk.server.domain.events import NoteAdded
from leaddesk.server.eventlog.log import EventLog, Stamp
from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.eventlog.postgres.walls import APPLICATION, AUDITOR, OWNER
from leaddesk.server.eventlog.schema import CONTENT_TABLES
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.opening import keys_in_memory
from tests.support.postgres import Cluster

A, B = TenantId("a"), TenantId("b")
STAMP = Stamp("2026-01-01T00:00:00.000Z", Urn("urn:x"), "k")
LOGS = ["event", "signed_head", "tenant_head"]


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    """A database with a note of each tenant."""
    name = cluster.database()
    storage = PostgresStorage(cluster.conninfo(name, APPLICATION))
    log = EventLog(storage, keys_in_memory())
    for tenant in (A, B):
        with log.for_tenant(Scope(tenant)).writing() as unit:
            unit.append("x", 0, [NoteAdded(f"n-{tenant}", "Text", True)], STAMP)  # type: ignore[arg-type]
    storage.close()
    yield name
    cluster.take_back(name)


def asked(cluster: Cluster, name: str, user: str, sql: str, tenant: str | None = None) -> list[Any]:
    with psycopg.connect(cluster.conninfo(name, user)) as connection:
        if tenant is not None:
            connection.execute("SELECT set_config('leaddesk.tenant', %s, true)", (tenant,))
        return connection.execute(sql.encode()).fetchall()


def test_a_forgotten_condition_shows_one_tenant_only(cluster: Cluster, database: str) -> None:
    storage = PostgresStorage(cluster.conninfo(database, APPLICATION))
    for tenant in (A, B):
        with storage.transaction(tenant, writes=False) as rows:
            assert rows.select("SELECT DISTINCT tenant_id FROM event") == [(tenant,)]
            assert rows.select("SELECT COUNT(*) FROM event e JOIN event o ON e.version = o.version") == [(1,)]
            assert (
                rows.select("SELECT 1 FROM event WHERE tenant_id = ?", ("b" if tenant == A else "a",)) == []
            )
    with storage.transaction(A, writes=True) as rows:
        assert rows.run("DELETE FROM relay_cursor") == 0
        assert rows.run("UPDATE tenant_head SET position = position") == 1
    assert storage.tenants() == [A, B]
    storage.close()


def test_without_the_wall_it_would_be_seen(cluster: Cluster, database: str) -> None:
    """The planted violation: one policy away, and the same question finds the other tenant."""
    with psycopg.connect(cluster.conninfo(database)) as admin:
        admin.execute("ALTER TABLE event DISABLE ROW LEVEL SECURITY")
    try:
        found = asked(cluster, database, APPLICATION, "SELECT DISTINCT tenant_id FROM event", "a")
        assert len(found) == 2
    finally:
        with psycopg.connect(cluster.conninfo(database)) as admin:
            admin.execute("ALTER TABLE event ENABLE ROW LEVEL SECURITY")


def test_nothing_can_be_written_for_somebody_else(cluster: Cluster, database: str) -> None:
    storage = PostgresStorage(cluster.conninfo(database, APPLICATION))
    with pytest.raises(psycopg.errors.InsufficientPrivilege), storage.transaction(A, writes=True) as rows:
        rows.run("INSERT INTO relay_cursor (tenant_id, position) VALUES (?, ?)", ("b", 1))
    storage.close()


def test_a_tenant_ends_with_its_transaction(cluster: Cluster, database: str) -> None:
    storage = PostgresStorage(cluster.conninfo(database, APPLICATION), size=1)
    with storage.transaction(A, writes=False) as rows:
        assert len(rows.select("SELECT 1 FROM event")) == 1
    connection = storage._database.connections.take()
    assert connection.ask(b"SELECT 1 FROM event", ()) == []
    storage._database.connections.give_back(connection)
    storage.close()


@pytest.mark.parametrize("user", [APPLICATION, AUDITOR])
def test_whoever_names_no_tenant_sees_nothing(cluster: Cluster, database: str, user: str) -> None:
    for table in LOGS if user == AUDITOR else [*LOGS, *CONTENT_TABLES]:
        assert asked(cluster, database, user, f"SELECT * FROM {table}") == []


def test_the_owner_is_bound_by_the_policies_too(cluster: Cluster, database: str) -> None:
    sql = f"SET ROLE {OWNER}; SELECT set_config('leaddesk.tenant', 'a', true)"
    with psycopg.connect(cluster.conninfo(database)) as connection:
        connection.execute(sql.encode())
        assert connection.execute("SELECT DISTINCT tenant_id FROM event").fetchall() == [("a",)]


@pytest.mark.parametrize(
    ("user", "sql"),
    [
        (APPLICATION, "UPDATE event SET payload = ''"),
        (APPLICATION, "DELETE FROM event"),
        (APPLICATION, "TRUNCATE lead"),
        (APPLICATION, "DELETE FROM signed_head"),
        (APPLICATION, "ALTER TABLE event DISABLE ROW LEVEL SECURITY"),
        (APPLICATION, "DROP POLICY own_tenant ON event"),
        (APPLICATION, f"SET ROLE {OWNER}"),
        (APPLICATION, "CREATE TABLE mine (x int)"),
        (APPLICATION, "UPDATE instance SET log_id = ''"),
        (APPLICATION, "CREATE OR REPLACE FUNCTION tenants_with_a_log() RETURNS text LANGUAGE sql AS '1'"),
        (APPLICATION, "SELECT * FROM lease"),
        (AUDITOR, "SELECT tenants_due('9')"),
        (AUDITOR, "SELECT tenants_with_webhooks()"),
        (AUDITOR, "SELECT heads_of('a')"),
        (APPLICATION, "DELETE FROM lease"),
        (AUDITOR, "SELECT take_lease('background', 'me', 1000)"),
        (AUDITOR, "DELETE FROM event"),
        (AUDITOR, "SELECT * FROM lead"),
        (AUDITOR, "SELECT * FROM idempotency"),
    ],
)
def test_what_a_role_must_not_do_is_refused(cluster: Cluster, database: str, user: str, sql: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked(cluster, database, user, sql, "a")


def test_every_table_with_a_tenant_is_behind_its_wall(cluster: Cluster, database: str) -> None:
    sql = (
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, a.attnum,"
        " (SELECT array_agg(p.policyname::text ORDER BY p.policyname) FROM pg_policies p"
        " WHERE p.tablename = c.relname)"
        " FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'"
        " WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace"
    )
    found = {name: rest for name, *rest in asked(cluster, database, "tests", sql)}
    assert found.pop("instance") == found.pop("lease") == [False, None, None]
    assert found.pop("attempt") == [False, None, None], "failed sign-ins have no tenant"
    assert found.pop("authorization_request") == [False, None, None], "whose it will be is not known yet"
    assert found.pop("door") == [True, 1, ["own_tenant", "told"]]
    for table in ("tenant_head", "erasure", "deadline", "webhook"):
        assert found.pop(table) == [True, 1, ["listed", "own_tenant"]]
    assert {name: rest for name, rest in found.items() if rest != [True, 1, ["own_tenant"]]} == {}
    assert set(CONTENT_TABLES) < {*found, "deadline", "webhook"}


def test_every_key_begins_with_the_tenant(cluster: Cluster, database: str) -> None:
    sql = (
        "SELECT i.indexrelid::regclass::text, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ('instance', 'lease', 'attempt',"
        " 'authorization_request')"
        " AND i.indexrelid <> 'door_pkey'::regclass"  # asked before a tenant is known
    )
    found = asked(cluster, database, "tests", sql)
    assert len(found) > 30 and {column for _, column in found} == {"tenant_id"}
    others = "SELECT contype::text FROM pg_constraint WHERE contype = 'f'"
    assert asked(cluster, database, "tests", others) == [], "no key crosses tables, so none crosses tenants"


def test_no_role_of_ours_can_bypass_anything(cluster: Cluster, database: str) -> None:
    sql = (
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'leaddesk%'"
        " AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)"
    )
    assert asked(cluster, database, "tests", sql) == []
