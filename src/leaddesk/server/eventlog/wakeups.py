"""Telling waiting streams of the same process that a tenant's log grew; other processes poll the head."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from leaddesk.contract.ids import TenantId


class Wakeups:
    """One flag per waiting stream. ``notify`` may be called from any thread."""

    def __init__(self) -> None:
        self._waiting: dict[TenantId, list[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = {}

    @contextmanager
    def waiting(self, tenant: TenantId) -> Iterator[asyncio.Event]:
        """Give a flag that is set whenever the tenant's log grows; the waiter clears it."""
        entry = (asyncio.get_running_loop(), asyncio.Event())
        self._waiting.setdefault(tenant, []).append(entry)
        try:
            yield entry[1]
        finally:
            self._waiting[tenant].remove(entry)

    def tenants(self) -> list[TenantId]:
        """List the tenants that somebody listens to."""
        return [tenant for tenant, waiting in self._waiting.items() if waiting]

    def notify(self, tenant: TenantId) -> None:
        """Set all flags of the tenant."""
        for loop, flag in list(self._waiting.get(tenant, ())):
            if not loop.is_closed():
                loop.call_soon_threadsafe(flag.set)
