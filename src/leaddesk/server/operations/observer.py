"""What passes the server, seen from outside the gate: an id for each request, a metric, a line in the log.

The line holds method, route template, status, duration, pseudonyms of the day; never a path, query or body.
"""

import logging
import secrets
import time
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leaddesk.server.operations.logs import FACTS, DailyNames
from leaddesk.server.operations.metrics import Metrics

WHO = "leaddesk.who"
"""Key of the ASGI scope under which a guard leaves the caller's tenant and person, for pseudonyms."""

REQUESTS, SECONDS, RUNNING = (
    "leaddesk_requests_total",
    "leaddesk_request_duration_seconds",
    "leaddesk_requests_running",
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NO_ROUTE = "none"

_log = logging.getLogger("leaddesk.server.requests")


@dataclass(frozen=True, slots=True)
class Watch:
    """Where what is observed goes."""

    metrics: Metrics
    names: DailyNames


class Observer:
    """Outermost middleware. A stream is told when it ends."""

    def __init__(self, app: ASGIApp, watch: Watch) -> None:
        self._app = app
        self._metrics = metrics = watch.metrics
        self._names = watch.names
        self._running = 0
        metrics.counter(REQUESTS, "Answered requests by method, route and status")
        metrics.histogram(SECONDS, "Time from request to the end of its answer by route")
        metrics.gauge(RUNNING, "Requests and streams that are running now", lambda: self._running)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, request_id, began = 0, secrets.token_hex(8), time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", []).append((b"x-request-id", request_id.encode()))
            await send(message)

        self._running += 1
        try:
            await self._app(scope, receive, answer)
        finally:
            self._running -= 1
            self._note(scope, status, request_id, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, request_id: str, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = str(getattr(scope.get("route"), "path", _NO_ROUTE))
        self._metrics.count(REQUESTS, (("method", method), ("route", route), ("status", str(status))))
        self._metrics.observe(SECONDS, seconds, (("route", route),))
        if not _log.isEnabledFor(logging.INFO):
            return
        facts: dict[str, Any] = {"requestId": request_id, "method": method, "route": route, "status": status}
        facts["durationMs"] = round(seconds * 1_000, 1)
        for kind, thing_id in scope.get(WHO, {}).items():
            facts[kind] = self._names.of(kind, thing_id)
        _log.info("request", extra={FACTS: facts})
