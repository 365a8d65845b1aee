"""The ASGI application around a set of routes: gate, problems, no redirects."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

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
    app.router.redirect_slashes = False
    return app
