"""Asking a provider: over verified TLS, at a checked public address, no redirect, in bounded time and size.

Whoever configures a provider chooses where this server asks; so it asks as carefully as webhooks are sent
(server-side request forgery): what was looked up and checked is what is connected to.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol

from leaddesk.server.hooks.addresses import Resolve, Target, WrongAddress, read_url, system_resolve
from leaddesk.server.hooks.pinned import LineBroke, PinnedLine

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
        self._line = PinnedLine(resolve, loopback, trust)

    async def __call__(
        self, url: str, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Ask once."""
        target, named = self._target(url), {"accept": "application/json", **(headers or {})}
        try:
            async with asyncio.timeout(SECONDS), self._line.answered(target, named, form, SECONDS) as answer:
                kind = answer.headers.get("content-type", "")
                return read_answer(answer.status_code, kind, await _read(answer.aiter_raw()))
        except WrongAddress:
            raise ProviderFailed("address-not-allowed") from None
        except (TimeoutError, OSError, LineBroke):
            raise ProviderFailed("not-reached") from None

    def _target(self, url: str) -> Target:
        try:
            return read_url(url, self._line.loopback)
        except WrongAddress:
            raise ProviderFailed("address-not-allowed") from None


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
