"""Assembly: the demo population in memory and the application that serves it."""

import socket
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from leaddesk.contract.brand import Brand
from leaddesk.personal.masked import Secret
from leaddesk.server.announcement import Credentials, enter_people
from leaddesk.server.archive.heads import sign_heads
from leaddesk.server.eventlog.memory import MemoryStorage
from leaddesk.server.eventlog.storage import Storage
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.firms.arriving import Arrivals
from leaddesk.server.identity.firms.domains import Domains
from leaddesk.server.identity.firms.providers import Providers
from leaddesk.server.identity.people import People
from leaddesk.server.identity.storage.books import Books
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.leases.turn import Turn
from leaddesk.server.life import Life, measured
from leaddesk.server.mail.letters import Sender
from leaddesk.server.mail.postbox import Postbox, ShownLetters
from leaddesk.server.operations.kinds import Network
from leaddesk.server.operations.logs import DailyNames
from leaddesk.server.operations.observer import Watch
from leaddesk.server.operations.service.figures import CERTIFICATE, Pulse
from leaddesk.server.operations.service.places import Places
from leaddesk.server.operations.upkeep import (
    SIGNING,
    SIGNING_SECONDS,
    SignedSegments,
    Upkeep,
    witness_of_one_run,
)
from leaddesk.server.seed.plant import plant
from leaddesk.server.seed.population import Population
from leaddesk.server.seed.stored import Source
from leaddesk.server.web.accounts import outbox
from leaddesk.server.web.accounts import pages as account_pages
from leaddesk.server.web.beside.outside import Outside
from leaddesk.server.web.catalogue import core_routes
from leaddesk.server.web.edge.application import application
from leaddesk.server.web.edge.limits import Limits
from leaddesk.server.web.entrance import brand, operations, people, signin
from leaddesk.server.web.entrance.neighbours import neighbours_of
from leaddesk.server.web.entrance.operations import LOOPBACK, Station
from leaddesk.server.web.openapi.endpoints import with_document
from leaddesk.server.web.services import Services, Vaults, build_services
from leaddesk.server.web.signin import authorize, page
from leaddesk.server.web.signin.desk import Desk, Front
from leaddesk.server.web.sso import domains
from leaddesk.server.web.sso.configuring import Configuring
from leaddesk.server.web.sso.firm import Firms, FirmSignIn
from leaddesk.server.web.sso.provider import Speaker

if TYPE_CHECKING:
    from leaddesk.server.archive.signal import Exports
    from leaddesk.server.operations.service.certificate import Certificate

INSTANCE = "Demo"


@dataclass(frozen=True, slots=True)
class Instance:
    """What tells one server from another: its name, who signs, who may read metrics, how long months last,
    whether e-mail and password may be asked for outside a browser, how clients are to paint it.
    """

    name: str = INSTANCE
    witness: Callable[[], SignedSegments] = witness_of_one_run
    metrics_for: tuple[Network, ...] = LOOPBACK
    behind_proxy: bool = False
    retention_months: int = 12
    door: "Door | None" = None
    in_app_form: bool = True
    certificate: "Certificate | None" = None
    outbox: tuple[ShownLetters, Secret] | None = None
    brand: Brand = field(default_factory=Brand)


@dataclass(frozen=True, slots=True)
class Door:
    """Where an operator's orders come in, and the exports they may be about."""

    listener: socket.socket
    exports: "Exports"


@dataclass(frozen=True, slots=True)
class DemoApp:
    """An application with its population, and the credentials of this run."""

    app: Starlette
    services: Services
    population: Population
    credentials: list[Credentials] = field(repr=False)


def build_demo(leads: int, clock: Callable[[], datetime], storage: Storage | None = None) -> DemoApp:
    """Build a server with the demo population. Raises ``ValueError`` for a negative number."""
    return demo_of(Population(leads, clock=clock), clock, storage=storage)


