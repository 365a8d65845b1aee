"""Leases: one holder at a time, by the clock of who keeps them; who goes away is followed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from leaddesk.server.eventlog.storage import Storage, StorageUnavailable
from leaddesk.server.leases.memory import MemoryLeases
from leaddesk.server.leases.port import Held, Leases
from leaddesk.server.leases.turn import Turn


def test_one_holds_until_it_leaves_or_its_time_is_over(storage: Storage) -> None:
    leases = storage.leases
    assert leases.take("work", "one", 60) and leases.take("work", "one", 60)
    assert not leases.take("work", "two", 60) and leases.take("other", "two", 60)
    assert [(one.name, one.holder) for one in leases.held()] == [("other", "two"), ("work", "one")]
    assert all(50 < one.seconds_left <= 60 for one in leases.held())
    leases.leave("work", "two")
    assert not leases.take("work", "two", 60)
    leases.leave("work", "one")
    assert leases.take("work", "two", 0.05)
    until(lambda: leases.take("work", "three", 60))
    assert not leases.take("work", "two", 60)


def test_of_many_that_ask_at_once_one_holds(storage: Storage) -> None:
    for round_ in range(5):
        asked, took = threading.Barrier(6), list[int]()

        def ask(number: int, round_: int = round_, asked: threading.Barrier = asked) -> None:
            asked.wait(60)
            if storage.leases.take(f"work {round_}", str(number), 60):
                took.append(number)  # noqa: B023 - the threads end within the round

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(took) == 1


def test_what_is_no_lease_is_not_given(storage: Storage) -> None:
    if not isinstance(storage.leases, MemoryLeases):  # the memory trusts its own process
        assert not storage.leases.take("work", "one", 7200) and not storage.leases.take("w" * 61, "one", 1)
    assert storage.leases.held() == []


class Shaky(MemoryLeases):
    """Leases that do not answer for a while."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.away = False

    def take(self, name: str, holder: str, seconds: float) -> bool:
        if self.away:
            raise StorageUnavailable
        return super().take(name, holder, seconds)


def test_the_holder_stops_before_another_can_begin() -> None:
    now = 0.0
    leases = Shaky(lambda: now)
    one, two = (Turn(leases, "work", 15, lambda: now) for _ in range(2))
    assert one.take() and not two.take() and one.holder != two.holder
    leases.away = True
    with pytest.raises(StorageUnavailable):
        one.take()
    for now in (11.9, 12.1, 14.9, 15.1):
        leases.away = False
        taken = two.take()
        assert not (one.is_held and taken)
        assert one.is_held == (now < 12) and taken == (now > 15)
    assert not one.take()


async def test_work_follows_the_lease(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "leaddesk.server.leases.turn")
    now = 0.0  # stands still but where the test moves it: a busy machine loses no lease
    leases, busy, most = Shaky(lambda: now), list[str](), list[int]()

    async def work(name: str) -> None:
        busy.append(name)
        most.append(len(busy))
        try:
            await asyncio.Event().wait()
        finally:
            busy.remove(name)

    turns = {name: Turn(leases, "work", 0.3, lambda: now) for name in ("one", "two")}
    tasks = [asyncio.create_task(turn.hold(lambda name=name: work(name))) for name, turn in turns.items()]
    await soon(lambda: busy == ["one"])
    leases.away = True
    now = 0.25
    await soon(lambda: busy == [])  # it cannot be renewed: it stops by itself, before another can begin
    leases.away = False
    now = 0.35
    await soon(lambda: len(busy) == 1)
    first = busy[0]
    tasks[0 if first == "one" else 1].cancel()
    await soon(lambda: busy not in ([], [first]))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert set(most) == {1} and leases.held() == []


async def test_work_that_fails_is_not_hidden() -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Turn(MemoryLeases(), "work").hold(broken)


def test_the_list_names_no_time_that_is_over() -> None:
    now = 0.0
    leases: Leases = MemoryLeases(lambda: now)
    leases.take("work", "one", 5)
    assert leases.held() == [Held("work", "one", 5.0)]
    now = 5.0
    assert leases.held() == []


def until(true: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(500):
        if true():
            return
        waiting.wait(0.01)
    raise AssertionError


async def soon(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - any state
            await asyncio.sleep(0.01)
