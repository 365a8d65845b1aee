"""Calls that wait do so in threads: bounded in number, a few a tenant, one writer a tenant."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from leaddesk.server.database import threads as room
from leaddesk.server.database.failures import StorageUnavailable
from leaddesk.server.database.threads import EndpointWaits, Threads, in_one_piece


class Gate:
    """Calls that wait until they are let through; counts how many wait at the same time."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.inside = 0
        self.most = 0
        self.entered = threading.Semaphore(0)
        self._turn = threading.Lock()

    def wait(self) -> str:
        with self._turn:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.entered.release()
        self.open.wait(60)
        with self._turn:
            self.inside -= 1
        return threading.current_thread().name

    async def fills(self, count: int) -> None:
        for _ in range(count):
            assert await asyncio.to_thread(self.entered.acquire, timeout=60)


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open.set()


@pytest.fixture
def threads() -> Iterator[Threads]:
    made = Threads(4)
    yield made
    made.close()


async def test_in_memory_a_call_is_made_where_it_is_asked_for() -> None:
    here = threading.current_thread().name
    assert await Threads(0).do("a", lambda: threading.current_thread().name) == here


async def test_one_tenants_readers_leave_half_of_the_threads_to_others(threads: Threads, gate: Gate) -> None:
    waiting = [asyncio.create_task(threads.do("a", gate.wait)) for _ in range(6)]
    await gate.fills(2)
    assert await threads.do("b", lambda: "served") == "served"
    assert gate.inside == 2
    gate.open.set()
    assert all(name.startswith("storage") for name in await asyncio.gather(*waiting))
    assert gate.most == 2 and threads._lanes == {}


async def test_a_tenant_writes_one_call_at_a_time_and_reads_beside_it(threads: Threads, gate: Gate) -> None:
    waiting = [asyncio.create_task(threads.do("a", gate.wait, writes=True)) for _ in range(3)]
    await gate.fills(1)
    assert await threads.do("a", lambda: "read") == "read"
    assert await threads.do("b", lambda: "written", writes=True) == "written"
    gate.open.set()
    await asyncio.gather(*waiting)
    assert gate.most == 1


async def test_there_are_never_more_calls_than_threads(threads: Threads, gate: Gate) -> None:
    waiting = [asyncio.create_task(threads.do(str(number), gate.wait)) for number in range(9)]
    await gate.fills(4)
    gate.open.set()
    await asyncio.gather(*waiting)
    assert gate.most == 4


async def test_who_finds_no_thread_in_time_is_told_so(
    threads: Threads, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = [asyncio.create_task(threads.do(str(number), gate.wait)) for number in range(4)]
    await gate.fills(4)
    monkeypatch.setattr(room, "PATIENCE_SECONDS", 0.05)
    with pytest.raises(StorageUnavailable):
        await threads.do("late", lambda: "never")
    gate.open.set()
    await asyncio.gather(*waiting)
    assert await threads.do("late", lambda: "now") == "now" and threads._lanes == {}


async def test_who_goes_away_leaves_the_call_its_place_until_its_end(threads: Threads, gate: Gate) -> None:
    gone = asyncio.create_task(threads.do("a", gate.wait, writes=True))
    await gate.fills(1)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    late = asyncio.create_task(threads.do("a", lambda: gate.inside, writes=True))
    await asyncio.sleep(0.05)
    assert not late.done()
    gate.open.set()
    assert await late == 0


async def test_what_a_call_raises_is_raised(threads: Threads) -> None:
    with pytest.raises(ZeroDivisionError):
        await threads.do("a", lambda: 1 // 0)
    assert await threads.do("a", lambda: 1) == 1


async def test_an_iterator_is_asked_call_by_call(threads: Threads) -> None:
    found = (threading.current_thread().name for _ in range(3))
    assert all([name.startswith("storage") async for name in threads.each("a", found)])
    assert [one async for one in threads.each("a", iter([None, 1]))] == [None, 1]


async def test_an_endpoint_runs_in_one_piece_or_is_a_mistake(threads: Threads) -> None:
    async def slices() -> str:
        for _ in range(3):
            await asyncio.sleep(0)
        return threading.current_thread().name

    async def waits() -> None:
        await asyncio.get_running_loop().create_future()

    loop = asyncio.get_running_loop()

    async def waits_for_another() -> None:
        await loop.create_future()

    assert (await threads.do("a", lambda: in_one_piece(slices()))).startswith("storage")
    with pytest.raises(RuntimeError):
        await threads.do("a", lambda: in_one_piece(waits()))
    with pytest.raises(EndpointWaits):
        await threads.do("a", lambda: in_one_piece(waits_for_another()))