def demo_of(
    population: Population,
    clock: Callable[[], datetime],
    source: Source | None = None,
    storage: Storage | None = None,
    outbox_key: Secret | None = None,
) -> DemoApp:
    """Build a server with a population, its leads from ``source`` or drawn here; in memory by default.

    With ``outbox_key`` it shows, to whoever has that, the mails that nobody gets.
    """
    keys = keys_in_memory(clock=clock)
    directory = People(Books(keys=keys))
    credentials = enter_people(population.world, directory)
    identity = Identity(clock, directory)
    shown = ShownLetters()
    outside = Outside(postbox=Postbox(shown, Sender(INSTANCE, "demo@leaddesk.example")))
    services = build_services(storage or MemoryStorage(), identity, clock, outside, Vaults(keys))
    instance = Instance(outbox=None if outbox_key is None else (shown, outbox_key))
    app = build_app(services, instance=instance)  # while leads are still being drawn
    plant(services.office, population, source)
    return DemoApp(app, services, population, credentials)


def build_app(
    services: Services, limits: Limits | None = None, instance: Instance | None = None
) -> Starlette:
    """Build the application around running services; as the demo, with the usual limits, if not told else."""
    instance = instance or Instance()
    clock = services.office.clock
    upkeep = Upkeep(services.access_log, instance.witness, clock, instance.retention_months)
    upkeep.turn = Turn(services.office.log.leases, SIGNING, SIGNING_SECONDS)
    upkeep.heads = lambda witness: sign_heads(services.office.log, witness, clock)
    life, metrics = Life(services, upkeep), measured(services, upkeep)
    places, box = Places(metrics, services.office.log.keys.places_failing), services.outside.postbox
    life.beside += [Pulse(metrics, life.health).run, places.run, box.run, services.journal.run]
    services.identity.issuer = instance.name
    if (shown := instance.certificate) is not None:
        metrics.gauge(CERTIFICATE, "When the certificate ends, since the epoch", lambda: shown.ends_at)
    if instance.door is not None:
        life.beside.append(_door(services, instance, instance.door, life))
    station = Station(
        instance.name, life.health.failing, metrics, instance.metrics_for, instance.behind_proxy
    )
    front = Front(instance.name, services.outside.public_url, instance.in_app_form)
    routes = [
        *operations.routes(station),
        *brand.routes(instance.brand),
        *signin.routes(services.identity, instance.in_app_form),
        *signing_in(services, front),
        *people.routes(services.identity, neighbours_of(services.library, services.identity.people)),
        *account_pages.routes(services, instance.name),
        *core_routes(services),
    ]
    watch = Watch(metrics, DailyNames(clock))
    beside = (services.records(), watch, services.office.log.threads)
    described = [*with_document(routes), *(outbox.routes(*instance.outbox) if instance.outbox else ())]
    return application(services.identity, described, life, limits, *beside)


def signing_in(services: Services, front: Front) -> list[BaseRoute]:
    """Register signing in with a browser, and over a firm's own sign-in."""
    identity, outside = services.identity, services.outside
    speaker = Speaker(outside.ask, services.office.clock, outside.loopback_hooks)
    books, clock = identity.people.books, services.office.clock
    firms = Firms(Providers(books), Arrivals(identity.people), speaker, Domains(clock, books))
    way = FirmSignIn(Desk(identity, front), firms)
    return [
        *authorize.routes(identity, front, way),
        *page.routes(identity, front, way),
        *way.routes(),
        *Configuring(services, firms, way).routes(),
        *domains.routes(services, firms.domains),
    ]


def _door(
    services: Services, instance: Instance, door: Door, life: Life
) -> Callable[[], Coroutine[Any, Any, None]]:
    """Let an operator's orders in; loaded only where a server has a door."""
    from leaddesk.server.door.porter import About, Porter
    from leaddesk.server.door.threshold import Threshold

    porter = Porter(services, door.exports, About(instance.name, life.health.failing))
    return Threshold(door.listener, porter.carry).run
