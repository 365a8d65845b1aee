"""Throttling of sign-in attempts, by account and by source (NIST SP 800-63B-4, 3.2.2).

An account that does not exist is throttled like one that does. Names are kept as keyed digests only.
"""

import hashlib
import hmac
import ipaddress
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from leaddesk.server.identity.people import normalised_email
from leaddesk.server.identity.refusals import Throttled

FREE_ATTEMPTS = 5
LONGEST_PAUSE = timedelta(minutes=5)
FORGET_AFTER = timedelta(hours=1)
SOURCE_WINDOW = timedelta(minutes=10)
SOURCE_FAILURES = 60
REMEMBERED = 10_000


@dataclass(slots=True)
class _Account:
    failures: int
    last_at: datetime
    closed_until: datetime


@dataclass(slots=True)
class _Source:
    failures: int
    since: datetime


class Throttle:
    """Counts an attempt as failed when it begins and takes that back on success, so that parallel
    attempts cannot pass the limit together. Memory is bounded: the longest unused entry goes first.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._accounts: OrderedDict[bytes, _Account] = OrderedDict()
        self._sources: OrderedDict[bytes, _Source] = OrderedDict()

    def begin(self, email: str, source: str) -> None:
        """Admit one attempt. Raises :class:`Throttled` with the seconds to wait."""
        now = self._clock()
        account, place = self._account(email, now), self._source(source, now)
        if place.failures >= SOURCE_FAILURES:
            raise _throttled(place.since + SOURCE_WINDOW - now)
        if account.closed_until > now:
            raise _throttled(account.closed_until - now)
        place.failures += 1
        account.failures += 1
        account.last_at = now
        beyond = account.failures - FREE_ATTEMPTS
        if beyond >= 0:
            account.closed_until = now + min(LONGEST_PAUSE, timedelta(seconds=2 ** min(beyond, 30)))

    def succeeded(self, email: str, source: str) -> None:
        """Forget the account's failures; the source gets this one attempt back."""
        self._accounts.pop(self._digest(normalised_email(email)), None)
        place = self._source(source, self._clock())
        place.failures = max(0, place.failures - 1)

    def _account(self, email: str, now: datetime) -> _Account:
        key = self._digest(normalised_email(email))
        entry = self._accounts.get(key)
        if entry is None or now - entry.last_at > FORGET_AFTER:
            entry = self._accounts[key] = _Account(0, now, now)
        _touch(self._accounts, key)
        return entry

    def _source(self, source: str, now: datetime) -> _Source:
        key = self._digest(network_of(source))
        entry = self._sources.get(key)
        if entry is None or now - entry.since > SOURCE_WINDOW:
            entry = self._sources[key] = _Source(0, now)
        _touch(self._sources, key)
        return entry

    def _digest(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode(), hashlib.sha256)


def _touch(entries: "OrderedDict[bytes, _Account] | OrderedDict[bytes, _Source]", key: bytes) -> None:
    entries.move_to_end(key)
    if len(entries) > REMEMBERED:
        entries.popitem(last=False)


def _throttled(left: timedelta) -> Throttled:
    return Throttled(int(left.total_seconds()) + 1)


def network_of(source: str) -> str:
    """Reduce an IPv6 address to its /64: one household has 2**64 of them."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source
    if address.version == 4:
        return source
    return str(ipaddress.ip_network((address, 64), strict=False))
