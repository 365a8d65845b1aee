"""What one process appends wakes the streams of another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from unittest.mock import patch

from leaddesk.contract.ids import NoteId, TenantId, Urn
from leaddesk.server.domain.events import NoteAdded
from leaddesk.server.eventlog.log import EventLog, Stamp
from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.eventlog.storage import StorageUnavailable
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.web.beside.heads import watch_heads
from tests.support.postgres import Cluster

LISTENED, OTHER = TenantId("a"), TenantId("b")
PATIENCE = 60.0


def append(log: EventLog, tenant: TenantId) -> None:
    stamp = Stamp("2026-01-01T00:00:00.000Z", Urn("urn:x"), "k")
    with log.for_tenant(Scope(tenant)).writing() as unit:
        unit.append("s", unit.version_of("s"), [NoteAdded(NoteId("n"), "x", True)], stamp)


@asynccontextmanager
async def two_processes(cluster: Cluster) -> AsyncIterator[tuple[EventLog, EventLog]]:
    """Two logs on one database, as two processes have them; the first watches its neighbours."""
    name, keys = cluster.database(), keys_in_memory()
    storages = [PostgresStorage(cluster.conninfo(name, "leaddesk_app")) for _ in range(2)]
    here, there = EventLog(storages[0], keys), EventLog(storages[1], keys)
    watching = asyncio.create_task(watch_heads(here))
    try:
        yield here, there
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        here.threads.close()
        for storage in storages:
            storage.close()
        cluster.take_back(name)


async def woken(grown: asyncio.Event) -> None:
    async with asyncio.timeout(PATIENCE):
        await grown.wait()
    grown.clear()


async def test_a_stream_is_woken_by_what_another_process_appends(cluster: Cluster) -> None:
    async with two_processes(cluster) as (here, there):
        append(there, LISTENED)
        with here.wakeups.waiting(LISTENED) as grown:
            await woken(grown)  # it is looked at for the first time
            for _ in range(3):
                append(there, LISTENED)
                await woken(grown)


async def test_nobody_is_woken_by_another_tenant(cluster: Cluster) -> None:
    async with two_processes(cluster) as (here, there):
        for tenant in (LISTENED, OTHER):
            append(there, tenant)
        with here.wakeups.waiting(LISTENED) as grown, here.wakeups.waiting(OTHER) as others:
            await woken(grown)
            await woken(others)
            append(there, OTHER)
            await woken(others)
            assert not grown.is_set()


async def test_it_goes_on_when_the_database_was_away(cluster: Cluster) -> None:
    async with two_processes(cluster) as (here, there):
        append(there, LISTENED)
        with here.wakeups.waiting(LISTENED) as grown:
            await woken(grown)
            asked = asyncio.Event()
            loop = asyncio.get_running_loop()

            def away(_tenants: object) -> None:
                loop.call_soon_threadsafe(asked.set)
                raise StorageUnavailable

            with patch.object(here, "heads", away):
                await woken(asked)
                append(there, LISTENED)
            await woken(grown)
