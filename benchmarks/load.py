"""P3: from sign-in to 100k leads that can be searched, beside the transfer with a slim parse alone."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from benchmarks.figures import Figure
from leaddesk.api.call import MEGABYTE, NDJSON, Call, Limits
from leaddesk.api.client import ApiClient
from leaddesk.api.transport import open_http
from leaddesk.contract.rows import decode_row
from leaddesk.demo.child import DemoServer, start_demo_server
from leaddesk.desk.desk import Desk
from leaddesk.personal.masked import Personal
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.session import Session
from leaddesk.settings.address import read_address
from leaddesk.store.store import Store

LEADS = 100_000
RUNS = 3
QUERY, SCREEN = "meyer", 50
CALL = Call(
    "GET",
    "/leads",
    query=(("includeFieldLists", "true"), ("sort", "-lead.createdAt")),
    accept=NDJSON,
    limits=Limits(seconds=20.0),
)


def figures() -> Iterator[Figure]:
    """Start a server with the leads, then measure both in turn."""
    floor, loads = asyncio.run(_measured())
    found, whole, first = (min(moments) for moments in zip(*loads, strict=True))
    yield Figure("P3", "load-100k-searchable", found, "s", 1.5, "x", found / floor)
    yield Figure("P3", "load-100k-whole-answer", whole, "s", 2.0, "x", whole / floor)
    yield Figure("P3", "first-rows-in-the-store", first * 1000, "ms", 300, "ms")


async def _measured() -> tuple[float, list[tuple[float, float, float]]]:
    server = await start_demo_server(LEADS)
    try:
        floors, loads = [], []
        for _ in range(RUNS):
            floors.append(await _transfer(server))
            loads.append(await _load(server))
    finally:
        await server.stop()
    return min(floors), loads


class _Client:
    """One signed-in client without a window."""

    def __init__(self, server: DemoServer) -> None:
        address = read_address(server.url, "demo")
        self.http, self.store = open_http(address), Store()
        session = Session(ApiClient(self.http), MemoryVault(), address.url)
        self.api = ApiClient(self.http, session.bearer)
        self.desk = Desk(self.api, session, self.store, lambda: datetime.now(UTC))
        self._person = server.tenants[0].people[0]

    async def sign_in(self) -> None:
        outcome = await self.desk.sign_in.sign_in(Personal(self._person.email), self._person.password)
        assert outcome.code == "ok", outcome.code


async def _transfer(server: DemoServer) -> float:
    """Return the seconds to read the bulk answer and parse each line into a slim struct, kept by nobody."""
    client = _Client(server)
    await client.sign_in()
    began, rest, count = time.perf_counter(), b"", 0
    gc.disable()
    async with client.api.flow(CALL) as flow:
        async for piece in flow.slices(4096 * MEGABYTE, 20.0):
            *lines, rest = (rest + piece).split(b"\n")
            count += sum(1 for line in lines if line and decode_row(line))
    gc.enable()
    seconds = time.perf_counter() - began
    assert count >= LEADS, count
    await client.http.aclose()
    return seconds


async def _load(server: DemoServer) -> tuple[float, float, float]:
    """Return the seconds from the end of the sign-in to three moments.

    All leads are there and a search over them has filled a screen; the same search has its whole answer; the
    first leads are in the store.
    """
    client = _Client(server)
    await client.sign_in()
    firsts: list[float] = []
    leads = client.store.leads
    leads.changes.subscribe(lambda _: firsts.append(time.perf_counter()) if not firsts else None)
    began = time.perf_counter()
    work = asyncio.create_task(client.desk.run())
    while len(leads) < LEADS:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    search = leads.queries.search(QUERY)
    assert len(search.take(SCREEN, 60)) == SCREEN
    found = time.perf_counter() - began
    assert search.run(60)
    whole = time.perf_counter() - began
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await client.http.aclose()
    return found, whole, firsts[0] - began
