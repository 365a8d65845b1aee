"""The register of sessions: which there are, on which devices, and ending them (measure A6).

A session is named by a UUID made of its mark; the name opens nothing. What ends here is out with the next
request, in other processes ``recent.SECONDS`` later at the latest.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.wire import format_time
from leaddesk.server.identity.storage.books import Books, Page
from leaddesk.server.identity.tokens.sweeping import end_session
from leaddesk.server.keys.places import session_place
from leaddesk.server.keys.port import member_key

_COLUMNS = "SELECT session_id, began_at, COALESCE(used_at, began_at), ends_at, doc FROM session"
_OF = f"{_COLUMNS} WHERE tenant_id = ? AND member_id = ? AND ends_at > ? ORDER BY began_at DESC, session_id"
_IDS = "SELECT session_id FROM session WHERE tenant_id = ? AND member_id = ?"
_OLD = "SELECT session_id FROM session WHERE tenant_id = ? AND began_at <= ?"
_PROVED = (
    "SELECT COALESCE(proved_at, began_at) FROM session WHERE tenant_id = ? AND session_id = ? AND ends_at > ?"
)


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One session as its person sees it. ``device``: as the client called it; empty if it did not."""

    session: str = field(repr=False)
    device: str = field(repr=False)
    began_at: str
    used_at: str
    ends_at: str

    @property
    def name(self) -> str:
        """The id it is shown under."""
        return name_of(self.session)


class Register:
    """Lists and ends the sessions of one person at a time."""

    def __init__(self, clock: Callable[[], datetime], books: Books) -> None:
        self._clock = clock
        self._books = books

    def of(self, tenant: TenantId, member: MemberId) -> list[SessionRecord]:
        """Return somebody's running sessions, the latest first."""
        now = format_time(self._clock())

        def work(page: Page) -> list[SessionRecord]:
            return [_record(page, member, *row) for row in page.select(_OF, member, now)]

        return self._books.at(tenant, work)

    def end(self, tenant: TenantId, member: MemberId, name: str) -> bool:
        """End one of somebody's sessions by the id it is shown under; tells whether there was such a one."""
        return bool(self._ended(tenant, member, lambda session: name_of(session) == name))

    def end_others(self, tenant: TenantId, member: MemberId, current: str | None) -> int:
        """End all of somebody's sessions but the current one, all where there is none; tells how many."""
        return self._ended(tenant, member, lambda session: session != current)

    def end_older(self, tenant: TenantId, longest: timedelta) -> int:
        """End the sessions of a whole tenant that have lasted too long; tells how many."""
        until = format_time(self._clock() - longest)

        def work(page: Page) -> int:
            found = page.select(_OLD, until)
            for (session,) in found:
                end_session(page, session)
            return len(found)

        ended = self._books.at(tenant, work, writes=True)
        self._books.callers.forget(lambda caller: caller.tenant_id == tenant)
        return ended

    def is_fresh(self, page: Page, session: str, age: timedelta) -> bool:
        """Tell whether a running session's person has shown within ``age`` who they are."""
        now = self._clock()
        found = page.select(_PROVED, session, format_time(now))
        return any(now - datetime.fromisoformat(moment) < age for (moment,) in found)

    def prove(self, page: Page, session: str) -> None:
        """Note that a session's person has shown now who they are."""
        page.set("session", {"proved_at": format_time(self._clock())}, "session_id = ?", session)

    def _ended(self, tenant: TenantId, member: MemberId, meant: Callable[[str], bool]) -> int:
        def work(page: Page) -> list[str]:
            ended = [session for (session,) in page.select(_IDS, member) if meant(session)]
            for session in ended:
                end_session(page, session)
            return ended

        ended = set(self._books.at(tenant, work, writes=True))
        self._books.callers.forget(lambda caller: caller.session in ended)
        return len(ended)


def name_of(session: str) -> str:
    """Make the id that a session is shown under."""
    return str(uuid.UUID(hex=session[:32]))


def _record(
    page: Page, member: MemberId, session: str, began_at: str, used_at: str, ends_at: str, doc: bytes | None
) -> SessionRecord:
    device = page.opened(member_key(member), doc, session_place(session)) if doc is not None else None
    return SessionRecord(session, (device or b"").decode(), began_at, used_at, ends_at)
