"""The clock's work: what is due each second, what a night does, both by one process of an instance.

The night's work has a lease of its own, so that an operator can ask any process for it (server/door) and it
is still done by one. Between its steps requests are answered.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from typing import Any, TypeVar

from leaddesk.contract.ids import TenantId
from leaddesk.server.commands.erasure.nightly import expire_all, is_due
from leaddesk.server.commands.erasure.restored import erase_again
from leaddesk.server.commands.erasure.tenants import finishing_tenants
from leaddesk.server.commands.members.passing import finish_passing
from leaddesk.server.commands.office import Office
from leaddesk.server.commands.relay import settling
from leaddesk.server.commands.sweeper import forgetting, sweeping
from leaddesk.server.database.threads import BESIDE
from leaddesk.server.identity.people import People
from leaddesk.server.leases.turn import Turn

SWEEP_SECONDS = 1.0
"""How late a deadline may be noticed."""
ROUND_EVERY = 60
"""Sweeps between two looks around all tenants: for idempotency keys whose time is over, and for what a
process that was killed has not told other tenants."""
NIGHT, NIGHT_SECONDS = "night", 60.0

T = TypeVar("T")
Work = Callable[[], Coroutine[Any, Any, None]]

_log = logging.getLogger(__name__)


class Busy(Exception):
    """The night's work is being done, here or by another process."""


class Clock:
    """Works while it is this process's turn; what fails is noted and tried again."""

    def __init__(self, office: Office, people: People) -> None:
        self._office = office
        self._people = people
        self._night = Turn(office.log.leases, NIGHT, NIGHT_SECONDS)
        self._working = False
        self.is_watching = False

    async def watch(self, may: Callable[[], bool]) -> None:
        """Finish what a crash has left, then do what is due, until cancelled; only when it is our turn."""
        self.is_watching = True
        try:
            await self._watch(may)
        finally:
            self.is_watching = False

    async def _watch(self, may: Callable[[], bool]) -> None:
        looks, settled = 0, False
        while True:
            await self._noted("finishing", self._finish)
            settled = settled and looks % ROUND_EVERY != 0
            settled = settled or await self._noted("settling", self._settle)
            if looks % ROUND_EVERY == 0:
                await self._noted("forgetting", self._forget)
                await self._noted("erasing again", self._erase_again)
            await self._noted("sweeping", lambda: self._sweep(may))
            if may():
                await self._noted("the night's work", self._night_if_due)
            looks += 1
            await asyncio.sleep(SWEEP_SECONDS)

    async def expire(self) -> dict[TenantId, int]:
        """Erase what tenants' rules no longer keep; how many leads of which tenant. Raises :class:`Busy`."""
        scopes = await self._beside(self._office.log.scopes)
        async with self._alone():
            gone = {one.tenant: await self._stepwise(expire_all(self._office, one)) for one in scopes}
        return {tenant: count for tenant, count in gone.items() if count}

    async def turn_epoch(self) -> int:
        """Wrap all keys anew under a new epoch; how many it were. Raises :class:`Busy`."""
        async with self._alone():
            return await self._stepwise(self._office.log.keys.turn_epoch())

    async def _night_if_due(self) -> None:
        if await self._beside(lambda: is_due(self._office)):
            await self._finish()
            with contextlib.suppress(Busy):  # whoever it is does it
                await self.expire()
                await self.turn_epoch()

    async def _finish(self) -> None:
        async for _ in self._steps(finishing_tenants(self._office, self._people)):
            await asyncio.sleep(0)

    async def _erase_again(self) -> None:
        await self._beside(lambda: erase_again(self._office, self._people))

    async def _settle(self) -> None:
        async for _ in self._steps(settling(self._office)):
            await asyncio.sleep(0)
        async for _ in self._steps(finish_passing(self._office)):
            await asyncio.sleep(0)

    async def _forget(self) -> None:
        async for _ in self._steps(forgetting(self._office)):
            await asyncio.sleep(0)

    async def _sweep(self, may: Callable[[], bool]) -> None:
        async for _ in self._steps(sweeping(self._office)):
            await asyncio.sleep(0)
            if not may():
                return

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Hold the night's lease. Raises :class:`Busy`."""
        if self._working:
            raise Busy
        self._working = True
        try:
            if not await self._beside(self._night.take):
                raise Busy
            try:
                yield
            finally:
                with contextlib.suppress(Exception):  # it ends by itself
                    await self._beside(self._night.leave)
        finally:
            self._working = False

    async def _beside(self, work: Callable[[], T]) -> T:
        """Make a call that may wait, in none of the tenants' lanes."""
        return await self._office.log.threads.do(BESIDE, work, writes=True)

    async def _steps(self, steps: Iterator[T]) -> AsyncIterator[T]:
        async for one in self._office.log.threads.each(BESIDE, steps):
            yield one

    async def _stepwise(self, steps: Generator[int, None, None]) -> int:
        """Go through the steps; stops with :class:`Busy` once the lease is another's: that one goes on."""
        done = 0
        with contextlib.closing(steps):
            async for count in self._steps(steps):
                done += count
                await asyncio.sleep(0)
                if not await self._beside(self._night.take):
                    raise Busy
        return done

    async def _noted(self, what: str, work: Work) -> bool:
        """Tell whether it went well."""
        try:
            await work()
        except Exception as failure:  # its text may hold values (guarantee A8)
            _log.error("%s failed: %s", what, type(failure).__name__)
            return False
        return True
