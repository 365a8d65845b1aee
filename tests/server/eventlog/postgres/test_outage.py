"""A database that goes away and comes back: reads go on, writes say so, nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from leaddesk.contract.ids import TenantId, Urn
from leaddesk.server.database import connections
from leaddesk.server.database.speaking.line import Line
from leaddesk.server.domain.events import NoteAdded
from leaddesk.server.eventlog.log import EventLog, Stamp, TenantLog
from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.eventlog.postgres.walls import APPLICATION
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.eventlog.storage import StorageUnavailable, VersionConflict
from leaddesk.server.keys.opening import keys_in_memory
from tests.support import postgres
from tests.support.postgres import Cluster
from tests.support.trade import new_id, opened

A = TenantId("a")
STAMP = Stamp("2026-01-01T00:00:00.000Z", Urn("urn:x"), "k")
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@pytest.fixture(scope="module")
def mortal() -> Iterator[Cluster]:
    """A cluster that is killed and started again, with the settings that survive it."""
    with postgres.cluster(**DURABLE) as running:
        yield running


def note() -> NoteAdded:
    return NoteAdded("n", "x", True)  # type: ignore[arg-type]


def log_of(storage: PostgresStorage) -> TenantLog:
    return EventLog(storage, keys_in_memory()).for_tenant(Scope(A))


def cut(own: Cluster) -> None:
    """End every connection of the application."""
    with psycopg.connect(own.conninfo()) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (APPLICATION,)
        )


def test_connections_lost_while_idle_are_not_noticed(cluster: Cluster) -> None:
    with postgres.stored(cluster) as storage:
        log = log_of(storage)
        for _ in range(3):
            with log.writing() as unit:
                unit.append("x", unit.version_of("x"), [note()], STAMP)
            cut(cluster)
            with log.reading() as unit:
                found = unit.version_of("x")
            cut(cluster)
        assert found == 3


def test_a_connection_lost_in_the_middle_is_said(cluster: Cluster) -> None:
    with postgres.stored(cluster) as storage:
        log = log_of(storage)
        for opening in (log.reading, log.writing):
            with pytest.raises(StorageUnavailable), opening() as unit:
                unit.head()
                cut(cluster)
                unit.version_of("x")
        with log.reading() as unit:
            assert unit.version_of("x") == 0


def test_nobody_loads_psycopg_who_has_not_configured_it() -> None:
    """The demo's start and the memory back end pay nothing for it (P13)."""
    look = "import sys, leaddesk.server.app, leaddesk.server.run, leaddesk.server.configured"
    asked = [sys.executable, "-B", "-c", f"{look}; sys.exit('psycopg' in sys.modules)"]
    assert subprocess.run(asked, check=False).returncode == 0


