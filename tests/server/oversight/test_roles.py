"""The access log on PostgreSQL: who may do what, what is refused when it is gone, how long a batch takes."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from leaddesk.contract.ids import TenantId
from leaddesk.server.database.failures import StorageUnavailable, WrongSchema
from leaddesk.server.eventlog.postgres.walls import APPLICATION
from leaddesk.server.keys.custody.postgres import KEEPER as KEY_KEEPER
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.oversight import chain, reading
from leaddesk.server.oversight.access_log import AccessLog, AccessLogUnavailable
from leaddesk.server.oversight.entries import Entry
from leaddesk.server.oversight.month_keys import StoredMonthKeys
from leaddesk.server.oversight.postgres.storage import AUDITOR, KEEPER, WRITER, PostgresAccess
from leaddesk.server.oversight.pseudonyms import Pseudonyms
from tests.support.postgres import Cluster, LentAccess

A, B = TenantId("a"), TenantId("b")


@pytest.fixture
def storage(cluster: Cluster) -> Iterator[LentAccess]:
    made = LentAccess(cluster)
    yield made
    made.close()


def entry(tenant: TenantId = A, action: str = "lead.read", thing: str | None = "lead-1") -> Entry:
    return Entry(tenant, "2026-11-01T00:00:00.000Z", "person-1", "rep", action, thing, "work", "done", "")


def asked(cluster: Cluster, storage: LentAccess, user: str, statement: str) -> list[Any]:
    with psycopg.connect(cluster.conninfo(storage.name, user)) as connection:
        return connection.execute(statement.encode()).fetchall()


INSERT = "INSERT INTO access_entry VALUES ('a', 7, 'x', 'x', 'x', 'x', 'x', 'x', 'x', 'x', '')"
APPENDED = ", ".join(["ARRAY['a']"] * 9)


@pytest.mark.parametrize(
    ("user", "statement"),
    [
        (WRITER, "SELECT * FROM access_entry"),
        (WRITER, "SELECT * FROM access_head"),
        (WRITER, "UPDATE access_entry SET result = 'x'"),
        (WRITER, "DELETE FROM access_entry"),
        (WRITER, "TRUNCATE access_entry"),
        (WRITER, "ALTER TABLE access_entry DISABLE TRIGGER ALL"),
        (WRITER, "UPDATE access_head SET link = ''"),
        (WRITER, "SELECT * FROM month_secret"),
        (WRITER, INSERT),
        (AUDITOR, INSERT),
        (AUDITOR, f"SELECT record_accesses({APPENDED})"),
        (AUDITOR, "UPDATE access_entry SET result = 'x'"),
        (AUDITOR, "DELETE FROM access_segment"),
        (AUDITOR, "SELECT * FROM month_secret"),
        (AUDITOR, "SELECT * FROM resolution"),
        (KEEPER, "SELECT * FROM access_entry"),
        (KEEPER, INSERT),
        (KEEPER, f"SELECT record_accesses({APPENDED})"),
        (KEEPER, "UPDATE access_head SET link = ''"),
        (KEEPER, "DELETE FROM access_segment"),
    ],
)
def test_what_a_role_must_not_do_is_refused(
    cluster: Cluster, storage: LentAccess, user: str, statement: str
) -> None:
    storage.append([entry()])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked(cluster, storage, user, statement)
    assert asked(cluster, storage, AUDITOR, "SELECT position, result FROM access_entry") == [(1, "done")]


@pytest.mark.parametrize("user", [APPLICATION, KEY_KEEPER])
def test_nobody_else_gets_in(cluster: Cluster, storage: LentAccess, user: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(cluster.conninfo(storage.name, user))


def test_the_database_chains_as_the_server_verifies(storage: LentAccess) -> None:
    told = [entry(), entry(B), entry(action="lead.delete", thing=None), entry(B), entry(action="größe 🙂")]
    storage.append(told)
    storage.append([entry()])
    for tenant, count in ((A, 4), (B, 2)):
        chained = reading.chained(storage, tenant)
        assert [one.position for one, _ in chained] == list(range(1, count + 1))
        assert chain.faults(chained, [], lambda *_: True) == []
    assert [one.action for one, _ in reading.chained(storage, A)][1:3] == ["lead.delete", "größe 🙂"]


def test_two_processes_append_to_one_chain(cluster: Cluster, storage: LentAccess) -> None:
    other = PostgresAccess(cluster.place(storage.name))

    async def both() -> None:
        batches = [[entry(A if n % 2 else B) for n in range(8)] for _ in range(20)]
        await asyncio.gather(
            *(asyncio.to_thread(one.append, batch) for batch in batches for one in (storage, other))
        )

    asyncio.run(both())
    other.close()
    for tenant in (A, B):
        chained = reading.chained(storage, tenant)
        assert [one.position for one, _ in chained] == list(range(1, 161))
        assert chain.faults(chained, [], lambda *_: True) == []


def test_two_processes_make_one_secret_of_a_month(cluster: Cluster, storage: LentAccess) -> None:
    other, keys = PostgresAccess(cluster.place(storage.name)), StoredMonthKeys(keys_in_memory())
    names = [Pseudonyms(one, keys) for one in (storage, other)]

    async def both() -> None:
        await asyncio.gather(*(asyncio.to_thread(one.prepare, A, "202611") for one in names))

    asyncio.run(both())
    assert len({one.of(A, "202611", ("lead", "1")) for one in names}) == 1
    other.close()


def test_a_log_that_is_gone_refuses_and_comes_back(cluster: Cluster, storage: LentAccess) -> None:
    storage.append([entry()])
    with psycopg.connect(cluster.conninfo(), autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {storage.name} ALLOW_CONNECTIONS false".encode())
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (storage.name,)
        )
        for act in (lambda: storage.append([entry()]), storage.probe):
            with pytest.raises(StorageUnavailable):
                act()
        admin.execute(f"ALTER DATABASE {storage.name} ALLOW_CONNECTIONS true".encode())
    storage._writer._away_until = 0
    storage.probe()
    storage.append([entry()])
    assert [one.position for one, _ in reading.chained(storage, A)] == [1, 2]


def test_probes_do_not_pile_up(storage: LentAccess, cluster: Cluster) -> None:
    for _ in range(3):
        storage.probe()
    with storage.transaction() as rows:
        rows.select("SELECT tenant_id FROM access_head")
    assert asked(cluster, storage, KEEPER, "SELECT * FROM access_probe") == []


def test_a_database_of_another_kind_is_refused(cluster: Cluster) -> None:
    with pytest.raises((WrongSchema, StorageUnavailable)):
        PostgresAccess(cluster.place("migrated"))


def test_a_batch_is_one_statement_whose_time_is_its_entries(storage: LentAccess) -> None:
    """Not a limit on a busy machine: 64 entries take less than 64 times one."""
    now = lambda: datetime.now(UTC).timestamp()  # noqa: E731
    spent: dict[int, list[float]] = {1: [], 64: []}
    for _ in range(15):
        for count, times in spent.items():
            began = now()
            storage.append([entry() for _ in range(count)])
            times.append(now() - began)
    assert statistics.median(spent[64]) < 64 * statistics.median(spent[1])


@pytest.mark.warns("leaddesk.server.oversight.access_log")
async def test_a_server_whose_auditor_cannot_read_is_not_ready_and_goes_on_writing(
    storage: LentAccess,
) -> None:
    clock = lambda: datetime(2026, 11, 1, tzinfo=UTC)  # noqa: E731
    names = Pseudonyms(storage, StoredMonthKeys(keys_in_memory()))
    log = AccessLog(storage, names, clock)
    await log.check(thoroughly=True)
    storage.tamper(f"REVOKE SELECT ON access_head FROM {AUDITOR}")
    with pytest.raises(AccessLogUnavailable):
        await log.check(thoroughly=True)
    await log.check()
    storage.tamper(f"GRANT SELECT ON access_head TO {AUDITOR}")
    await log.check(thoroughly=True)
