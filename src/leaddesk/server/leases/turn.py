"""A turn: one process's hold of one lease, renewed as long as it lives and works.

What the holder itself knows ends earlier than what the others see: between the two nobody works. Who is
stopped in the middle of a step (a paused machine) may end that one step late.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

from leaddesk.server.leases.port import Leases

SECONDS, EVERY, MARGIN = 15.0, 3.0, 3.0
"""Seconds: how long a lease lasts, how often it is renewed or asked for, how much earlier its holder ends."""

Work = Callable[[], Coroutine[Any, Any, None]]
Ask = Callable[[Callable[[], bool]], Awaitable[bool]]

_log = logging.getLogger(__name__)


def elapsed() -> float:
    """Return seconds that also count while the machine sleeps, where the system tells."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def process_name() -> str:
    """Name this process among all: machine, number, and a random part, for numbers are used again."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


class Turn:
    """One lease as one process holds it, or does not."""

    def __init__(
        self,
        leases: Leases,
        name: str,
        seconds: float = SECONDS,
        clock: Callable[[], float] = elapsed,
    ) -> None:
        self.name = name
        self.holder = process_name()
        self._leases = leases
        self._seconds = seconds
        self._clock = clock
        self._every = seconds * EVERY / SECONDS
        self._until = float("-inf")

    @property
    def is_held(self) -> bool:
        """Tell whether it is still ours, without asking: before every step that only one may do."""
        return self._clock() < self._until

    def take(self) -> bool:
        """Take or renew it. Raises ``StorageUnavailable``."""
        asked = self._clock()
        taken = self._leases.take(self.name, self.holder, self._seconds)
        self._until = asked + self._seconds - min(MARGIN, self._seconds / 5) if taken else float("-inf")
        return self.is_held

    def leave(self) -> None:
        """End it, so that the next one need not wait. Raises ``StorageUnavailable``."""
        self._until = float("-inf")
        self._leases.leave(self.name, self.holder)

    @contextlib.contextmanager
    def once(self) -> Iterator[bool]:
        """Take it for one piece of work, if it is free, and leave it. Raises ``StorageUnavailable``."""
        taken = self.take()
        try:
            yield taken
        finally:
            if taken:
                with contextlib.suppress(Exception):  # it ends by itself
                    self.leave()

    async def hold(self, work: Work, ask: Ask | None = None) -> None:
        """Until cancelled: do the work whenever it is our turn; it is cancelled once it is not.

        ``ask`` asks for the lease where that may wait, beside the loop. Raises what the work raises.
        """
        asked = ask or _directly
        try:
            while True:
                if await asked(self._kept) and await self._worked(work, asked):
                    return
                await asyncio.sleep(self._every)
        finally:
            with contextlib.suppress(Exception):  # it ends by itself
                self.leave()

    async def _worked(self, work: Work, asked: Ask) -> bool:
        """Work until the lease is lost; tells whether the work came to its end instead."""
        doing = asyncio.create_task(work())
        try:
            while await asked(self._kept):
                if (await asyncio.wait({doing}, timeout=self._every))[0]:
                    await doing
                    return True
            _log.warning("lease %s lost", self.name)
            return False
        finally:
            doing.cancel()
            await asyncio.gather(doing, return_exceptions=True)

    def _kept(self) -> bool:
        """Renew; while the database is away it stays ours until its time is over."""
        try:
            return self.take()
        except Exception as failure:  # its text may hold values (guarantee A8)
            _log.warning("lease %s not renewed: %s", self.name, type(failure).__name__)
            return self.is_held


async def _directly(look: Callable[[], bool]) -> bool:
    return look()
