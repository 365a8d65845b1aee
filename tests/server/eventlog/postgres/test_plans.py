"""Pages and the feed walk an index from where the last one ended, behind row-level security too.

PostgreSQL uses a condition for an index behind a policy only if its operator cannot leak (``proleakproof``);
those of text are, COALESCE is not. Without that a page would read its tenant's leads from the first one on.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from leaddesk.contract.ids import TenantId
from leaddesk.server.database.statements import spoken
from leaddesk.server.eventlog.postgres.walls import APPLICATION
from leaddesk.server.queries.listing.filters import SORTS
from tests.support.postgres import Cluster

MANY = 4_000
TENANT = TenantId("t0")
FILL = f"""
INSERT INTO tenant_head SELECT 't' || t, {MANY}, '' FROM generate_series(0, 2) t;
INSERT INTO event SELECT 't' || t, n, 'l' || n, 1, 'LeadCreated', to_char(n, 'FM000000'), 'a', NULL, NULL,
  'k', '', '' FROM generate_series(1, {MANY}) n, generate_series(0, 2) t;
INSERT INTO lead SELECT 't' || t, 'l' || n, 1, 1, to_char(n, 'FM000000'), to_char(n, 'FM000000'),
  to_char(n, 'FM000000'), to_char(n, 'FM000000'), NULL, 's' || n % 5, NULL, NULL, 'f', 't' || t, 'k', n, 'doc'
  FROM generate_series(1, {MANY}) n, generate_series(0, 2) t;
ANALYZE
"""
PAGE = (
    "SELECT l.id, l.doc, e.payload FROM lead l LEFT JOIN event e ON l.doc IS NULL"
    " AND e.tenant_id = l.tenant_id AND e.position = l.position WHERE l.tenant_id = ?"
)


@pytest.fixture(scope="module")
def filled(cluster: Cluster) -> Iterator[str]:
    """A database with three tenants of many leads each."""
    name = cluster.database()
    with psycopg.connect(cluster.conninfo(name)) as admin:
        admin.execute(FILL.encode())
    yield cluster.conninfo(name, APPLICATION)
    cluster.take_back(name)


@pytest.mark.parametrize(
    ("sql", "values", "index", "rows"),
    [
        (
            f"{PAGE} AND (l.modified_at, l.id) > (?, ?) ORDER BY l.modified_at, l.id LIMIT ?",
            ("003000", "l3000", 101),
            "lead_by_modified",
            101,
        ),
        (
            f"{PAGE} AND (l.created_at, l.id) < (?, ?) ORDER BY l.created_at DESC, l.id DESC LIMIT ?",
            ("003000", "l3000", 101),
            "lead_by_created",
            101,
        ),
        (
            f"{PAGE} AND ({SORTS['commission.startedAt']}, l.id) > (?, ?)"
            f" ORDER BY {SORTS['commission.startedAt']}, l.id LIMIT ?",
            ("003000", "l3000", 101),
            "lead_by_started",
            101,
        ),
        (f"{PAGE} AND l.id = ?", ("l7",), "lead_pkey", 1),
        (
            "SELECT position FROM event WHERE tenant_id = ? AND position > ? ORDER BY position LIMIT 500",
            (MANY - 3,),
            "event_pkey",
            3,
        ),
        (
            "SELECT payload FROM event WHERE tenant_id = ? AND stream_id = ? ORDER BY version",
            ("l9",),
            "event_tenant_id_stream_id_version_key",
            1,
        ),
    ],
)
def test_an_index_leads_to_the_place(
    filled: str, sql: str, values: tuple[object, ...], index: str, rows: int
) -> None:
    with psycopg.connect(filled) as connection:
        connection.execute("SELECT set_config('leaddesk.tenant', %s, true)", (TENANT,))
        explain = b"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) " + spoken(sql)
        plan = "\n".join(row[0] for row in connection.execute(explain, (TENANT, *values)).fetchall())
    assert f" {index} " in plan and "Seq Scan" not in plan and "Sort" not in plan, plan
    assert "Rows Removed by Filter" not in plan, plan
    assert f"actual rows={rows} " in plan, plan
