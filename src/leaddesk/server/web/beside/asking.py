"""Asking a provider: over verified TLS, at a checked public address, no redirect, in bounded time and size.

Whoever configures a provider chooses where this server asks; so it asks as carefully as webhooks are sent
(server-side request forgery): what was looked up and checked is what is connected to.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

from leaddesk.server.hooks.addresses import Resolve, WrongAddress, checked_address, read_url, system_resolve

SECONDS, LARGEST = 10.0, 256 * 1024
_JSON = ("application/json", "application/jwk-set+json")


class ProviderFailed(Exception):
    """A provider does not answer as it should; ``reason`` is a code, nothing of the answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Ask(Protocol):
    """Asks for JSON: reads, or posts a form."""

    async def __call__(
        self, url: str, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Return the object that was answered. Raises :class:`ProviderFailed`."""


class PinnedAsk:
    """Asks over the network. ``loopback`` opens this machine, ``trust`` its certificates (tests)."""

    def __init__(
        self, resolve: Resolve = system_resolve, loopback: bool = False, trust: ssl.SSLContext | None = None
    ) -> None:
        self._resolve = resolve
        self._loopback = loopback
        self._trust = trust

    async def __call__(
        self, url: str, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Ask once."""
        try:
            async with asyncio.timeout(SECONDS):
                status, kind, body = await self._exchanged(url, dict(headers or {}), form)
        except WrongAddress:
            raise ProviderFailed("address-not-allowed") from None
        except (TimeoutError, OSError):
            raise ProviderFailed("not-reached") from None
        return read_answer(status, kind, body)

    async def _exchanged(
        self, url: str, headers: dict[str, str], form: Mapping[str, str] | None
    ) -> tuple[int, str, bytes]:
        import httpx  # at the first sign-in by a firm: costs more than all of the server's start (P13)

        target = read_url(url, self._loopback)
        address = await checked_address(target, self._resolve, self._loopback)
        named = {"accept": "application/json", **headers, "host": target.origin.partition("//")[2]}
        literal = target.host.startswith("[") or target.host == address
        extensions = {} if literal else {"sni_hostname": target.host}
        async with httpx.AsyncHTTPTransport(verify=self._context(), trust_env=False) as transport:
            method = "GET" if form is None else "POST"
            request = httpx.Request(
                method, target.at(address), headers=named, data=form, extensions=extensions
            )
            try:
                response = await transport.handle_async_request(request)
                body = await _read(response.aiter_raw())
                await response.aclose()
            except (httpx.HTTPError, httpx.InvalidURL, ValueError):
                raise ProviderFailed("not-reached") from None
        return response.status_code, response.headers.get("content-type", ""), body

    def _context(self) -> ssl.SSLContext:
        if self._trust is None:
            self._trust = ssl.create_default_context()
            self._trust.minimum_version = ssl.TLSVersion.TLSv1_2
        return self._trust


async def _read(parts: AsyncIterator[bytes]) -> bytes:
    """Read a body to its end, or to the deadline; what is far beyond the limit is not kept."""
    body = b""
    async for part in parts:
        body += part if len(body) <= LARGEST else b""
    return body


def read_answer(status: int, kind: str, body: bytes) -> dict[str, Any]:
    """Read an answer as one JSON object. Raises :class:`ProviderFailed`."""
    if status != 200:
        raise ProviderFailed("refused" if 400 <= status < 500 else "not-reached")
    if kind.partition(";")[0].strip().lower() not in _JSON or len(body) > LARGEST:
        raise ProviderFailed("not-json")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise ProviderFailed("not-json") from None
    if not isinstance(found, dict):
        raise ProviderFailed("not-json")
    return found
