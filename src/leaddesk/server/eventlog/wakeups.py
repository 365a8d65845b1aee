"""Telling waiting streams that a tenant's log grew: of this process at once, of others by looks at heads."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from leaddesk.contract.ids import TenantId


class Waiter:
    """One waiting stream: its flag, and up to where it has told."""

    def __init__(self) -> None:
        self.grown = asyncio.Event()
        self.told = 0
        self._loop = asyncio.get_running_loop()

    def wake(self) -> None:
        """Set the flag, from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.grown.set)


class Wakeups:
    """Who waits for which tenant. ``notify`` may be called from any thread."""

    def __init__(self) -> None:
        self._waiting: dict[TenantId, list[Waiter]] = {}

    @property
    def count(self) -> int:
        """Return how many streams wait."""
        return sum(len(waiting) for waiting in self._waiting.values())

    @contextmanager
    def waiting(self, tenant: TenantId) -> Iterator[Waiter]:
        """Give a waiter whose flag is set whenever the tenant's log grows; who waits clears it."""
        waiter = Waiter()
        self._waiting.setdefault(tenant, []).append(waiter)
        try:
            yield waiter
        finally:
            self._waiting[tenant].remove(waiter)
            if not self._waiting[tenant]:
                del self._waiting[tenant]

    def tenants(self) -> list[TenantId]:
        """Return for whom somebody waits."""
        return list(self._waiting)

    def notify(self, tenant: TenantId) -> None:
        """Set all flags of the tenant."""
        for waiter in list(self._waiting.get(tenant, ())):
            waiter.wake()

    def seen(self, heads: Mapping[TenantId, int]) -> None:
        """Set the flags of those who have told less than there is, or more: the log was restored."""
        for tenant, position in heads.items():
            for waiter in list(self._waiting.get(tenant, ())):
                if waiter.told != position:
                    waiter.wake()
