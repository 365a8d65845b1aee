"""Assembly: the demo population in memory and the application that serves it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.applications import Starlette

from leaddesk.server.announcement import Credentials, enter_people
from leaddesk.server.eventlog.memory import MemoryStorage
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.people import People
from leaddesk.server.seed.plant import plant
from leaddesk.server.seed.population import Population
from leaddesk.server.seed.stored import Source
from leaddesk.server.web.catalogue import core_routes
from leaddesk.server.web.edge.application import application
from leaddesk.server.web.edge.limits import Limits
from leaddesk.server.web.entrance import operations, people, signin
from leaddesk.server.web.entrance.neighbours import neighbours_of
from leaddesk.server.web.openapi.endpoints import with_document
from leaddesk.server.web.services import Services, build_services, run_background

INSTANCE = "Demo"


@dataclass(frozen=True, slots=True)
class DemoApp:
    """An application with its population, and the credentials of this run."""

    app: Starlette
    services: Services
    population: Population
    credentials: list[Credentials] = field(repr=False)


def build_demo(leads: int, clock: Callable[[], datetime]) -> DemoApp:
    """Build a server in memory with the demo population. Raises ``ValueError`` for a negative number."""
    return demo_of(Population(leads, clock=clock), clock)


def demo_of(population: Population, clock: Callable[[], datetime], source: Source | None = None) -> DemoApp:
    """Build a server in memory with a population, its leads from ``source`` or drawn here."""
    directory = People()
    credentials = enter_people(population.world, directory)
    identity = Identity(clock, directory)
    services = build_services(MemoryStorage(), identity, clock)
    plant(services.office, population, source)
    return DemoApp(build_app(services), services, population, credentials)


def build_app(services: Services, limits: Limits | None = None) -> Starlette:
    """Build the application around running services; without ``limits`` with the usual ones."""
    life = _Life(services)
    routes = [
        *operations.routes(INSTANCE, life.is_running),
        *signin.routes(services.identity),
        *people.routes(services.identity, neighbours_of(services.library, services.identity.people)),
        *core_routes(services),
    ]
    return application(services.identity, with_document(routes), life, limits, services.records())


class _Life:
    """The background work of a running server; without it the server is not ready."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._work: asyncio.Task[None] | None = None

    def is_running(self) -> bool:
        return self._work is not None and not self._work.done()

    @contextlib.asynccontextmanager
    async def __call__(self, _app: Starlette) -> AsyncIterator[None]:
        self._work = asyncio.create_task(run_background(self._services))
        try:
            yield
        finally:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
            self._services.identity.close()
