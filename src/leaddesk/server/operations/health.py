"""Whether the parts a server needs really work: asked anew each time, each within its limit."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

LIMIT_SECONDS = 3.0

Check = Callable[[], Awaitable[None]]

_log = logging.getLogger(__name__)


class Health:
    """Named checks; one that raises, or takes too long, has failed."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = dict(checks)

    async def failing(self) -> list[str]:
        """Return the names of the parts that do not work, in their order."""
        found = await asyncio.gather(*(self._failed(name, check) for name, check in self._checks.items()))
        return [name for name, failed in zip(self._checks, found, strict=True) if failed]

    async def _failed(self, name: str, check: Check) -> bool:
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                await check()
        except Exception as failure:  # its text may hold values (guarantee A8)
            _log.warning("%s does not work: %s", name, type(failure).__name__)
            return True
        return False
