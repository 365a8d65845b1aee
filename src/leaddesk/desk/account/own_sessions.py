"""Where one is signed in, and ending that; also what a server has not heard the end of."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from leaddesk.api import account
from leaddesk.api.client import ApiClient
from leaddesk.desk.outcomes import Failure, Gone, Offline, Ok, SessionOver, Unavailable, Unknown, outcome_of

if TYPE_CHECKING:
    from leaddesk.contract.accounts import Session

_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0
_FOR_NOW = (Offline, Unavailable, Unknown)


class OwnSessions:
    """The clerk for the sign-ins of the person on all their devices. Keeps none of them.

    What is to be ended is ended though whoever asked for it is called off: they may have lost that device.
    """

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._ending: set[asyncio.Task[Ok[None] | Failure]] = set()

    async def all(self) -> Ok[tuple[Session, ...]] | Failure:
        """Return them, this one first, then the one used last."""
        found = await outcome_of(account.list_sessions(self._client))
        if not isinstance(found, Ok):
            return found
        latest = sorted(found.value, key=lambda one: one.used_at, reverse=True)
        return Ok(tuple(sorted(latest, key=lambda one: not one.is_current)))

    async def end(self, session_id: str) -> Ok[None] | Failure:
        """End one; one that is gone already is as good as ended."""
        ended = await self._to_the_end(outcome_of(account.end_session(self._client, session_id)))
        return Ok(None) if isinstance(ended, Gone) else ended

    async def end_others(self) -> Ok[None] | Failure:
        """End all but this one."""
        return await self._to_the_end(outcome_of(account.end_other_sessions(self._client)))

    async def settle(self, seconds: float) -> None:
        """Wait until the server has heard what is to be ended; not longer than this."""
        if self._ending:
            await asyncio.wait(self._ending, timeout=seconds)

    async def _to_the_end(self, work: Coroutine[Any, Any, Ok[None] | Failure]) -> Ok[None] | Failure:
        task = asyncio.get_running_loop().create_task(work)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return await asyncio.shield(task)

    async def end_unheard(self, ids: set[str]) -> None:
        """End sessions of this device whose revocation a server may have missed, and forget their ids.

        What is not the person's own is left alone, and not even asked about: only their own list is read.
        """
        pause = _FIRST_PAUSE
        while ids:
            found = await self.all()
            if isinstance(found, Ok):
                theirs = {one.session_id for one in found.value if not one.is_current}
                ids.intersection_update(theirs)
                for one in sorted(ids):
                    if not isinstance(await self.end(one), _FOR_NOW):
                        ids.discard(one)
            elif isinstance(found, SessionOver):
                return
            elif not isinstance(found, _FOR_NOW):
                ids.clear()
            if ids:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
