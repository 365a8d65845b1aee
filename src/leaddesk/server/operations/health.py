"""Whether the parts a server needs really work: asked anew each time, each within its limit.

The log is told when a part stops working and when it works again, not each time somebody asks.
"""

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
        self.last: dict[str, bool] = {}
        """Whether each part worked when it was last asked."""

    async def failing(self) -> list[str]:
        """Return the names of the parts that do not work, in their order."""
        found = await asyncio.gather(*(self._failure(check) for check in self._checks.values()))
        for name, failure in zip(self._checks, found, strict=True):
            self._note(name, failure)
        return [name for name, failure in zip(self._checks, found, strict=True) if failure]

    def _note(self, name: str, failure: str) -> None:
        before, self.last[name] = self.last.get(name, True), not failure
        if failure and before:
            _log.warning("%s does not work: %s", name, failure)
        elif not failure and not before:
            _log.info("%s works again", name)

    async def _failure(self, check: Check) -> str:
        """Return the type of what went wrong, nothing if nothing did."""
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                await check()
        except Exception as failure:  # its text may hold values (guarantee A8)
            return type(failure).__name__
        return ""
