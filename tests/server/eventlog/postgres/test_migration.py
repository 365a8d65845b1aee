"""Migrations: the database becomes what the memory has, once, whoever else migrates; never backwards."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import psycopg
import pytest

from leaddesk.server.database.failures import WrongSchema
from leaddesk.server.database.migration import FromTheFuture, Schema
from leaddesk.server.eventlog.postgres.migration import DATA, LATEST, migrate
from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.eventlog.postgres.walls import APPLICATION, OWNER, make_roles
from leaddesk.server.eventlog.schema import REBUILT_TABLES, TABLES
from leaddesk.server.identity.storage.schema import TABLES as IDENTITY
from tests.support.postgres import Cluster

MADE = re.compile(r"CREATE [A-Z ]*TABLE (\w+) \((.*?)\);", re.DOTALL)
KINDS = {"TEXT": "text", "INTEGER": "bigint", "BLOB": "bytea"}


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[str]:
    """A database that nobody has migrated."""
    with psycopg.connect(cluster.conninfo(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE empty OWNER {OWNER}".encode())
        yield cluster.conninfo("empty")
        admin.execute("DROP DATABASE empty WITH (FORCE)")


def columns_in_memory() -> set[tuple[str, str, str, bool]]:
    """Table, column, type and whether it may be absent, as schema.py says."""
    found = set()
    for table, body in MADE.findall(TABLES + IDENTITY + REBUILT_TABLES.format(kind="UNLOGGED")):
        for part in re.split(r",\s*(?![^(]*\))", body.strip()):
            name, kind, *_ = part.split()
            if kind in KINDS:
                required = "NOT NULL" in part or "PRIMARY KEY" in part
                found.add((table, name, KINDS[kind], not required))
    return found


def test_the_tables_are_those_of_the_memory(cluster: Cluster) -> None:
    """A table that is added to schema.py needs a migration of the next number."""
    sql = (
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES'"
        " FROM information_schema.columns WHERE table_schema = 'public'"
        " AND table_name NOT IN ('instance', 'lease')"
    )
    with psycopg.connect(cluster.conninfo("migrated")) as admin:
        migrated = set(admin.execute(sql).fetchall())
        indexes = {name for (name,) in admin.execute("SELECT relname FROM pg_class WHERE relkind = 'i'")}
        loose = admin.execute(
            "SELECT attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_collation o"
            " ON o.oid = attcollation WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND collname <> 'C'"
        ).fetchall()
    assert migrated == columns_in_memory() and len(migrated) > 100
    assert set(re.findall(r"CREATE INDEX (\w+)", TABLES + IDENTITY + REBUILT_TABLES)) < indexes
    assert loose == [], "text is compared by code points"


def test_migrating_again_changes_nothing(cluster: Cluster, empty: str) -> None:
    assert migrate(empty) == LATEST
    first = PostgresStorage(f"{empty} user={APPLICATION}")
    assert migrate(empty) == 0
    second = PostgresStorage(f"{empty} user={APPLICATION}")
    assert first.log_id == second.log_id and len(first.log_id) == 32
    first.close()
    second.close()


def test_of_many_that_migrate_at_once_one_does(empty: str) -> None:
    applied: list[int] = []
    threads = [threading.Thread(target=lambda: applied.append(migrate(empty))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(applied) == [0, 0, 0, LATEST]


def test_a_migration_that_fails_leaves_nothing_behind(empty: str) -> None:
    def broken(_connection: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Schema("data", DATA.folder, OWNER, broken).migrate(empty)
    with psycopg.connect(empty) as admin:
        left = admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert left == [("instance",)]
    assert migrate(empty) == LATEST


def test_a_server_refuses_what_it_does_not_know(cluster: Cluster, empty: str) -> None:
    with pytest.raises(WrongSchema):
        PostgresStorage(f"{empty} user={APPLICATION}")
    migrate(empty)
    with psycopg.connect(empty) as admin:
        admin.execute("UPDATE instance SET version = version + 1")
    with pytest.raises(WrongSchema):
        PostgresStorage(f"{empty} user={APPLICATION}")
    with pytest.raises(FromTheFuture):
        migrate(empty)


def test_roles_lose_what_somebody_gave_them(cluster: Cluster) -> None:
    with psycopg.connect(cluster.conninfo(), autocommit=True) as admin:
        admin.execute(f"ALTER ROLE {APPLICATION} BYPASSRLS CREATEROLE".encode())
        make_roles(admin)
        ((bypasses, creates),) = admin.execute(
            "SELECT rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = %s", (APPLICATION,)
        ).fetchall()
    assert (bypasses, creates) == (False, False)
