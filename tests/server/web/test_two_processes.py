"""Two servers on one database and one key store: a key acts once, a page continues, news arrives."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from leaddesk.server.app import build_app
from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.web.events import POLL_SECONDS, Listener
from leaddesk.server.web.services import Services, Vaults, build_services
from tests.support.postgres import Cluster, Lent
from tests.support.trade import Person, Trade, new_id, opened


class Second:
    """Another process's server: nothing of the first but database, keys and who is signed in."""

    def __init__(self, trade: Trade, storage: PostgresStorage) -> None:
        self.storage = storage
        self.services: Services = build_services(
            storage, trade.identity, lambda: trade.now, vaults=Vaults(trade.keys)
        )
        self._transport = httpx.ASGITransport(build_app(self.services), raise_app_exceptions=False)

    def person(self, of: Person) -> Person:
        """The same person, asking here."""
        headers = {"authorization": of.client.headers["authorization"]}
        return Person(httpx.AsyncClient(transport=self._transport, base_url="http://second", headers=headers))


@pytest.fixture
async def both(cluster: Cluster) -> AsyncIterator[tuple[Trade, Second]]:
    storage = Lent(cluster)
    other = PostgresStorage(storage.conninfo)
    async with opened(storage=storage) as trade:
        yield trade, Second(trade, other)
        other.close()


async def test_a_key_that_was_used_here_is_known_there(both: tuple[Trade, Second]) -> None:
    trade, second = both
    maren = await trade.sign_in("Maren")
    again, lead_id, key = second.person(maren), trade.add_lead(), new_id()
    first = await maren.post(f"/leads/{lead_id}/notes", key, text="x", intern=True)
    repeated = await again.post(f"/leads/{lead_id}/notes", key, text="x", intern=True)
    assert first.json() == repeated.json() and first.status_code == repeated.status_code == 201
    assert (await again.post(f"/leads/{lead_id}/notes", key, text="y", intern=True)).status_code == 422
    assert len(await again.get(f"/leads/{lead_id}/notes")) == 1
    await again.client.aclose()


async def test_a_page_that_began_here_continues_there(both: tuple[Trade, Second]) -> None:
    trade, second = both
    trade.add_leads(5)
    maren = await trade.sign_in("Maren")
    again = second.person(maren)
    begun = await maren.client.get("/leads", params={"maxResults": 3})
    place = begun.headers["x-continuation"]
    rest = await again.get("/leads", maxResults=3, continuation=place)
    ids = [row["lead"]["leadId"] for row in (*begun.json(), *rest)]
    assert len(ids) == len(set(ids)) == 5
    await again.client.aclose()


async def test_what_is_done_here_is_told_there(both: tuple[Trade, Second]) -> None:
    trade, second = both
    maren, lead_id = await trade.sign_in("Maren"), trade.add_lead()
    caller = trade.identity.caller_of(maren.client.headers["authorization"])
    stream = Listener(second.services, caller, None).messages()
    assert b"event: head" in await anext(stream)
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0.05)
    await maren.done(f"/leads/{lead_id}/notes", text="x", intern=True)
    async with asyncio.timeout(4 * POLL_SECONDS):
        assert lead_id.encode() in await waiting
    await stream.aclose()  # type: ignore[attr-defined]


async def test_both_at_once_leave_one_history_without_gaps(both: tuple[Trade, Second]) -> None:
    """Notes on the same leads from two servers, a thread each; every one acknowledged, none twice."""
    from leaddesk.server.commands.leads import add_note
    from leaddesk.server.commands.office import Order

    trade, second = both
    maren, leads = await trade.sign_in("Maren"), trade.add_leads(4)
    caller = trade.identity.caller_of(maren.client.headers["authorization"])
    failed: list[BaseException] = []

    def write(services: Services) -> None:
        try:
            for number in range(24):
                order = Order(caller, new_id(), (b"request",))
                add_note(services.office, order, leads[number % 4], "x", True)
        except BaseException as failure:
            failed.append(failure)

    threads = [threading.Thread(target=write, args=(one.services,)) for one in (trade, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    assert failed == []
    with trade.storage.transaction(trade.wagner, writes=False) as rows:
        found: list[Any] = rows.select(
            "SELECT position FROM event WHERE tenant_id = ? ORDER BY position", (trade.wagner,)
        )
        (notes,) = rows.select("SELECT COUNT(*) FROM event WHERE kind = 'NoteAdded'")
    assert [row[0] for row in found] == list(range(1, len(found) + 1)) and notes == (48,)
