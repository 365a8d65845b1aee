"""The ASGI application around a set of routes: gate, problems, no redirects."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from leaddesk.server.identity.facade import Identity
from leaddesk.server.web.edge.gate import Gate
from leaddesk.server.web.edge.limits import Limiter, Limits
from leaddesk.server.web.edge.problems import HANDLERS
from leaddesk.server.web.edge.routes import Described

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
) -> Starlette:
    """Build the application. Every answer passes the gate; every error is a problem.

    A trailing slash is another path, not a redirect: redirects would carry credentials along (D6).
    """
    large = {
        route.path: route.largest_body
        for route in routes
        if isinstance(route, Described) and route.largest_body is not None
    }
    limiter = Limiter(limits or Limits())
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Gate, identity=identity, limiter=limiter, large=large)],
        exception_handlers=dict(HANDLERS),
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app
