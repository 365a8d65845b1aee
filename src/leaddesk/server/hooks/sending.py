"""One attempt to deliver: looked up, checked, pinned, sent over verified TLS, no redirect followed.

A connection of its own for each attempt: what was checked is what is connected to. A proxy would look the
name up again, so none is used. Of the answer only the status and ``Retry-After`` are read.
"""

import asyncio
import logging
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Protocol

from leaddesk.server.hooks.addresses import Resolve, Target, WrongAddress, checked_address, system_resolve

_SECONDS, _CONNECT_SECONDS = 15.0, 5.0
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
        self._resolve = resolve
        self._loopback = loopback
        self._trust = trust

    async def send(self, target: Target, headers: dict[str, str], body: bytes) -> Attempt:
        """Try once."""
        try:
            async with asyncio.timeout(_SECONDS):
                address = await checked_address(target, self._resolve, self._loopback)
                return await self._post(target, address, headers, body)
        except WrongAddress:
            return Attempt("address-not-allowed")
        except TimeoutError:
            return Attempt("timed-out")
        except OSError:
            return Attempt("name-not-found")

    async def _post(self, target: Target, address: str, headers: dict[str, str], body: bytes) -> Attempt:
        import httpx  # at the first delivery: costs more than all of the server's start (P13)

        _silence()
        transport = httpx.AsyncHTTPTransport(verify=self._context(), trust_env=False)
        named = {**headers, "host": target.origin.partition("//")[2]}
        literal = target.host.startswith("[") or target.host == address
        extensions = {} if literal else {"sni_hostname": target.host}
        timeout = httpx.Timeout(_SECONDS, connect=_CONNECT_SECONDS)
        async with transport:
            request = httpx.Request(
                "POST",
                target.at(address),
                headers=named,
                content=body,
                extensions={**extensions, "timeout": timeout.as_dict()},
            )
            try:
                response = await transport.handle_async_request(request)
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as failure:
                return Attempt(_reason(failure))
            await response.aclose()
        return _judged(response.status_code, response.headers.get("retry-after"))

    def _context(self) -> ssl.SSLContext:
        if self._trust is None:
            self._trust = ssl.create_default_context()
            self._trust.minimum_version = ssl.TLSVersion.TLSv1_2
        return self._trust


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


def _reason(failure: Exception) -> str:
    step: BaseException | None = failure
    for _ in range(8):
        if isinstance(step, ssl.SSLError):
            return "certificate-refused" if isinstance(step, ssl.SSLCertVerificationError) else "tls-failed"
        step = step and (step.__cause__ or step.__context__)
    return {"ConnectError": "not-connected", "ConnectTimeout": "timed-out", "ReadTimeout": "timed-out"}.get(
        type(failure).__name__, "line-broke"
    )


def _silence() -> None:
    """The libraries log addresses, whose paths may be secrets."""
    for name in ("httpx", "httpcore", "httpcore.connection", "httpcore.http11"):
        logging.getLogger(name).disabled = True
