"""One HTTP/1.1 connection on asyncio's streams; what the bytes mean is h11's business (RFC 9112)."""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

import h11

from leaddesk.api.errors import Interrupted, Malformed, Offline, Untrusted
from leaddesk.api.line import Request
from leaddesk.settings.address import is_loopback

_CHUNK = 64 * 1024
_HEAD_CAP = 64 * 1024
_CONNECT_SECONDS = 8.0
_PORTS = {"http": 80, "https": 443}
_TRIES_APART = 0.25
"""Seconds between the attempts at several addresses of one name (RFC 8305)."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where to and how: an origin, the trust for it (None: not encrypted), and the proxy before it."""

    origin: str
    trust: ssl.SSLContext | None
    proxy: str | None = None

    @property
    def authority(self) -> str:
        """Host and port as the ``Host`` header has them."""
        return urlsplit(self.origin).netloc


class Connection:
    """Serves one exchange after the other as long as both sides keep it open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._state = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_CAP)

    async def ask(self, request: Request) -> h11.Response:
        """Send a request, return the head of its answer. Raises :class:`Interrupted`, :class:`Malformed`."""
        try:
            sent = self._request(request)
        except h11.LocalProtocolError:
            raise Malformed from None
        try:
            self._writer.write(sent)
            await self._writer.drain()
            while not isinstance(event := await self._event(), h11.Response):
                if not isinstance(event, h11.InformationalResponse):
                    raise Interrupted
        except OSError:
            raise Interrupted from None
        return event

    async def piece(self) -> bytes | None:
        """Return the next piece of the body, ``None`` at its end. Raises :class:`Interrupted`."""
        try:
            event = await self._event()
        except OSError:
            raise Interrupted from None
        if isinstance(event, h11.Data):
            return bytes(event.data)
        if isinstance(event, h11.EndOfMessage):
            return None
        raise Interrupted

    def renew(self) -> bool:
        """Make ready for another exchange; ``False``: one of both sides wants no other."""
        done = self._state.our_state is h11.DONE and self._state.their_state is h11.DONE
        if not done or self._state.trailing_data[0] or not self.quiet:
            return False
        self._state.start_next_cycle()
        return True

    @property
    def quiet(self) -> bool:
        """Whether nothing came since the last answer, the end neither."""
        return not (self._reader.at_eof() or self._writer.is_closing())

    def drop(self) -> None:
        """End it now."""
        self._writer.transport.abort()

    async def encrypt(self, trust: ssl.SSLContext, host: str) -> None:
        """Go on encrypted behind a proxy that has connected us, with an exchange of our own."""
        await self._writer.start_tls(trust, server_hostname=host)
        self._state = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_CAP)

    def _request(self, request: Request) -> bytes:
        headers = [*request.headers.items(), ("content-length", str(len(request.body)))]
        if not request.body and request.method in {"GET", "CONNECT"}:
            headers.pop()
        head = h11.Request(method=request.method, target=request.target, headers=headers)
        parts = [head, h11.Data(data=request.body)] if request.body else [head]
        return b"".join(self._state.send(part) or b"" for part in (*parts, h11.EndOfMessage()))

    async def _event(self) -> object:
        """Raises :class:`Interrupted` on what is no HTTP, :class:`OSError` when the line breaks."""
        try:
            while (event := self._state.next_event()) is h11.NEED_DATA:
                self._state.receive_data(await self._reader.read(_CHUNK))
        except h11.RemoteProtocolError:
            raise Interrupted from None
        return event


async def connect(route: Route) -> Connection:
    """Open a connection to an origin. Raises :class:`Offline`, :class:`Untrusted`: nothing was sent."""
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            if route.proxy is None:
                return await _dial(urlsplit(route.origin), route.trust)
            return await _through(route, urlsplit(route.proxy))
    except ssl.SSLCertVerificationError:
        raise Untrusted from None
    except (OSError, TimeoutError, Interrupted, Malformed, ValueError):
        raise Offline from None


async def _dial(place: SplitResult, trust: ssl.SSLContext | None) -> Connection:
    reader, writer = await asyncio.open_connection(
        place.hostname,
        place.port or _PORTS[place.scheme],
        ssl=trust,
        limit=_CHUNK,
        happy_eyeballs_delay=None if is_loopback(place.hostname or "") else _TRIES_APART,
    )
    return Connection(reader, writer)


async def _through(route: Route, proxy: SplitResult) -> Connection:
    """Have a proxy connect us (RFC 9110, 9.3.6); it sees names and lengths, the rest is encrypted."""
    target = urlsplit(route.origin)
    trust = ssl.create_default_context() if proxy.scheme == "https" else None
    connection = await _dial(proxy, trust)
    try:
        authority = f"{_bracketed(target)}:{target.port or _PORTS[target.scheme]}"
        headers = {"host": authority} | _credentials(proxy)
        answer = await connection.ask(Request("CONNECT", authority, headers))
        if not 200 <= answer.status_code < 300 or route.trust is None:
            raise Offline
        await connection.encrypt(route.trust, target.hostname or "")
    except BaseException:
        with suppress(RuntimeError):
            connection.drop()
        raise
    return connection


def _bracketed(place: SplitResult) -> str:
    host = place.hostname or ""
    return f"[{host}]" if ":" in host else host


def _credentials(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"proxy-authorization": f"Basic {b64encode(pair.encode()).decode('ascii')}"}
