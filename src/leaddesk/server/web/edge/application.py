"""The ASGI application around a set of routes: gate, problems, no redirects."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from leaddesk.server.identity.facade import Identity
from leaddesk.server.web.edge.gate import Gate
from leaddesk.server.web.edge.problems import HANDLERS

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def nothing_alongside(_app: Starlette) -> AsyncIterator[None]:
    """A life without background work."""
    yield


def application(
    identity: Identity, routes: Sequence[BaseRoute], lifespan: Lifespan = nothing_alongside
) -> Starlette:
    """Build the application. Every answer passes the gate; every error is a problem.

    A trailing slash is another path, not a redirect: redirects would carry credentials along (D6).
    """
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Gate, identity=identity)],
        exception_handlers=dict(HANDLERS),
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app
