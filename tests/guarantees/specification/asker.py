"""Asking the server beside schemathesis' own cases: on the same loop, uncounted and unjudged."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import count
from typing import Any

from schemathesis.python import asgi
from starlette.types import ASGIApp, Receive, Scope, Send

NEIGHBOURS = ("/metrics",)
"""Paths that are answered on the server's own machine only."""


class Asker:
    """Asks as one of the callers."""

    def __init__(self, app: ASGIApp, texts: dict[str, str]) -> None:
        self._client = asgi.get_client(app)
        self._texts = texts

    def ask(self, who: str, method: str, path: str, **sent: Any) -> Any:
        """Send one request (``json``, ``data``, ``files`` as requests has them) and return the answer."""
        headers = {"Authorization": self._texts[who], "Idempotency-Key": str(uuid.uuid4())}
        with self._client as client:
            return client.request(method, path, headers=headers, **sent)

    def forget(self) -> None:
        """Be another browser from here on."""
        self._client.cookies.clear()

    def told(self, who: str, path: str) -> Any:
        """Return what a reading answered; nothing if it was refused."""
        answer = self.ask(who, "GET", path)
        return answer.json() if answer.status_code == 200 else None

    def done(self, who: str, path: str, **body: Any) -> Any:
        """Change something and return the answer's body; nothing if there is none, or it was refused."""
        answer = self.ask(who, "POST", path, json=body)
        return answer.json() if answer.status_code in (200, 201) else None


class ManyPlaces:
    """The application asked from another network each time: sign-in counts the failures of each."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._numbers: Iterator[int] = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say from where, and pass on."""
        if scope["type"] == "http":
            number = next(self._numbers)
            place = f"100.{64 + number // 65_536 % 64}.{number // 256 % 256}.{number % 256}"
            scope["client"] = ["127.0.0.1" if scope["path"] in NEIGHBOURS else place, 50_000]
        await self._app(scope, receive, send)
