"""The gate: one ASGI middleware around everything – size limit, security headers, the last net.

Plain ASGI, so that push and bulk streams pass unbuffered.
"""

import logging
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leaddesk.contract.problems import ProblemType
from leaddesk.server.web.edge.problems import ProblemError, invalid, problem_response

MAX_BODY = 256 * 1024
"""Bytes of a request body; the longest text a request may carry is 20,000 characters."""

IDENTITY = "leaddesk.identity"
"""Key of the ASGI scope under which endpoints' guards find :class:`Identity`."""

_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")

_log = logging.getLogger(__name__)


class Gate:
    """Outermost of our middlewares. Invariant: whatever happens inside, the caller gets an answer
    without details, and the log a line without personal data (type and place of the failure only).

    ``beside``: what guards find in the ASGI scope, by its key. ``large``: paths whose bodies may have more
    bytes than others.
    """

    def __init__(self, app: ASGIApp, beside: Mapping[str, object], large: Mapping[str, int]) -> None:
        self._app = app
        self._beside = dict(beside)
        self._large = large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.update(self._beside)
        limit = self._large.get(scope["path"], MAX_BODY)
        answer, body = _Answer(scope, send), _Body(scope, receive, limit)
        try:
            refusal = _refusal_of_length(scope, limit)
            if refusal is not None:
                await problem_response(refusal)(scope, receive, answer)
            else:
                await self._app(scope, body, answer)
        except ClientDisconnect:
            return
        except Exception as error:  # the last net; narrower ones are below
            _log.error("unhandled %s at %s", type(error).__name__, _place(error))
            if not answer.started:
                await problem_response(ProblemError(ProblemType.INTERNAL))(scope, receive, answer)


class _Body:
    """Wraps ``receive``: counts, because a body may come without its length or with a wrong one.

    Nobody reads the body of a GET, and its answer may be a stream that has begun: too much of it ends that.
    """

    def __init__(self, scope: Scope, receive: Receive, limit: int) -> None:
        self._is_read = scope["method"] not in ("GET", "HEAD")
        self._receive = receive
        self._limit = limit
        self._size = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._size <= self._limit:
            return message
        if self._is_read:
            raise _too_large(self._limit)
        return {"type": "http.disconnect"}


class _Answer:
    """Wraps ``send``: adds the headers that are not there yet, notes that the answer has begun."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.started = False
        self._secure = scope["scheme"] == "https"
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self._add_headers(message)
        await self._send(message)

    def _add_headers(self, message: MutableMapping[str, Any]) -> None:
        headers = [*message.get("headers", ())]
        there = {name.lower() for name, _ in headers}
        headers += [header for header in _HEADERS if header[0] not in there]
        if self._secure and _HSTS[0] not in there:
            # over plain HTTP (loopback only, measure A2) it must not be sent: RFC 6797, 7.2
            headers.append(_HSTS)
        message["headers"] = headers


def _refusal_of_length(scope: Scope, limit: int) -> ProblemError | None:
    length = next((value for name, value in scope["headers"] if name == b"content-length"), None)
    if length is None:
        return None
    length = length.decode("latin-1")
    if not (length.isascii() and length.isdigit()):
        return invalid("content-length", "a number of bytes")
    return _too_large(limit) if len(length) > 12 or int(length) > limit else None


def _too_large(limit: int) -> ProblemError:
    """The body is longer than its limit; the connection ends, so that nobody has to read it."""
    return ProblemError(
        ProblemType.TOO_LARGE,
        field="body",
        expected=f"at most {limit} bytes",
        headers={"connection": "close"},
    )


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return ", ".join(f"{frame.name}:{frame.lineno}" for frame in frames[-3:])
