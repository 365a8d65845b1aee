"""Requests that go where an address was looked up and checked, and nowhere else.

Whoever names an address chooses where this server asks (server-side request forgery). So each request has a
connection of its own, over verified TLS, to the very address that was checked; a proxy would look the name up
again, so none is used, and no redirect is followed.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from leaddesk.server.hooks.addresses import Resolve, Target, checked_address, system_resolve

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS = 5.0
_REASONS = {"ConnectError": "not-connected", "ConnectTimeout": "timed-out", "ReadTimeout": "timed-out"}


class LineBroke(Exception):
    """Nothing was answered, or not to its end; ``reason`` is a code, nothing of the address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PinnedLine:
    """Asks over the network. ``loopback`` opens this machine, ``trust`` its certificates (tests)."""

    def __init__(
        self, resolve: Resolve = system_resolve, loopback: bool = False, trust: ssl.SSLContext | None = None
    ) -> None:
        self._resolve = resolve
        self.loopback = loopback
        self._trust = trust

    @asynccontextmanager
    async def answered(
        self,
        target: Target,
        headers: Mapping[str, str],
        body: bytes | Mapping[str, str] | None,
        seconds: float,
    ) -> AsyncIterator[httpx.Response]:
        """Read, or post a body or a form; the answer's own body is not read yet.

        Raises :class:`WrongAddress`, OSError where the name is not found, :class:`LineBroke`.
        """
        import httpx  # at the first request: costs more than all of the server's start (P13)

        _silence()
        address = await checked_address(target, self._resolve, self.loopback)
        literal = target.host.startswith("[") or target.host == address
        timeout = httpx.Timeout(seconds, connect=CONNECT_SECONDS).as_dict()
        request = httpx.Request(
            "GET" if body is None else "POST",
            target.at(address),
            headers={**headers, "host": target.origin.partition("//")[2]},
            content=body if isinstance(body, bytes) else None,
            data=None if isinstance(body, bytes) else body,
            extensions={"timeout": timeout} | ({} if literal else {"sni_hostname": target.host}),
        )
        async with httpx.AsyncHTTPTransport(verify=self._context(), trust_env=False) as transport:
            try:
                response = await transport.handle_async_request(request)
                yield response
                await response.aclose()
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as failure:
                raise LineBroke(_reason(failure)) from None

    def _context(self) -> ssl.SSLContext:
        if self._trust is None:
            self._trust = ssl.create_default_context()
            self._trust.minimum_version = ssl.TLSVersion.TLSv1_2
        return self._trust


def _reason(failure: Exception) -> str:
    step: BaseException | None = failure
    for _ in range(8):
        if isinstance(step, ssl.SSLError):
            return "certificate-refused" if isinstance(step, ssl.SSLCertVerificationError) else "tls-failed"
        step = step and (step.__cause__ or step.__context__)
    return _REASONS.get(type(failure).__name__, "line-broke")


def _silence() -> None:
    """The libraries log addresses, whose paths may be secrets."""
    for name in ("httpx", "httpcore", "httpcore.connection", "httpcore.http11"):
        logging.getLogger(name).disabled = True
