"""The end of a browser sign-in on this machine: a loopback address that takes one answer (RFC 8252, 7.3).

Everybody on this machine, and every web page, can knock here. What counts is a navigation to our path and
address that carries the state we drew, once, and the issuer we asked (RFC 9207); everything else is refused
and waited on (guarantee B8).
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl

from leaddesk.contract.signin import REDIRECT_PATH
from leaddesk.personal.masked import Secret

PATH = REDIRECT_PATH
HOSTS = ("127.0.0.1", "::1")
"""Literal addresses: the name localhost can be pointed elsewhere (RFC 8252, 8.3)."""

_HEAD_BYTES, _HEAD_SECONDS, _AT_ONCE = 16 * 1024, 10.0, 16
_SINGLE = ("state", "code", "iss", "error")
_HEADERS = (
    "content-type: text/html; charset=utf-8",
    "content-security-policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "cache-control: no-store",
    "referrer-policy: no-referrer",
    "x-content-type-options: nosniff",
    "connection: close",
)


class NoLoopback(Exception):
    """This machine lets nobody listen on a loopback address."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What makes an answer ours: the state that was drawn for it, the issuer that was asked."""

    state: Secret
    issuer: str


@dataclass(frozen=True, slots=True)
class Pages:
    """What the browser shows afterwards, as HTML: signed in or not, and for whoever else knocks."""

    heard: bytes
    refused: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser brought: a code, or the error of RFC 6749, 4.1.2.1."""

    code: Secret | None
    error: str = ""


class Callback:
    """Waits at one address; use :func:`listening`."""

    def __init__(self, expected: Expected, pages: Pages) -> None:
        self._expected, self._pages = expected, pages
        self._answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._talks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._authority = ""
        self.refused = 0
        """How many requests were not the answer."""

    @property
    def redirect_uri(self) -> str:
        """Where the browser is to be sent."""
        return f"http://{self._authority}{PATH}"

    async def answer(self, seconds: float) -> Answer:
        """Wait for the answer. Raises ``TimeoutError``."""
        async with asyncio.timeout(seconds):
            return await asyncio.shield(self._answer)

    async def listen(self, host: str) -> asyncio.Server:
        """Begin to listen at any free port of a loopback address. Raises ``OSError``."""
        server = await asyncio.start_server(self._serve, host, 0, limit=_HEAD_BYTES)
        port = server.sockets[0].getsockname()[1]
        self._authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return server

    async def close(self) -> None:
        """End the talks that are under way."""
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*self._talks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        self._writers.add(writer)
        try:
            if len(self._writers) <= _AT_ONCE:
                await self._talk(reader, writer)
        finally:
            writer.close()
            self._writers.discard(writer)
            self._talks.discard(talk)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        broken = (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)
        with contextlib.suppress(*broken):
            async with asyncio.timeout(_HEAD_SECONDS):
                writer.write(self._reply(await reader.readuntil(b"\r\n\r\n")))
                await writer.drain()

    def _reply(self, head: bytes) -> bytes:
        found = None if self._answer.done() else read_answer(head, self._authority, self._expected)
        if found is None:
            self.refused += 1
            return _response("400 Bad Request", self._pages.refused)
        self._answer.set_result(found)
        return _response("200 OK", self._pages.heard if found.code else self._pages.refused)


@asynccontextmanager
async def listening(expected: Expected, pages: Pages) -> AsyncIterator[Callback]:
    """Listen for one answer until the end of the block. Raises :class:`NoLoopback`."""
    callback = Callback(expected, pages)
    server = await _bound(callback)
    try:
        yield callback
    finally:
        server.close()
        await callback.close()


async def _bound(callback: Callback) -> asyncio.Server:
    for host in HOSTS:
        with contextlib.suppress(OSError):
            return await callback.listen(host)
    raise NoLoopback


def read_answer(head: bytes, authority: str, expected: Expected) -> Answer | None:
    """Read the head of a request; nothing unless it is the answer that is waited for."""
    try:
        request, *lines = head.decode("ascii").split("\r\n")[:-2]
        method, target, version = request.split(" ")
        headers = dict(_header(line) for line in lines)
    except ValueError:
        return None
    path, _, query = target.partition("?")
    if (method, path, version) != ("GET", PATH, "HTTP/1.1") or len(headers) != len(lines):
        return None
    if headers.get("host") != authority or not _is_navigation(headers):
        return None
    return _read_query(query, expected)


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name or name != name.strip():
        raise ValueError("not a header")
    return name.lower(), value.strip()


def _is_navigation(headers: dict[str, str]) -> bool:
    """Tell whether a person's browser went here, as far as it says; old ones say nothing."""
    mode, kind = headers.get("sec-fetch-mode", "navigate"), headers.get("sec-fetch-dest", "document")
    return (mode, kind) == ("navigate", "document") and "origin" not in headers


def _read_query(query: str, expected: Expected) -> Answer | None:
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=16
        )
    except ValueError:
        return None
    said = dict(pairs)
    if any(sum(name == one for name, _ in pairs) > 1 for one in _SINGLE):
        return None
    if not _is_same(said.get("state", ""), expected.state.reveal()) or said.get("iss") != expected.issuer:
        return None
    code, error = said.get("code", ""), said.get("error", "")
    if bool(code) == bool(error):
        return None
    return Answer(Secret(code) if code else None, error)


def _is_same(said: str, meant: str) -> bool:
    return hmac.compare_digest(said.encode(), meant.encode())


def _response(status: str, page: bytes) -> bytes:
    lines = (f"HTTP/1.1 {status}", *_HEADERS, f"content-length: {len(page)}", "", "")
    return "\r\n".join(lines).encode("ascii") + page
