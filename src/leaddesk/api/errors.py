"""What can go wrong between here and the server, as one tree.

::

    ApiError
    ├── Offline              no connection was made: the request certainly did not take place
    ├── Untrusted            the TLS certificate or protocol is not accepted: nothing was sent
    ├── SessionOver          there is no valid sign-in (any more): nothing was sent
    ├── Superseded           the person locked or signed out while the answer was under way: it is dropped
    ├── Uncertain            the request was sent; whether it took place is not known
    │   ├── Interrupted      the line broke before the answer was complete
    │   ├── TimedOut         the total deadline passed
    │   ├── Unavailable      5xx or a portal in between; ``retry_after`` seconds if the server said so
    │   └── BadAnswer        an answer came, but not one of ours
    │       ├── TooLarge     beyond the byte cap
    │       ├── Malformed    not readable by the contract
    │       ├── Portal       somebody between here and there answered: a hotel, a train, a filter
    │       └── Redirected   redirects are never followed (guarantee D6)
    └── Refused              a 4xx: the request certainly did not take place
        ├── Throttled        429 with ``retry_after``
        └── GrantRefused     OAuth error of the token endpoint, e.g. ``invalid_grant``

Any of them may know its :class:`Obstacle`: what stands in the way, where that can be told.

Invariant: no message, argument or chained exception holds a URL, a header, a body or personal data
(guarantee A8); they are raised ``from None``.
"""

from __future__ import annotations

from enum import StrEnum

from leaddesk.contract.problems import Problem, ProblemType

RETRY_AFTER_CAP = 300.0
"""Seconds; a server that asks for more (or lies) is asked again after this."""


class Obstacle(StrEnum):
    """What stands between here and the server; each has a sentence of its own (guarantee D9)."""

    PORTAL = "portal"
    NETWORK = "network"
    CLOCK = "clock"
    PROXY_SIGN_IN = "proxy-sign-in"
    PROXY_TICKET = "proxy-ticket"
    PROXY_REFUSED = "proxy-refused"
    PROXY_DOWN = "proxy-down"
    PROXY_KIND = "proxy-kind"
    PROXY_SCRIPT = "proxy-script"


class ApiError(Exception):
    """Anything that kept a call from giving its answer."""

    def __init__(self, obstacle: Obstacle | None = None) -> None:
        super().__init__()
        self.obstacle = obstacle

    def __copy__(self) -> ApiError:
        """Return one more of the same, for somebody else who waited for the same answer."""
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def __str__(self) -> str:
        return type(self).__name__


class Offline(ApiError):
    """No connection."""


class Untrusted(ApiError):
    """Certificate not accepted; there is no way to continue anyway (guarantee D7)."""


class SessionOver(ApiError):
    """Signed out here or by the server."""


class Superseded(ApiError):
    """A late answer of an earlier session generation (guarantee C3)."""


class Uncertain(ApiError):
    """Outcome unknown: ask again with the same idempotency key."""


class Interrupted(Uncertain):
    """The connection broke."""


class TimedOut(Uncertain):
    """Total deadline passed."""


class Unavailable(Uncertain):
    """The platform is down or something in between answered for it."""

    def __init__(self, retry_after: float | None = None, obstacle: Obstacle | None = None) -> None:
        super().__init__(obstacle)
        self.retry_after = retry_after


class BadAnswer(Uncertain):
    """Not an answer of a leaddesk server."""


class TooLarge(BadAnswer):
    """More bytes than the call allows."""


class Malformed(BadAnswer):
    """Does not fit the contract."""


class Redirected(BadAnswer):
    """3xx."""


class Portal(BadAnswer):
    """A page where data was asked for, 511, a redirect to another host, or no TLS where TLS was asked for."""

    def __init__(self) -> None:
        super().__init__(Obstacle.PORTAL)


class Refused(ApiError):
    """The server said no. ``kind`` is ``None`` for a problem type this client does not know."""

    def __init__(self, status: int, problem: Problem | None = None) -> None:
        super().__init__()
        self.status = status
        self.problem = problem
        if self.kind is ProblemType.NETWORK_REFUSED:
            self.obstacle = Obstacle.NETWORK

    @property
    def kind(self) -> ProblemType | None:
        """The stable type, if known."""
        try:
            return ProblemType(self.problem.type) if self.problem else None
        except ValueError:
            return None

    @property
    def current_serial(self) -> int | None:
        """The serial the server holds, after a stale write."""
        return self.problem.current_serial if self.problem else None

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.status} {self.kind or 'unknown type'}"


class Throttled(Refused):
    """Too many requests."""

    def __init__(self, problem: Problem | None, retry_after: float | None) -> None:
        super().__init__(429, problem)
        self.retry_after = retry_after


class GrantRefused(Refused):
    """RFC 6749, 5.2. ``error`` is one of the RFC's words, anything else is ``other``.

    ``access_denied``: not from this network; the token stays good (measure B6).
    """

    ELSEWHERE = "access_denied"
    WORDS = frozenset(
        {"invalid_grant", "invalid_client", "invalid_request", "unsupported_grant_type", ELSEWHERE}
    )

    def __init__(self, status: int, error: str) -> None:
        super().__init__(status)
        self.error = error if error in self.WORDS else "other"
        if self.error == self.ELSEWHERE:
            self.obstacle = Obstacle.NETWORK


def wait_of(error: ApiError) -> float:
    """Return the seconds the server asked to be left alone for; 0 when it did not ask."""
    return error.retry_after or 0.0 if isinstance(error, Throttled | Unavailable) else 0.0


def retry_after(header: str | None) -> float | None:
    """Read a ``Retry-After`` in seconds, between 1 and the cap; dates and nonsense count as absent."""
    if header is None or not header.strip().isdigit() or len(header.strip()) > 9:
        return None
    return min(max(float(header.strip()), 1.0), RETRY_AFTER_CAP)
