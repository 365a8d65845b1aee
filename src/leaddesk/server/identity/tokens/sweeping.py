"""Ending sessions, and forgetting what has expired."""

from collections.abc import Callable
from datetime import datetime, timedelta

from leaddesk.contract.ids import TenantId
from leaddesk.contract.wire import format_time
from leaddesk.server.identity.storage.books import Page
from leaddesk.server.identity.tokens.tickets import end_tickets, sweep_tickets

EVERY = timedelta(minutes=1)
"""How often one process sweeps behind one tenant; while nobody signs in there, nothing is added either."""
AT_ONCE = 200

_UNDO = (
    "DELETE FROM session WHERE tenant_id = ? AND session_id = ?",
    "DELETE FROM access_token WHERE tenant_id = ? AND session_id = ?",
)
"""The session first: behind its row's lock, no token can come to be any more."""
_CLOSE = "DELETE FROM door WHERE tenant_id = ? AND mark = ?"
_SESSIONS = "SELECT session_id FROM session WHERE tenant_id = ? AND member_id = ?"
_CODES = "SELECT digest FROM sign_in_code WHERE tenant_id = ? AND member_id = ?"
_FADED = "DELETE FROM access_token WHERE tenant_id = ? AND expires_at <= ?"
_ENDED = "SELECT session_id FROM session WHERE tenant_id = ? AND ends_at <= ? ORDER BY ends_at LIMIT ?"
_STALE = "SELECT digest FROM sign_in_code WHERE tenant_id = ? AND expires_at <= ? ORDER BY expires_at LIMIT ?"
_DROP = "DELETE FROM sign_in_code WHERE tenant_id = ? AND digest = ?"


class Sweeping:
    """Sweeps behind one tenant at a time, when somebody of it signs in or renews a token."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._last: dict[TenantId, datetime] = {}

    def sweep(self, page: Page) -> None:
        """Forget what has expired, if it is time."""
        now = self._clock()
        last = self._last.get(page.tenant)
        if last is not None and now - last < EVERY:
            return
        self._last[page.tenant] = now
        until = format_time(now)
        page.run(_FADED, until)
        for (session,) in page.select(_ENDED, until, AT_ONCE):
            end_session(page, session)
        for (digest,) in page.select(_STALE, until, AT_ONCE):
            _drop(page, digest)
        sweep_tickets(page, until, AT_ONCE)


def end_session(page: Page, session: str) -> None:
    """End a session: none of its tokens is good from here on."""
    for undo in _UNDO:
        page.run(undo, session)
    page.run(_CLOSE, bytes.fromhex(session))


def end_everything(page: Page, member: str) -> None:
    """End all that lets somebody in, or take a step: sessions, codes, tickets."""
    for (session,) in page.select(_SESSIONS, member):
        end_session(page, session)
    end_steps(page, member)


def end_steps(page: Page, member: str) -> None:
    """End every step somebody has begun and not ended: codes that were not exchanged, tickets of any kind.

    Who sets another password may do it because somebody else was in: what they began ends with it.
    """
    for (digest,) in page.select(_CODES, member):
        _drop(page, digest)
    end_tickets(page, member)


def _drop(page: Page, digest: bytes) -> None:
    page.run(_CLOSE, digest)
    page.run(_DROP, digest)
