"""A second machine: a standby that confirms every commit takes over, and the server goes on by itself."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from leaddesk.contract.ids import TenantId, Urn
from leaddesk.server.domain.events import NoteAdded
from leaddesk.server.eventlog.log import EventLog, Stamp, TenantLog
from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.eventlog.postgres.walls import APPLICATION
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.eventlog.storage import StorageUnavailable, VersionConflict
from leaddesk.server.keys.opening import keys_in_memory
from tests.support import postgres
from tests.support.postgres import Cluster

STAMP = Stamp("2026-01-01T00:00:00.000Z", Urn("urn:x"), "k")
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
REPLICATED = {"wal_level": "replica", "max_wal_senders": "4", "hot_standby": "on"}
CONFIRMED = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
PATIENCE = 60.0
WRITERS = 4


@pytest.fixture
def first() -> Iterator[Cluster]:
    with postgres.cluster(**DURABLE, **REPLICATED) as running:
        yield running


@contextmanager
def standby_of(first: Cluster) -> Iterator[Cluster]:
    """A second server that follows the first; from then on a commit counts once both have it."""
    with postgres.follower(first) as second, psycopg.connect(first.conninfo(), autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        admin.execute("SELECT pg_reload_conf()")
        until = time.monotonic() + PATIENCE
        while admin.execute(CONFIRMED).fetchall() != [(1,)]:
            assert time.monotonic() < until, "the standby does not follow"
            time.sleep(0.05)
        yield second


class Writers:
    """Threads that append notes, each to a stream of its own, and count what was acknowledged."""

    def __init__(self, log: TenantLog) -> None:
        self._log = log
        self.acknowledged = dict.fromkeys(map(str, range(WRITERS)), 0)
        self.refused = 0
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(name,)) for name in self.acknowledged]

    def begin(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def wait_for_more(self, count: int) -> None:
        wanted, until = self.total + count, time.monotonic() + PATIENCE
        while self.total < wanted:
            assert time.monotonic() < until, "no write was acknowledged"
            time.sleep(0.02)

    @property
    def total(self) -> int:
        return sum(self.acknowledged.values())

    def _write(self, name: str) -> None:
        while not self._over.is_set():
            try:
                with self._log.writing() as unit:
                    note = NoteAdded("n", "x", True)  # type: ignore[arg-type]
                    unit.append(name, unit.version_of(name), [note], STAMP)
            except (StorageUnavailable, VersionConflict):
                self.refused += 1
                time.sleep(0.05)
                continue
            self.acknowledged[name] += 1


def test_a_standby_takes_over_and_nothing_acknowledged_is_lost(first: Cluster) -> None:
    name = first.database()
    with standby_of(first) as second:
        places = f"host={first.folder},{second.folder} dbname={name} user={APPLICATION}"
        storage = PostgresStorage(places)
        log = EventLog(storage, keys_in_memory()).for_tenant(Scope(TenantId("a")))
        writers = Writers(log)
        writers.begin()
        try:
            writers.wait_for_more(100)
            first.stop(signal.SIGKILL)
            with psycopg.connect(second.conninfo(), autocommit=True) as admin:
                admin.execute("SELECT pg_promote()")
            writers.wait_for_more(100)
        finally:
            writers.end()
        with log.reading() as unit:
            found = unit.select("SELECT position, stream_id FROM event WHERE tenant_id = ? ORDER BY position")
        storage.close()
    assert writers.refused
    assert [position for position, _ in found] == list(range(1, len(found) + 1))
    for stream, count in writers.acknowledged.items():
        assert sum(one == stream for _, one in found) >= count
