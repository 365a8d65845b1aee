"""Where one is signed in, and ending that."""

from __future__ import annotations

from leaddesk.api import account
from leaddesk.api.client import ApiClient
from leaddesk.contract.accounts import Session
from leaddesk.desk.outcomes import Failure, Gone, Ok, outcome_of


class OwnSessions:
    """The clerk for the sign-ins of the person on all their devices. Keeps none of them."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    async def all(self) -> Ok[tuple[Session, ...]] | Failure:
        """Return them, this one first, then the one used last."""
        found = await outcome_of(account.list_sessions(self._client))
        if not isinstance(found, Ok):
            return found
        latest = sorted(found.value, key=lambda one: one.used_at, reverse=True)
        return Ok(tuple(sorted(latest, key=lambda one: not one.is_current)))

    async def end(self, session_id: str) -> Ok[None] | Failure:
        """End one; one that is gone already is as good as ended."""
        ended = await outcome_of(account.end_session(self._client, session_id))
        return Ok(None) if isinstance(ended, Gone) else ended

    async def end_others(self) -> Ok[None] | Failure:
        """End all but this one."""
        return await outcome_of(account.end_other_sessions(self._client))
