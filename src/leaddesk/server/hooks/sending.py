"""One attempt to deliver: looked up, checked, pinned, sent over verified TLS, no redirect followed.

Of the answer only the status and ``Retry-After`` are read.
"""

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Protocol

from leaddesk.server.hooks.addresses import Resolve, Target, WrongAddress, system_resolve
from leaddesk.server.hooks.pinned import LineBroke, PinnedLine

_SECONDS = 15.0
_LONGEST_WAIT = 6 * 3600.0
_MAY_PASS = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.LOCKED}
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of it. ``reason``: a code, absent when delivered. ``lasting``: trying again soon is no use.

    ``wait``: seconds the receiver asked for.
    """

    reason: str | None = None
    lasting: bool = False
    wait: float = 0.0


class Sender(Protocol):
    """Sends one delivery."""

    async def send(self, target: Target, headers: dict[str, str], body: bytes) -> Attempt:
        """Try once; whatever goes wrong is an :class:`Attempt`."""


class PinnedSender:
    """Sends over the network. ``loopback`` opens this machine, ``trust`` its certificates (tests)."""

    def __init__(
        self, resolve: Resolve = system_resolve, loopback: bool = False, trust: ssl.SSLContext | None = None
    ) -> None:
        self._line = PinnedLine(resolve, loopback, trust)

    async def send(self, target: Target, headers: dict[str, str], body: bytes) -> Attempt:
        """Try once."""
        try:
            async with (
                asyncio.timeout(_SECONDS),
                self._line.answered(target, headers, body, _SECONDS) as answer,
            ):
                return _judged(answer.status_code, answer.headers.get("retry-after"))
        except WrongAddress:
            return Attempt("address-not-allowed")
        except TimeoutError:
            return Attempt("timed-out")
        except OSError:
            return Attempt("name-not-found")
        except LineBroke as failure:
            return Attempt(failure.reason)


def _judged(status: int, retry_after: str | None) -> Attempt:
    if 200 <= status < 300:
        return Attempt()
    lasting = 300 <= status < 500 and status not in _MAY_PASS
    return Attempt(f"status-{status}", lasting, _wait(retry_after))


def _wait(retry_after: str | None) -> float:
    """Read ``Retry-After`` (RFC 9110, 10.2.3): seconds or a date; nonsense counts as absent."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return min(float(text), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - datetime.now(UTC)).total_seconds(), 0.0), _LONGEST_WAIT)