def test_of_many_who_ask_while_it_is_away_one_waits(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = list[int]()

    def away(*_: object, **__: object) -> None:
        tried.append(1)
        raise psycopg.OperationalError

    with postgres.stored(cluster) as storage:
        cut(cluster)
        with monkeypatch.context() as patched:
            patched.setattr(Line, "connect", away)
            patched.setattr(connections, "AWAY_SECONDS", 600.0)  # however slow the machine is
            for _ in range(20):  # more often than there are connections: none is lost on the way
                with pytest.raises(StorageUnavailable), log_of(storage).reading():
                    pass
        assert len(tried) == 1
        storage._database.connections._away_until -= 600.0
        with log_of(storage).reading() as unit:
            assert unit.head()[0] == 0


def test_who_waits_too_long_for_a_connection_is_told(cluster: Cluster) -> None:
    with postgres.stored(cluster) as storage:
        storage._database.connections._patience = 0.05
        with all_taken(storage, 8), pytest.raises(StorageUnavailable), log_of(storage).reading():
            pass
        with log_of(storage).reading() as unit:
            assert unit.head()[0] == 0


def all_taken(storage: PostgresStorage, count: int) -> contextlib.ExitStack:
    stack = contextlib.ExitStack()
    for number in range(count):
        stack.enter_context(storage.transaction(TenantId(str(number)), writes=False))
    return stack


def test_what_other_engines_answer_means_to_decide_again(cluster: Cluster) -> None:
    with postgres.stored(cluster) as storage:
        for state in ("40001", "40P01", "23505"):
            raising = f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"
            with pytest.raises(VersionConflict), storage.transaction(A, writes=True) as rows:
                rows.run(raising)


async def test_a_read_is_asked_again_and_a_write_answered_503(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres.stored(cluster) as storage:
        async with opened(storage=storage) as trade:
            lead_id, maren = trade.add_lead(), await trade.sign_in("Maren")
            came, lost = type(storage).transaction, list[int]()

            def losing(self: PostgresStorage, tenant: TenantId, *, writes: bool) -> object:
                if lost:
                    lost.pop()
                    raise StorageUnavailable
                return came(self, tenant, writes=writes)

            monkeypatch.setattr(type(storage), "transaction", losing)
            lost.append(1)
            assert (await maren.get(f"/leads/{lead_id}"))["lead"]["leadId"] == lead_id
            key = new_id()
            lost.append(1)
            answer = await maren.post(f"/leads/{lead_id}/notes", key, text="x", intern=True)
            assert answer.status_code == 503 and answer.headers["retry-after"] == "1"
            assert answer.json()["type"].endswith(":storage-unavailable")
            for _ in range(2):
                answer = await maren.post(f"/leads/{lead_id}/notes", key, text="x", intern=True)
                assert answer.status_code == 201
            assert len(await maren.get(f"/leads/{lead_id}/notes")) == 1


def test_nothing_acknowledged_is_lost_when_postgresql_dies_under_load(mortal: Cluster) -> None:
    """The log alone: eight writers, one crash; positions gapless, every acknowledged note there (S3)."""
    with postgres.stored(mortal) as storage:
        log, acknowledged, over = log_of(storage), list[str](), threading.Event()

        def write(name: str) -> None:
            version = 0
            while not over.is_set():
                try:
                    with log.writing() as unit:
                        unit.append(name, version, [note()], STAMP)
                except (StorageUnavailable, VersionConflict):
                    time.sleep(0.02)
                    version = -1
                    while version < 0 and not over.is_set():
                        version = version_of(log, name)
                    continue
                version += 1
                acknowledged.append(name)

        writers = [threading.Thread(target=write, args=(str(number),)) for number in range(8)]
        for writer in writers:
            writer.start()
        wait_for(acknowledged, 100)
        mortal.stop(signal.SIGQUIT)
        mortal.start()
        wait_for(acknowledged, len(acknowledged) + 100)
        over.set()
        for writer in writers:
            writer.join()
        with log.reading() as unit:
            found = unit.select("SELECT position, stream_id FROM event WHERE tenant_id = ? ORDER BY position")
        assert [position for position, _ in found] == list(range(1, len(found) + 1))
        for name in map(str, range(8)):
            assert sum(stream == name for _, stream in found) >= acknowledged.count(name)


def version_of(log: TenantLog, name: str) -> int:
    try:
        with log.reading() as unit:
            return unit.version_of(name)
    except StorageUnavailable:
        return -1


def wait_for(acknowledged: list[str], count: int) -> None:
    until = time.monotonic() + 60
    while len(acknowledged) < count:
        assert time.monotonic() < until, "no write was acknowledged"
        time.sleep(0.02)


async def test_a_listener_ends_quietly_when_the_database_is_away(cluster: Cluster) -> None:
    from leaddesk.server.web.events import Listener

    with postgres.stored(cluster) as storage:
        async with opened(storage=storage) as trade:
            maren = await trade.sign_in("Maren")
            caller = trade.identity.caller_of(maren.client.headers["authorization"])
            stream = Listener(trade.services, caller).messages()
            assert b"head" in await anext(stream)
            storage._database.connections._patience = 0.05
            with all_taken(storage, 8):
                async with asyncio.timeout(60):
                    assert [message async for message in stream] == []
