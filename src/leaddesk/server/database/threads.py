"""Calls that may wait for a database, in threads beside the event loop: a bounded number, a few a tenant.

A transaction is one function on one connection, run by one thread from its beginning to its end. One tenant
writes one call at a time – its transactions would take turns in the database anyway – and reads in at most
half of the threads: whoever is slow, or waits for a lock, leaves room for all others.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from leaddesk.server.database.failures import StorageUnavailable

T = TypeVar("T")

PATIENCE_SECONDS = 10.0
"""How long a call waits for a thread before it is refused."""
BESIDE = "-"
"""Stands for the tenant of what concerns none: the clock, health."""


class EndpointWaits(Exception):
    """What should have run in one piece waited for something: a mistake of ours."""


class Threads:
    """``at_once``: how many calls may wait at the same time; 0 where none does, in memory: then each call is
    made at once where it is asked for.
    """

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self._pool: ThreadPoolExecutor | None = None
        self._room = asyncio.Semaphore(max(at_once, 1))
        self._lanes: dict[tuple[str, bool], _Lane] = {}

    @property
    def wanted(self) -> int:
        """Return how many calls are being made or wait for a thread."""
        return sum(lane.users for lane in self._lanes.values())

    async def do(self, tenant: str, work: Callable[[], T], *, writes: bool = False) -> T:
        """Make a call for a tenant. Raises ``StorageUnavailable`` if no thread is free in time.

        Whoever is cancelled meanwhile leaves the call to its end, which keeps its place until then.
        """
        if not self.at_once:
            return work()
        name = tenant, writes
        lane = self._lanes.setdefault(name, _Lane(1 if writes else max(self.at_once // 2, 1)))
        lane.users += 1
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._entered(lane)
        except TimeoutError:
            self._forget(name, lane)
            raise StorageUnavailable from None
        except BaseException:
            self._forget(name, lane)
            raise
        self._pool = self._pool or ThreadPoolExecutor(self.at_once, thread_name_prefix="storage")
        called = asyncio.get_running_loop().run_in_executor(self._pool, work)
        called.add_done_callback(lambda done: self._left(name, lane, done))
        return await asyncio.shield(called)

    async def each(self, tenant: str, found: Iterator[T]) -> AsyncIterator[T]:
        """Give what an iterator finds, each look a call of its own."""
        nothing = object()
        while (one := await self.do(tenant, lambda: next(found, nothing))) is not nothing:
            yield one  # type: ignore[misc]

    def close(self) -> None:
        """Let the threads end; the next call begins anew."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    async def _entered(self, lane: "_Lane") -> None:
        await lane.places.acquire()
        try:
            await self._room.acquire()
        except BaseException:
            lane.places.release()
            raise

    def _left(self, name: tuple[str, bool], lane: "_Lane", done: "asyncio.Future[Any]") -> None:
        if not done.cancelled():
            done.exception()  # whoever asked may have gone
        self._room.release()
        lane.places.release()
        self._forget(name, lane)

    def _forget(self, name: tuple[str, bool], lane: "_Lane") -> None:
        lane.users -= 1
        if not lane.users:
            del self._lanes[name]


class _Lane:
    """Places of one tenant, and how many use or want one."""

    def __init__(self, places: int) -> None:
        self.places = asyncio.Semaphore(places)
        self.users = 0


def in_one_piece(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end where there is no loop: one that waits for nothing but its turn.

    Raises :class:`EndpointWaits`, and what it raises.
    """
    try:
        while work.send(None) is None:  # asyncio.sleep(0): the others have theirs anyway
            continue
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    work.close()
    raise EndpointWaits
