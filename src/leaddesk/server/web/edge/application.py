"""The ASGI application around a set of routes: gate, problems, no redirects."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Match, Router
from starlette.types import Receive, Scope, Send

from leaddesk.server.database.threads import Threads
from leaddesk.server.identity.facade import Identity
from leaddesk.server.operations.observer import Observer, Watch
from leaddesk.server.web.edge.access import RECORDS, Records
from leaddesk.server.web.edge.gate import IDENTITY, Gate
from leaddesk.server.web.edge.limits import LIMITER, Limiter, Limits
from leaddesk.server.web.edge.problems import HANDLERS
from leaddesk.server.web.edge.routes import THREADS, Described

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def nothing_alongside(_app: Starlette) -> AsyncIterator[None]:
    """A life without background work."""
    yield


def application(
    identity: Identity,
    routes: Sequence[BaseRoute],
    lifespan: Lifespan = nothing_alongside,
    limits: Limits | None = None,
    records: Records | None = None,
    watch: Watch | None = None,
    threads: Threads | None = None,
) -> Starlette:
    """Build the application. Every answer passes the gate; every error is a problem.

    Without ``records`` nothing can be put on record, so endpoints that read personal data answer 503.
    A trailing slash is another path, not a redirect: redirects would carry credentials along (D6).
    """
    large = {
        route.path: route.largest_body
        for route in routes
        if isinstance(route, Described) and route.largest_body is not None
    }
    beside = {
        IDENTITY: identity,
        LIMITER: Limiter(limits or Limits()),
        RECORDS: records,
        THREADS: threads or Threads(0),
    }
    observed = [Middleware(Observer, watch=watch)] if watch else []
    app = Starlette(
        routes=routes,
        middleware=[*observed, Middleware(Gate, beside=beside, large=large)],
        exception_handlers=dict(HANDLERS),
        lifespan=lifespan,
    )
    app.router = Directory(routes, lifespan)
    return app


class Directory(Router):
    """Finds a path without parameters by one look; the others, and refusals, as Starlette does.

    Starlette tries one expression after the other, 0.5 µs each, and there are eighty.
    """

    def __init__(self, routes: Sequence[BaseRoute], lifespan: Lifespan = nothing_alongside) -> None:
        super().__init__(routes, redirect_slashes=False, lifespan=lifespan)
        literal = [route for route in routes if isinstance(route, Described) and "{" not in route.path]
        asked = {(route.method, route.path) for route in literal}
        self._beginnings = [(route, _beginning(route)) for route in routes]
        self.known = {one: self._first(*one) for one in asked}

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        asked = (str(scope.get("method")), str(scope.get("path")))
        known = None if scope.get("root_path") else self.known.get(asked)
        if known is None:
            await super().app(scope, receive, send)
            return
        route, found = known
        scope.setdefault("router", self)
        scope["route"] = route
        scope.update(found, path_params=dict(found["path_params"]))
        await route.handle(scope, receive, send)

    def _first(self, method: str, path: str) -> tuple[BaseRoute, Scope]:
        """Find what Starlette would: an earlier route with a parameter may take the path."""
        scope = {"type": "http", "method": method, "path": path}
        may = (route for route, beginning in self._beginnings if path.startswith(beginning))
        found = ((route, *route.matches(scope)) for route in may)
        return next((route, child) for route, match, child in found if match is Match.FULL)


def _beginning(route: BaseRoute) -> str:
    """What every path begins with that a route takes: all up to its first parameter."""
    return route.path.partition("{")[0] if isinstance(route, Described) else ""
