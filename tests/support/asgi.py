"""Speaks ASGI itself: HTTP clients would refuse to send most of what these tests send."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

PATIENCE = 60.0
STREAM_SECONDS = 0.05
"""How long a stream may go on talking before it is left."""


@dataclass
class Answer:
    """What came back; a stream is cut off after a moment."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def media_type(self) -> str:
        """The content type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def everything(self) -> bytes:
        """Body and headers, to be searched."""
        return self.body + repr(self.headers).encode()

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


async def exchange(
    app: Any,
    method: str,
    path: str,
    *,
    query: bytes = b"",
    headers: dict[str, str | bytes] | None = None,
    body: bytes = b"",
) -> Answer:
    """Send one request and wait for its answer, or for the beginning of a stream."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": query,
        "headers": [(name.lower().encode(), _raw(value)) for name, value in (headers or {}).items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    line = _Line(body)
    async with asyncio.timeout(PATIENCE):
        await app(scope, line.receive, line.send)
    return line.answer


class _Line:
    """Both directions of one request."""

    def __init__(self, body: bytes) -> None:
        self.answer = Answer()
        self._parts = [{"type": "http.request", "body": body, "more_body": False}]
        self._left = asyncio.Event()

    async def receive(self) -> Any:
        """Give the body, then wait until the test goes away."""
        if self._parts:
            return self._parts.pop()
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        """Take head and body; a stream is left soon after it began."""
        if message["type"] == "http.response.start":
            self.answer.status = message["status"]
            self.answer.headers = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message["headers"]
            }
        self.answer.body += message.get("body", b"")
        if self.answer.media_type == "text/event-stream":
            asyncio.get_running_loop().call_later(STREAM_SECONDS, self._left.set)


def _raw(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1", "replace")
