"""On PostgreSQL no statement holds up the loop, and one tenant's wait is nobody else's."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from leaddesk.contract.ids import TenantId
from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.web.events import Listener
from tests.support import postgres
from tests.support.postgres import Cluster, Dumped
from tests.support.trade import Trade, new_id, opened

TICK = 0.005


@pytest.fixture
async def on_postgresql(cluster: Cluster) -> AsyncIterator[tuple[Trade, Dumped]]:
    with postgres.stored(cluster) as storage:
        async with opened(storage=storage) as trade:
            yield trade, storage


@contextmanager
def held(storage: Dumped, statement: str) -> Iterator[None]:
    """Somebody holds what a statement locks."""
    with psycopg.connect(storage._admin) as other:
        other.execute(statement.encode())
        yield
        other.rollback()


class Ticks:
    """Counts how often the loop has had its turn; the longest pause in between is told in seconds."""

    def __init__(self) -> None:
        self.count = 0
        self.longest = 0.0

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        before = loop.time()
        while True:
            await asyncio.sleep(TICK)
            now = loop.time()
            self.count, self.longest, before = self.count + 1, max(self.longest, now - before), now


async def test_a_database_that_waits_holds_up_neither_the_loop_nor_others(
    on_postgresql: tuple[Trade, Dumped],
) -> None:
    """For a second nothing of one tenant can be written: its head is held. Everything else goes on."""
    trade, storage = on_postgresql
    lead_id = trade.add_lead()
    maren, bjoern = await trade.sign_in("Maren"), await trade.sign_in("Björn")
    ticks = Ticks()
    counting = asyncio.create_task(ticks.run())
    with held(storage, f"SELECT 1 FROM tenant_head WHERE tenant_id = '{trade.wagner}' FOR UPDATE"):
        notes = [
            asyncio.create_task(
                maren.post(f"/leads/{lead_id}/notes", new_id(), text=str(number), intern=True)
            )
            for number in range(12)
        ]
        until = asyncio.get_running_loop().time() + 1
        served = 0
        while asyncio.get_running_loop().time() < until:
            assert await bjoern.get("/offers") == []
            assert (await maren.get(f"/leads/{lead_id}"))["lead"]["leadId"] == lead_id
            served += 1
        assert served > 5 and not any(note.done() for note in notes)
    assert {answer.status_code for answer in await asyncio.gather(*notes)} == {201}
    counting.cancel()
    assert ticks.count > 50


async def test_everything_that_asks_the_storage_does_so_beside_the_loop(
    on_postgresql: tuple[Trade, Dumped], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each transaction tells its thread; the planted violation: threads that are none are found here."""
    trade, _ = on_postgresql
    lead_id = trade.add_lead()
    maren, bjoern = await trade.sign_in("Maren"), await trade.sign_in("Björn")
    came, names = PostgresStorage.transaction, set[str]()

    def told(self: PostgresStorage, tenant: TenantId, *, writes: bool) -> object:
        names.add(threading.current_thread().name)
        return came(self, tenant, writes=writes)

    monkeypatch.setattr(PostgresStorage, "transaction", told)
    for path in ("/leads", f"/leads/{lead_id}", "/forms", "/offers", "/me", "/members"):
        await maren.get(path)
    stream = await maren.client.get("/leads", headers={"accept": "application/x-ndjson"})
    assert stream.status_code == 200 and lead_id in stream.text
    await maren.post(f"/leads/{lead_id}/notes", new_id(), text="x", intern=True)
    caller = trade.identity.caller_of(bjoern.client.headers["authorization"])
    async for message in Listener(trade.services, caller).messages():
        assert b"head" in message
        break
    await trade.services.clock.turn_epoch()
    assert names and all(name.startswith("storage") for name in names), names
