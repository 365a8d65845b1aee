"""Pages and the feed walk an index from where the last one ended, behind row-level security too.

PostgreSQL uses a condition for an index behind a policy only if its operator cannot leak (``proleakproof``);
those of text are, COALESCE is not. Without that a page would read its tenant's leads from the first one on.
The statements of lists are the product's own, as a page asks them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg
import pytest

from leaddesk.contract.ids import MemberId, TenantId, Urn
from leaddesk.contract.people import Role
from leaddesk.server.commands.relay import _PENDING
from leaddesk.server.database.speaking.line import Line
from leaddesk.server.database.statements import spoken
from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.eventlog.postgres.walls import APPLICATION
from leaddesk.server.eventlog.schema import LAST_VERSION
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries.feed import _SINCE
from leaddesk.server.queries.listing.filters import parse
from leaddesk.server.queries.listing.pages import View, _rows
from leaddesk.server.queries.listing.totals import count, count_range
from tests.support.postgres import Cluster

MANY = 4_000
TENANT, REP = TenantId("t0"), Urn("urn:lt:members:member:rep")
RARE = 3
FILL = f"""
INSERT INTO tenant_head SELECT 't' || t, {MANY}, '' FROM generate_series(0, 2) t;
INSERT INTO event SELECT 't' || t, n, 'l' || n, 1, 'LeadCreated', to_char(n, 'FM000000'), 'a', NULL, NULL,
  'k', '', '' FROM generate_series(1, {MANY}) n, generate_series(0, 2) t;
INSERT INTO lead SELECT 't' || t, 'l' || n, 1, 1, to_char(n, 'FM000000'), to_char(n, 'FM000000'),
  to_char(n, 'FM000000'), to_char(n, 'FM000000'), NULL,
  CASE WHEN n <= {RARE} THEN 'rare' ELSE 's' || n % 5 END,
  CASE WHEN n <= {RARE} THEN '{REP}' ELSE 'urn:lt:members:member:m' || n % 7 END,
  CASE WHEN n <= {RARE} THEN '{REP}' ELSE 'urn:lt:members:member:m' || n % 7 END,
  'f', 't' || t, 'k', n, CASE WHEN n % 2 = 0 THEN convert_to('doc', 'UTF8') END
  FROM generate_series(1, {MANY}) n, generate_series(0, 2) t;
INSERT INTO share_request SELECT 't' || t, 'r' || n, 'l' || n, 'PENDING', 'a', '', 1, 'k', ''
  FROM generate_series(1, {MANY}) n, generate_series(0, 2) t;
INSERT INTO offer SELECT 't' || t, 'o' || n, 'l' || n, 't9', 'b', 'm', 'OPEN', '', '', NULL, NULL, 1, NULL, 0
  FROM generate_series(1, {MANY}) n, generate_series(0, 2) t;
INSERT INTO lead_count SELECT tenant_id, keeper || responsible || step, keeper, responsible, step, count(*)
  FROM lead GROUP BY 1, 2, 3, 4, 5;
ANALYZE
"""
Asked = tuple[str, Sequence[Any]]


class Told:
    """Stands where a transaction would; keeps what a list asks it."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: list[Any] = []

    def select(self, sql: str, *params: Any) -> list[Any]:
        self.asked.append((sql, params))
        return self.answers

    search = select


def listed(after: list[str] | None = None, sees_all: bool = True, **filters: str) -> Asked:
    """Return what a page asks for its 100 rows and the one behind them."""
    given: Mapping[str, list[str]] = {name.replace("__", "."): [value] for name, value in filters.items()}
    who = (TENANT, MemberId("rep"), REP, "", Role.REP, frozenset[Any](), sees_all)
    told = Told()
    _rows(told, View(Caller(*who), parse(lambda name: given.get(name, ())), True), 101, after)  # type: ignore[arg-type]
    return told.asked[0]


@pytest.fixture(scope="module")
def filled(cluster: Cluster) -> Iterator[str]:
    """A database with three tenants of many leads each."""
    name = cluster.database()
    with psycopg.connect(cluster.conninfo(name)) as admin:
        admin.execute(FILL.encode())
    yield cluster.conninfo(name, APPLICATION)
    cluster.take_back(name)


def planned(filled: str, asked: Asked) -> str:
    """Explain what was asked, and do it."""
    sql, values = asked
    with Line.connect(filled, autocommit=True) as line:
        line.ask(b"SELECT set_config('leaddesk.tenant', $1, false)", (TENANT,))
        explain = b"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) " + spoken(sql)
        return "\n".join(row[0] for row in line.ask(explain, (TENANT, *values)))


