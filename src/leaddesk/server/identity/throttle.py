"""Throttling of sign-in attempts, by account and by source (NIST SP 800-63B-4, 3.2.2).

An account that does not exist is throttled like one that does. Names are kept as keyed digests only; all
processes of an instance count together.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from leaddesk.contract.wire import format_time
from leaddesk.server.identity.people import normalised_email
from leaddesk.server.identity.refusals import Throttled
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.identity.storage.port import Rows

FREE_ATTEMPTS = 5
LONGEST_PAUSE = timedelta(minutes=5)
FORGET_AFTER = timedelta(hours=1)
SOURCE_WINDOW = timedelta(minutes=10)
SOURCE_FAILURES = 60
REMEMBERED, PRUNED_EVERY = 20_000, 500
_NEVER = format_time(datetime(1970, 1, 1, tzinfo=UTC))

_TAKE = (
    "INSERT INTO attempt (mark, failures, since, last_at, closed_until) VALUES (?, 0, ?, ?, ?)"
    " ON CONFLICT (mark) DO UPDATE SET failures = attempt.failures"
    " RETURNING failures, since, last_at, closed_until"
)
"""Finds or makes the row and holds it."""
_NOTE = "UPDATE attempt SET failures = ?, since = ?, last_at = ?, closed_until = ? WHERE mark = ?"
_SUCCEEDED = "DELETE FROM attempt WHERE mark = ?"
_GIVE_BACK = "UPDATE attempt SET failures = failures - 1 WHERE mark = ? AND failures > 0"
_REOPEN = "UPDATE attempt SET closed_until = ? WHERE mark = ?"
_FADE = "DELETE FROM attempt WHERE last_at <= ?"
_CUT = (
    "DELETE FROM attempt WHERE last_at <="
    " (SELECT last_at FROM attempt ORDER BY last_at DESC LIMIT 1 OFFSET ?)"
)


@dataclass(slots=True)
class _Attempts:
    """What is known of an account or a network."""

    mark: bytes
    failures: int
    since: datetime
    last_at: datetime
    closed_until: datetime


class Throttle:
    """Counts an attempt as failed when it begins and takes that back on success, so that parallel attempts
    cannot pass the limit together. What is kept is bounded: the longest unused entry goes first. Each ``act``
    (signing in, asking for a new password) has counts of its own.
    """

    def __init__(self, clock: Callable[[], datetime], books: Books, act: str = "sign-in") -> None:
        self._act = act
        self._clock = clock
        self._books = books
        self._begun = 0

    def begin(self, email: str, source: str) -> None:
        """Admit one attempt. Raises :class:`Throttled` with the seconds to wait."""
        marks = self._network(source), self._account(email)
        self._books.apart(lambda rows: self._admit(rows, *marks))
        self._begun += 1
        if self._begun % PRUNED_EVERY == 0:
            self._books.apart(self._prune)

    def succeeded(self, email: str, source: str, attempts: int = 1) -> None:
        """Forget the account's failures; the source gets back the attempts that led here."""
        network, account = self._network(source), self._account(email)

        def work(rows: Rows) -> None:
            for _ in range(attempts):
                rows.run(_GIVE_BACK, (network,))
            rows.run(_SUCCEEDED, (account,))

        self._books.apart(work)

    def unused(self, email: str, source: str) -> None:
        """Take an attempt back that was not looked at, for want of room: it has failed at nothing."""
        network, account = self._network(source), self._account(email)

        def work(rows: Rows) -> None:
            for mark in (network, account):
                rows.run(_GIVE_BACK, (mark,))
            rows.run(_REOPEN, (_NEVER, account))

        self._books.apart(work)

    def _admit(self, rows: Rows, network: bytes, account: bytes) -> None:
        """Take the network's row before the account's, always: so two never wait for each other.

        What time it is counts once both are held: another attempt may have come later and been quicker.
        """
        place, own = self._taken(rows, network), self._taken(rows, account)
        now = self._clock()
        if now - place.since > SOURCE_WINDOW:
            place.failures, place.since = 0, now
        if now - own.last_at > FORGET_AFTER:
            own.failures, own.closed_until = 0, now
        if place.failures >= SOURCE_FAILURES:
            raise _throttled(place.since + SOURCE_WINDOW - now)
        if own.closed_until > now:
            raise _throttled(own.closed_until - now)
        own.failures += 1
        place.failures += 1
        beyond = own.failures - FREE_ATTEMPTS
        if beyond >= 0:
            own.closed_until = now + min(LONGEST_PAUSE, timedelta(seconds=2 ** min(beyond, 30)))
        for one in (place, own):
            times = (format_time(moment) for moment in (one.since, now, one.closed_until))
            rows.run(_NOTE, (one.failures, *times, one.mark))

    def _taken(self, rows: Rows, mark: bytes) -> _Attempts:
        moment = format_time(self._clock())
        ((failures, *times),) = rows.select(_TAKE, (mark, moment, moment, _NEVER))
        return _Attempts(mark, failures, *map(datetime.fromisoformat, times))

    def _prune(self, rows: Rows) -> None:
        rows.run(_FADE, (format_time(self._clock() - FORGET_AFTER),))
        rows.run(_CUT, (REMEMBERED,))

    def _account(self, email: str) -> bytes:
        return self._books.digest(f"{self._act}-account", normalised_email(email))

    def _network(self, source: str) -> bytes:
        return self._books.digest(f"{self._act}-source", network_of(source))


def _throttled(left: timedelta) -> Throttled:
    return Throttled(int(left.total_seconds()) + 1)


def network_of(source: str) -> str:
    """Reduce an IPv6 address to its /64: one household has 2**64 of them.

    IPv4 inside IPv6, as sockets for both tell it, is IPv4: else the whole of it would be one network.
    """
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source
    if isinstance(address, ipaddress.IPv4Address):
        return source
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))
