"""What one process appends wakes the streams of another."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from unittest.mock import patch

from leaddesk.contract.ids import NoteId, TenantId, Urn
from leaddesk.server.domain.events import NoteAdded
from leaddesk.server.eventlog.log import EventLog, Stamp
from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.eventlog.storage import StorageUnavailable
from leaddesk.server.eventlog.wakeups import Waiter
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


async def happened(flag: asyncio.Event) -> None:
    async with asyncio.timeout(PATIENCE):
        await flag.wait()
    flag.clear()


async def woken(waiter: Waiter, log: EventLog, tenant: TenantId = LISTENED) -> None:
    """Wait until it is woken, and tell what there is."""
    await happened(waiter.grown)
    waiter.told = log.heads([tenant])[tenant]
    waiter.grown.clear()


async def some_looks(log: EventLog) -> None:
    """Wait until the heads were looked at three more times."""
    looked, loop, look = asyncio.Event(), asyncio.get_running_loop(), log.heads

    def noted(tenants: Sequence[TenantId]) -> dict[TenantId, int]:
        assert len(tenants) == len(set(tenants)), "one question for all who wait"
        loop.call_soon_threadsafe(looked.set)
        return look(tenants)

    with patch.object(log, "heads", noted):
        for _ in range(3):
            await happened(looked)


async def test_a_stream_is_woken_by_what_another_process_appends(cluster: Cluster) -> None:
    async with two_processes(cluster) as (here, there):
        append(there, LISTENED)
        with here.wakeups.waiting(LISTENED) as grown:
            await woken(grown, there)  # it is looked at for the first time
            for _ in range(3):
                append(there, LISTENED)
                await woken(grown, there)


async def test_nobody_is_woken_by_another_tenant(cluster: Cluster) -> None:
    async with two_processes(cluster) as (here, there):
        for tenant in (LISTENED, OTHER):
            append(there, tenant)
        with here.wakeups.waiting(LISTENED) as grown, here.wakeups.waiting(OTHER) as others:
            await woken(grown, there)
            await woken(others, there, OTHER)
            append(there, OTHER)
            await woken(others, there, OTHER)
            await some_looks(here)
            assert not grown.grown.is_set() and not others.grown.is_set()


async def test_it_goes_on_when_the_database_was_away(cluster: Cluster) -> None:
    async with two_processes(cluster) as (here, there):
        append(there, LISTENED)
        with here.wakeups.waiting(LISTENED) as grown:
            await woken(grown, there)
            asked = asyncio.Event()
            loop = asyncio.get_running_loop()

            def away(_tenants: object) -> None:
                loop.call_soon_threadsafe(asked.set)
                raise StorageUnavailable

            with patch.object(here, "heads", away):
                await happened(asked)
                await happened(grown.grown)  # to ask, and be told that it is away
                append(there, LISTENED)
            await woken(grown, there)


async def test_many_who_wait_are_woken_by_one_look_and_only_who_has_not_told_it(cluster: Cluster) -> None:
    async with two_processes(cluster) as (here, there):
        with ExitStack() as waits:
            many = [waits.enter_context(here.wakeups.waiting(LISTENED)) for _ in range(50)]
            many[0].told = 1
            append(there, LISTENED)
            for one in many[1:]:
                await woken(one, there)
            await some_looks(here)
            assert not any(one.grown.is_set() for one in many)
