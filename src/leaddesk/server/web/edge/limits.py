"""How many requests a second: per key or person, and per source for whoever has not said who they are.

A bucket is one number (GCRA, ITU-T I.371): the time at which it would be full again. Memory is bounded: the
longest unused bucket, most likely a full one, goes first.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from starlette.requests import Request

from leaddesk.contract.problems import ProblemType
from leaddesk.server.identity.throttle import network_of
from leaddesk.server.web.edge.problems import ProblemError

LIMITER = "leaddesk.limiter"
"""Key of the ASGI scope under which guards find the :class:`Limiter`."""

REMEMBERED = 10_000
"""Buckets of a kind that are kept; about 2 MB."""
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second that may go on for ever, and how many may come at once; 0 a second: no limit."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Contract: at least 200 requests a second a key. A source may be an office with hundreds of people."""

    caller: Rate = Rate(500, 2000)
    source: Rate = Rate(100, 1000)


class Buckets:
    """One bucket a name. Under 1 µs a request."""

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._unlimited = rate.per_second <= 0
        self._step = 0.0 if self._unlimited else 1 / rate.per_second
        self._room = self._step * rate.burst + _ROUNDING
        self._full_at: dict[str, float] = {}

    def take(self, name: str) -> float:
        """Take one request out and return 0, or return the seconds until there is one."""
        if self._unlimited:
            return 0.0
        now, buckets = self._clock(), self._full_at
        before = buckets.pop(name, now)
        full_at = max(before, now) + self._step
        wait = full_at - now - self._room
        allowed = wait <= 0
        buckets[name] = full_at if allowed else before
        if len(buckets) > REMEMBERED:
            del buckets[next(iter(buckets))]
        return 0.0 if allowed else wait


class Limiter:
    """Refuses with 429 and ``Retry-After``; nothing of the caller is stored but the id or network."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._callers = Buckets(limits.caller, clock)
        self._sources = Buckets(limits.source, clock)

    def admit_caller(self, name: str) -> None:
        """Count a request of a person or API key. Raises a 429 problem."""
        wait = self._callers.take(name)
        if wait > 0:
            raise _too_many(wait)

    def admit_source(self, request: Request) -> None:
        """Count a request of nobody we know, by its network. Raises a 429 problem."""
        wait = self._sources.take(network_of(request.client.host) if request.client else "")
        if wait > 0:
            raise _too_many(wait)


def limiter_of(request: Request) -> Limiter:
    """Return the limiter the gate has put beside the request."""
    limiter: Limiter = request.scope[LIMITER]
    return limiter


def _too_many(wait: float) -> ProblemError:
    return ProblemError(ProblemType.TOO_MANY_REQUESTS, headers={"retry-after": str(max(1, ceil(wait)))})
