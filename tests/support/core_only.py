"""The reference server as one that speaks only the public core: every other address is unknown to it.

It stands before the real application: keys, rights, networks, paging and answers are the server's own. Bulk
answers are an extension too: whoever accepts them gets the core's pages.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

_CORE = re.compile(
    r"""GET\ /test
    | (GET|POST)\ /leads
    | (GET|PATCH)\ /leads/[^/]+
    | POST\ /leads/[^/]+/(commissions|attachments)
    | GET\ /leads/[^/]+/duplicates
    | (GET|POST)\ /leads/[^/]+/notes
    | GET\ /(forms|notes)
    | POST\ /markets/[^/]+/brokerages
    | (GET|POST)\ /sales-partners
    | (GET|PATCH|DELETE)\ /sales-partners/[^/]+
    | POST\ /sales-partners/[^/]+/end
    | POST\ /webhooks
    | DELETE\ /webhooks/[^/]+""",
    re.VERBOSE,
)


class Unknown(Enum):
    """How an address is answered that the server does not have: status, media type, body."""

    PAGE = (404, b"text/html; charset=utf-8", b"<h1>Not Found</h1>")
    JSON = (404, b"application/json", b'{"message":"Not Found"}')
    GATEWAY = (403, b"application/json", b'{"message":"Missing Authentication Token"}')


class CoreOnly:
    """An ASGI application. ``asked``: what was asked for beyond the core, and with which credential."""

    def __init__(self, app: Any, unknown: Unknown = Unknown.PAGE) -> None:
        self._app, self._unknown = app, unknown
        self.asked: list[str] = []
        self.heard: list[str] = []
        self.instead: tuple[int, bytes, bytes] | None = None
        """What every address answers, when something stands in the way."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass on what is core."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        call = f"{scope['method']} {scope['path']}"
        self.heard.append(call)
        if self.instead is not None:
            await _say(send, *self.instead)
        elif _CORE.fullmatch(call):
            headers = [(k, v) if k != b"accept" else (k, b"application/json") for k, v in scope["headers"]]
            await self._app({**scope, "headers": headers}, receive, send)
        else:
            self.asked.append(call)
            await _say(send, *self._unknown.value)


async def _say(send: Any, status: int, media: bytes, body: bytes) -> None:
    headers = [(b"content-type", media), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
