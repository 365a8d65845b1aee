"""The life of a running server: background work from start to end, and whether all of its parts work."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from starlette.applications import Starlette

from leaddesk.contract.ids import TenantId
from leaddesk.server.database.threads import BESIDE
from leaddesk.server.keys.port import KeyGone
from leaddesk.server.operations.health import Health
from leaddesk.server.operations.metrics import Metrics
from leaddesk.server.operations.service.figures import declare_process
from leaddesk.server.operations.upkeep import Upkeep
from leaddesk.server.web.services import Services, run_background

BATCHES, ENTRIES, BATCH_SECONDS = (
    "leaddesk_access_log_batches_total",
    "leaddesk_access_log_entries_total",
    "leaddesk_access_log_batch_duration_seconds",
)
DELIVERIES = "leaddesk_webhook_deliveries_total"
_NOBODY = TenantId("-")


class NotRunning(Exception):
    """The background work has not begun, or has ended."""


class Life:
    """The background work; without it the server is not ready. Its end leaves nothing unwritten.

    ``beside``: what else goes on as long as it lives.
    """

    def __init__(self, services: Services, upkeep: Upkeep) -> None:
        self._services = services
        self._upkeep = upkeep
        self._work: list[asyncio.Task[None]] = []
        self.beside: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self.health = Health(
            {
                "background": self._background,
                "storage": self._storage,
                "key-store": self._key_store,
                "access-log": self._access_log,
            }
        )

    @contextlib.asynccontextmanager
    async def __call__(self, _app: Starlette) -> AsyncIterator[None]:
        """Work until the application ends; then flush, seal, close."""
        self._work = [
            asyncio.create_task(run_background(self._services)),
            asyncio.create_task(self._upkeep.run()),
            *(asyncio.create_task(work()) for work in self.beside),
        ]
        try:
            yield
        finally:
            for work in self._work:
                work.cancel()
            await asyncio.gather(*self._work, return_exceptions=True)
            await self._upkeep.end()
            self._services.identity.close()
            self._services.office.log.threads.close()

    async def _background(self) -> None:
        if not self._work or any(work.done() for work in self._work):
            raise NotRunning

    async def _storage(self) -> None:
        await self._services.office.log.threads.do(BESIDE, self._services.office.log.scopes)

    async def _key_store(self) -> None:
        """Ask both mirrors, then for a key that is not there: the store has to look."""

        def look() -> None:
            with self._services.office.log.keys.transaction() as keys, contextlib.suppress(KeyGone):
                keys.check()
                keys.open(_NOBODY, "-", b"", "-")

        await self._services.office.log.threads.do(BESIDE, look)

    async def _access_log(self) -> None:
        await self._services.access_log.check(thoroughly=True)


def measured(services: Services, upkeep: Upkeep) -> Metrics:
    """Make the metrics of a process and let its parts tell them what they do."""
    metrics = Metrics()
    declare_process(metrics)
    _count_records(metrics, services)
    metrics.counter(DELIVERIES, "Deliveries to webhooks by outcome: delivered, failed, given-up")
    courier = services.outside.courier
    courier.on_outcome = lambda outcome: metrics.count(DELIVERIES, (("outcome", outcome),))
    log, clock = services.office.log, services.clock
    gauges: dict[str, tuple[str, Callable[[], float]]] = {
        "streams_open": ("Push streams that are open", lambda: log.wakeups.count),
        "storage_threads": ("Calls to the database that may be made at once", lambda: log.threads.at_once),
        "storage_calls": ("Calls to the database under way or waiting", lambda: log.threads.wanted),
        "background_working": ("1 in the process that watches the clock", lambda: clock.is_watching),
        "night_due": ("1 if the night's new keys are due", log.keys.is_turn_due),
        "signed_at_seconds": ("Last signing round that went well", lambda: upkeep.signed_at),
    }
    for name, (meaning, read) in gauges.items():
        metrics.gauge(f"leaddesk_{name}", meaning, read)
    return metrics


def _count_records(metrics: Metrics, services: Services) -> None:
    metrics.counter(BATCHES, "Batches of the access log by whether they were written")
    metrics.counter(ENTRIES, "Entries of the access log by whether they were written")
    metrics.histogram(BATCH_SECONDS, "Time to write a batch of the access log")

    def batch(entries: int, seconds: float, written: bool) -> None:
        labels = (("written", str(written).lower()),)
        metrics.count(BATCHES, labels)
        metrics.count(ENTRIES, labels, entries)
        metrics.observe(BATCH_SECONDS, seconds)

    services.access_log.on_batch = batch
