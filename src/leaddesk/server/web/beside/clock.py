"""The clock's work: what is due each second, what a night does, both by one process of an instance.

The night's work has a lease of its own, so that an operator can ask any process for it (server/door) and it
is still done by one. Between its steps requests are answered.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Generator, Iterator
from typing import Any

from leaddesk.contract.ids import TenantId
from leaddesk.server.commands.erasure.nightly import expire_all, is_due
from leaddesk.server.commands.erasure.tenants import finish_tenants
from leaddesk.server.commands.office import Office
from leaddesk.server.commands.relay import settling
from leaddesk.server.commands.sweeper import sweeping
from leaddesk.server.identity.people import People
from leaddesk.server.leases.turn import Turn

SWEEP_SECONDS = 1.0
"""How late a deadline may be noticed."""
FINISH_EVERY = 60
"""Sweeps between two looks for tenants whose erasure was interrupted."""
NIGHT, NIGHT_SECONDS = "night", 60.0

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

    async def watch(self, may: Callable[[], bool]) -> None:
        """Finish what a crash has left, then do what is due, until cancelled; only when it is our turn."""
        looks, settled = 0, False
        while True:
            if looks % FINISH_EVERY == 0:
                await self._noted("finishing", self._finish)
            settled = settled or await self._noted("settling", self._settle)
            await self._noted("sweeping", lambda: self._sweep(may))
            if may():
                await self._noted("the night's work", self._night_if_due)
            looks += 1
            await asyncio.sleep(SWEEP_SECONDS)

    async def expire(self) -> dict[TenantId, int]:
        """Erase what tenants' rules no longer keep; how many leads of which tenant. Raises :class:`Busy`."""
        scopes = self._office.log.scopes()
        with self._alone():
            gone = {one.tenant: await self._stepwise(expire_all(self._office, one)) for one in scopes}
        return {tenant: count for tenant, count in gone.items() if count}

    async def turn_epoch(self) -> int:
        """Wrap all keys anew under a new epoch; how many it were. Raises :class:`Busy`."""
        with self._alone():
            return await self._stepwise(self._office.log.keys.turn_epoch())

    async def _night_if_due(self) -> None:
        if is_due(self._office):
            await self._finish()
            with contextlib.suppress(Busy):  # whoever it is does it
                await self.expire()
                await self.turn_epoch()

    async def _finish(self) -> None:
        finish_tenants(self._office, self._people)

    async def _settle(self) -> None:
        for _ in settling(self._office):
            await asyncio.sleep(0)

    async def _sweep(self, may: Callable[[], bool]) -> None:
        for _ in sweeping(self._office):
            await asyncio.sleep(0)
            if not may():
                return

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the night's lease. Raises :class:`Busy`."""
        if self._working or not self._night.take():
            raise Busy
        self._working = True
        try:
            yield
        finally:
            self._working = False
            with contextlib.suppress(Exception):  # it ends by itself
                self._night.leave()

    async def _stepwise(self, steps: Generator[int, None, None]) -> int:
        """Go through the steps; stops with :class:`Busy` once the lease is another's: that one goes on."""
        done = 0
        with contextlib.closing(steps):
            for count in steps:
                done += count
                await asyncio.sleep(0)
                if not self._night.take():
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
