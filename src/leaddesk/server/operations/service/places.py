"""Whether the epoch key lies in all of its places: looked at each minute, in a thread; a share may hang."""

import asyncio
from collections.abc import Callable

from leaddesk.server.operations.metrics import Metrics

LOOK_SECONDS, PATIENCE_SECONDS = 60.0, 10.0
FAILING = "leaddesk_epoch_places_failing"


class Places:
    """Tells by a metric in how many places the key is not; a look that does not end counts as one."""

    def __init__(self, metrics: Metrics, count: Callable[[], int]) -> None:
        self.failing = 0
        self._count = count
        self._looking: asyncio.Future[int] | None = None
        metrics.gauge(FAILING, "Places in which the epoch key is missing or old", lambda: self.failing)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self, patience: float = PATIENCE_SECONDS) -> None:
        """Look once; goes on waiting for a look that has not ended instead of beginning another one."""
        self._looking = self._looking or asyncio.ensure_future(asyncio.to_thread(self._count))
        done, _ = await asyncio.wait({self._looking}, timeout=patience)
        if not done:
            self.failing = max(1, self.failing)
            return
        looked, self._looking = self._looking, None
        self.failing = 1 if looked.exception() is not None else looked.result()