@pytest.mark.parametrize(
    ("asked", "index", "rows"),
    [
        (listed(), "lead_by_modified", 101),
        (listed(["003000", "l3000"]), "lead_by_modified", 101),
        (listed(["003000", "l3000"], sort="-lead.createdAt"), "lead_by_created", 101),
        (listed(["003000", "l3000"], sort="commission.startedAt"), "lead_by_started", 101),
        (listed(["003000", "l3000"], sort="lead.modifiedAt"), "lead_by_lead_modified", 101),
        (listed(["l3000"], sort="lead.leadId"), "lead_pkey", 101),
        (listed(modifiedAt="gte:2026-01-01"), "lead_by_modified", 0),
        (("SELECT 1 FROM lead WHERE tenant_id = ? AND id = ?", ["l7"]), "lead_pkey", 1),
        ((_SINCE, [MANY - 3]), "event_pkey", 4),
        ((_PENDING, [MANY - 3]), "event_pkey", 0),
        ((LAST_VERSION, ["l9"]), "event_tenant_id_stream_id_version_key", 1),
        (
            ("SELECT payload FROM event WHERE tenant_id = ? AND stream_id = ? ORDER BY version", ["l9"]),
            "event_tenant_id_stream_id_version_key",
            1,
        ),
    ],
)
def test_an_index_leads_to_the_place(filled: str, asked: Asked, index: str, rows: int) -> None:
    plan = planned(filled, asked)
    assert f" {index} " in plan and "Seq Scan" not in plan and "Sort" not in plan, plan
    assert asked[0] == _PENDING or "Rows Removed by Filter" not in plan, plan
    assert f"actual rows={rows} " in plan, plan


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (listed(commission__stepName="rare"), "lead_by_step"),
        (listed(["000002", "l2"], commission__stepName="rare"), "lead_by_step"),
        (listed(commission__stepName="none"), "lead_by_step"),
        (listed(commission__stepName="rare", sort="-lead.createdAt"), "lead_by_step"),
        (listed(commission__responsible=REP), "lead_by_responsible"),
        (listed(sees_all=False), "lead_by_keeper"),
        (listed(sees_all=False, sort="-lead.createdAt"), "lead_by_keeper"),
    ],
)
def test_what_few_leads_meet_is_found_among_many(filled: str, asked: Asked, index: str) -> None:
    plan = planned(filled, asked)
    assert f" {index} " in plan and "Seq Scan" not in plan, plan
    assert all(int(rows) <= RARE for rows in re.findall(r"actual rows=(\d+)", plan)), plan


@pytest.mark.parametrize("sort", ["modifiedAt", "-lead.createdAt"])
def test_what_many_leads_meet_is_met_on_the_way(filled: str, sort: str) -> None:
    """One in five has the step: five rows are looked at for one, however many there are."""
    plan = planned(filled, listed(commission__stepName="s1", sort=sort))
    read = [
        int(rows)
        for rows in re.findall(r"actual rows=(\d+)|Removed by Filter: (\d+)", plan)
        for rows in rows
        if rows
    ]
    assert "Seq Scan" not in plan and sum(read) < MANY / 4, plan


def test_a_total_reads_groups_not_leads(filled: str) -> None:
    told = Told()
    told.answers = [(0,)]
    count(told, " AND l.step IN (?)", ("s1",), times=False)  # type: ignore[arg-type]
    plan = planned(filled, told.asked[0])
    assert "lead_count" in plan and " lead " not in plan, plan


def test_a_range_of_times_reads_days_and_the_leads_of_two(filled: str) -> None:
    told = Told()
    told.answers = [(0,)]
    bounds = ("l.created_at", ">", "2026-11-10T08:00"), ("l.created_at", "<", "2026-12-11T08:00")
    count_range(told, bounds)  # type: ignore[arg-type]
    days, *edges = (planned(filled, asked) for asked in told.asked)
    assert "lead_day" in days and " lead " not in days, days
    assert len(edges) == 2 and all("lead_by_created" in edge and "Seq Scan" not in edge for edge in edges), (
        edges
    )


def test_a_filtered_list_is_planned_for_its_own_values(filled: str) -> None:
    """Prepared for what many leads meet, it would walk past all leads for what few do."""
    storage = PostgresStorage(filled, size=1)
    for value in ["s1"] * 12 + ["rare"]:
        sql, params = listed(commission__stepName=value)
        with storage.transaction(TENANT, writes=False) as rows:
            assert len(rows.search(sql, (TENANT, *params))) == (RARE if value == "rare" else 101)
            prepared = rows.select("SELECT statement FROM pg_prepared_statements")
    assert not any("ORDER BY" in statement for (statement,) in prepared), prepared
    storage.close()
