"""The schema stays one that distributed engines take (docs/growth.md): asked of the migrated databases.

What stands alone is listed with its reason; every rule is broken once and seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest

import leaddesk.server
from tests.support.postgres import ACCESS_TEMPLATE, KEYS_TEMPLATE, TEMPLATE, Cluster

ALONE: Mapping[str, str] = {
    "instance": "one row: which version, which log",
    "lease": "a handful of rows: which process does what one must do",
    "attempt": "failed sign-ins of names that may be nobody's",
    "authorization_request": "sign-ins under way, before anybody is known",
    "custody": "one row of the key store: how often anything was destroyed",
    "turn": "one row of the key store: who wraps all keys anew",
    "access_probe": "rows that are taken away again: whether the access log can be written",
}
"""Tables without a tenant: small, and on one node (or a reference table) whatever grows."""
ACROSS = {
    "door_pkey": "a mark is asked for before a tenant is known",
    "destroyed": "what was destroyed since, asked once a destruction",
    "by_epoch": "what the night has still to wrap anew",
}
"""Keys that do not begin with the tenant, on tables that do."""
RULES: Mapping[str, str] = {
    "a table without a tenant": """
        SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND {ours} AND NOT EXISTS
        (SELECT 1 FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnotnull)""",
    "a tenant's table without a primary key": """
        SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND {ours} AND NOT EXISTS
        (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)""",
    "a key that does not begin with the tenant": """
        SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
        WHERE {ours} AND a.attname IS DISTINCT FROM 'tenant_id' AND c.relname <> ALL (%(alone)s)""",
    "an index that is no B-tree": """
        SELECT i.relname FROM pg_class i JOIN pg_am m ON m.oid = i.relam
        JOIN pg_index x ON x.indexrelid = i.oid JOIN pg_class c ON c.oid = x.indrelid
        WHERE {ours} AND m.amname <> 'btree'""",
    "a sequence": "SELECT c.relname FROM pg_class c WHERE c.relkind = 'S' AND {ours}",
    "a column that numbers itself": """
        SELECT a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE {ours} AND (a.attidentity <> '' OR a.attgenerated <> '')""",
    "a key into another table": """
        SELECT o.conname FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
        WHERE {ours} AND o.contype NOT IN ('p', 'u', 'c')""",
    "a trigger": "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE {ours}",
    "a view": "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('v', 'm', 'f') AND {ours}",
    "a type that is not text, number, bytes or time": """
        SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE {ours} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid NOT IN
        ('text'::regtype, 'bigint'::regtype, 'bytea'::regtype, 'timestamptz'::regtype)""",
    "an extension": "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'",
    "a function in another language": """
        SELECT p.proname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE p.pronamespace = 'public'::regnamespace AND l.lanname NOT IN ('sql', 'plpgsql')""",
    "a partition or heir": """
        SELECT c.relname FROM pg_inherits h JOIN pg_class c ON c.oid = h.inhrelid WHERE {ours}""",
}
OURS = "c.relnamespace = 'public'::regnamespace"
PLANTS = {
    "a table without a tenant": "CREATE TABLE planted (id bigint PRIMARY KEY)",
    "a tenant's table without a primary key": "CREATE TABLE planted (tenant_id text NOT NULL)",
    "a key that does not begin with the tenant": "CREATE INDEX planted ON lead (created_at, tenant_id)",
    "an index that is no B-tree": "CREATE INDEX planted ON lead USING hash (tenant_id)",
    "a sequence": "CREATE SEQUENCE planted",
    "a column that numbers itself": "ALTER TABLE lead ADD planted bigint GENERATED ALWAYS AS IDENTITY",
    "a key into another table": (
        "ALTER TABLE offer ADD CONSTRAINT planted FOREIGN KEY (owner_id) REFERENCES tenant_head (tenant_id)"
    ),
    "a trigger": (
        "CREATE TRIGGER planted BEFORE UPDATE ON lead"
        " FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
    "a view": "CREATE VIEW planted AS SELECT tenant_id FROM lead",
    "a type that is not text, number, bytes or time": "ALTER TABLE lead ADD planted jsonb",
    "a function in another language": (
        "CREATE FUNCTION planted(internal) RETURNS internal LANGUAGE internal AS 'int8_avg_serialize'"
    ),
    "a partition or heir": "CREATE TABLE planted () INHERITS (tenant_head)",
}
SERVER = Path(leaddesk.server.__file__).parent
LACKING = re.compile(
    r"pg_advisory|\bLISTEN \w|\bNOTIFY \w|pg_notify|\bnextval\b|SKIP LOCKED|LOCK TABLE|DECLARE \w+ CURSOR"
)


def broken(connection: psycopg.Connection[tuple[str]], rule: str) -> set[str]:
    """Return what breaks a rule and is not listed."""
    asked = RULES[rule].replace("{ours}", OURS).encode()
    given = {"alone": list(ALONE)} if b"%(alone)s" in asked else None
    return {name for (name,) in connection.execute(asked, given).fetchall()} - {*ALONE, *ACROSS}


@pytest.mark.parametrize("database", [TEMPLATE, KEYS_TEMPLATE, ACCESS_TEMPLATE])
def test_nothing_is_used_that_not_every_engine_has(cluster: Cluster, database: str) -> None:
    with psycopg.connect(cluster.conninfo(database)) as admin:
        assert {rule: found for rule in RULES if (found := broken(admin, rule))} == {}


@pytest.fixture(scope="module")
def plantable(cluster: Cluster) -> Iterator[str]:
    name = cluster.database()
    yield cluster.conninfo(name)
    cluster.take_back(name)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "an extension"])
def test_each_rule_sees_its_violation(plantable: str, rule: str) -> None:
    with psycopg.connect(plantable) as admin:
        admin.execute(PLANTS[rule].encode())
        assert broken(admin, rule), rule
        admin.rollback()


def test_an_extension_is_seen(plantable: str) -> None:
    """None has to be installed for it: the one that is always there is not excepted."""
    asked = RULES["an extension"].replace("WHERE extname <> 'plpgsql'", "")
    with psycopg.connect(plantable) as admin:
        assert admin.execute(asked.encode()).fetchall() == [("plpgsql",)]


def test_what_is_listed_is_there(cluster: Cluster) -> None:
    there: set[str] = set()
    for database in (TEMPLATE, KEYS_TEMPLATE, ACCESS_TEMPLATE):
        with psycopg.connect(cluster.conninfo(database)) as admin:
            there |= {name for (name,) in admin.execute("SELECT relname FROM pg_class").fetchall()}
    assert {*ALONE, *ACROSS} <= there


def test_no_statement_needs_what_some_lack() -> None:
    """Locks beside rows, notifications, sequences, cursors."""
    files = [*SERVER.rglob("*.py"), *SERVER.rglob("*.sql")]
    found = {file.name: LACKING.findall(file.read_text("utf-8")) for file in files}
    assert len(files) > 200 and {name: lacking for name, lacking in found.items() if lacking} == {}
    assert LACKING.search("SELECT pg_advisory_lock(1)") and LACKING.search("NOTIFY grown")
