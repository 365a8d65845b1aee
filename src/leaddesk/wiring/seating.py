"""What a seat is made of: its own way to the server, session, store and desk; and its pages."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leaddesk.settings.address import DEMO_SERVER, LIVE_SERVER, ServerAddress
from leaddesk.settings.settings import name_of
from leaddesk.ui.kit.brand.instance import Instance, InstanceKind

if TYPE_CHECKING:
    from datetime import datetime

    from leaddesk.api.client import ApiClient
    from leaddesk.contract.signin import ServerInfo
    from leaddesk.desk.seats.seat import Origin, Seat
    from leaddesk.session.profiles.drawer import Cabinet
    from leaddesk.session.session import Session
    from leaddesk.settings.managed.reading import Reading
    from leaddesk.settings.proxies.choice import Network
    from leaddesk.settings.settings import Settings
    from leaddesk.store.store import Store
    from leaddesk.ui.signin.servers import Servers


@dataclass(frozen=True)
class HouseRules:
    """What this machine says of servers: how they are called, and the way to them."""

    reading: Reading | None = None

    def name(self, address: ServerAddress) -> Instance:
        """Return the instance at an address, as this computer calls it."""
        named = self.reading.managed.named(address.url) if self.reading is not None else None
        return instance_at(address, named.name if named is not None else None)

    def allows(self, address: ServerAddress) -> bool:
        """Tell whether one may work with a server on this machine."""
        return self.reading is None or self.reading.managed.allows(address.url)

    @property
    def idle_minutes(self) -> int | None:
        """The longest wait before the lock, where it was decided."""
        return self.reading.managed.idle_minutes if self.reading is not None else None

    def network(self) -> Network:
        """Return what the machine's managed settings say of the way out."""
        from leaddesk.settings.proxies.choice import Network

        if self.reading is None:
            return Network()
        managed = self.reading.managed
        return Network(managed.proxy, managed.exempt, self.reading.authorities)


def rules_of(settings: Settings) -> HouseRules:
    """Return the rules of a start."""
    return HouseRules(settings.managed)


@dataclass(frozen=True)
class Place:
    """Which server a window begins with, how servers are named, and where sessions are kept.

    ``only``: the person named this server, so that sign-ins at others stay in the keyring. ``begin_anew``
    replaces this process once nobody is signed in; windows of a demo have no such way.
    """

    address: ServerAddress
    instance: Instance
    vault: Cabinet
    only: bool = True
    rules: HouseRules = HouseRules()
    begin_anew: Callable[[str], object] | None = None

    def servers(self) -> Servers:
        """Return where one could sign in: what is managed, else the platform's own and what is typed."""
        from leaddesk.ui.signin.servers import Servers

        reading = self.rules.reading
        if reading is None or (reading.fault is not None and reading.managed.typed):
            own = {self.instance.name: self.address.url, "Live": LIVE_SERVER, "Demo": DEMO_SERVER}
            servers = {address: name for name, address in reversed(own.items())}
            listed = tuple((name, address) for address, name in reversed(servers.items()))
            return Servers(listed, typed=True, unclear=reading is not None)
        managed = reading.managed
        listed = tuple((one.name, one.address.url) for one in managed.instances)

        def of(email: str) -> str | None:
            found = managed.instance_for(email)
            return found.address.url if found is not None else None

        return Servers(listed, managed.typed, reading.fault is not None, of)

    def admits(self, address: ServerAddress) -> bool:
        """Tell whether a kept sign-in at a server is gone on with."""
        return (address.url == self.address.url or not self.only) and self.rules.allows(address)

    def name(self, address: ServerAddress) -> Instance:
        """Return the instance at an address, as this computer calls it."""
        return self.instance if address.url == self.address.url else self.rules.name(address)


def instance_at(address: ServerAddress, name: str | None = None) -> Instance:
    """Return the paint of a server, and what it is called: ``name``, unless that is only its host's."""
    kinds = {LIVE_SERVER: InstanceKind.LIVE, DEMO_SERVER: InstanceKind.DEMO}
    kind = kinds.get(address.url, InstanceKind.BRAND)
    host = name_of(address)
    return Instance(name or host, kind, settled=name not in (None, host))


@dataclass(frozen=True)
class Line:
    """The person's session with the server, and a client that carries it."""

    origin: Origin
    client: ApiClient
    session: Session
    close: Callable[[], Awaitable[None]]


class Near:
    """A way to a server that is opened while the keyring is asked; nothing of a person is sent on it (P2)."""

    def __init__(self, address: ServerAddress, rules: HouseRules) -> None:
        from leaddesk.api.client import ApiClient
        from leaddesk.api.transport import open_http

        self.address, self.http = address, open_http(address, rules.network())
        self.offers: ServerInfo | None = None
        self._client = ApiClient(self.http)

    async def greet(self) -> None:
        """Ask what it offers, as anybody may; what fails is met again by who needs it."""
        from leaddesk.api.errors import ApiError
        from leaddesk.api.signin import discover

        with contextlib.suppress(ApiError):
            self.offers = await discover(self._client)


def connect(origin: Origin, vault: Cabinet, rules: HouseRules, near: Near | None = None) -> Line:
    """Open a way to a server, or take the one that is open, and a session in a drawer of its own."""
    from leaddesk.api.client import ApiClient
    from leaddesk.api.transport import open_http
    from leaddesk.session.profiles.drawer import Drawer
    from leaddesk.session.renewal.neighbours import Neighbours
    from leaddesk.session.session import Session

    address = origin.address
    http = near.http if near is not None else open_http(address, rules.network())
    neighbours = Neighbours()
    drawer = Drawer(vault, origin.profile, searches=origin.searches)
    session = Session(ApiClient(http), drawer, address.url, neighbours)
    if near is not None:
        session.foretold = lambda: near.offers

    async def close() -> None:
        neighbours.leave()
        drawer.leave()
        await http.aclose()

    return Line(origin, ApiClient(http, session.bearer), session, close)


def furnish(line: Line, clock: Callable[[], datetime], store: Store | None = None) -> Seat:
    """Put a store and a desk behind a line."""
    from leaddesk.desk.desk import Desk
    from leaddesk.desk.seats.seat import Seat
    from leaddesk.store.store import Store

    shelves = store or Store()
    return Seat(
        line.origin, line.session, shelves, Desk(line.client, line.session, shelves, clock), line.close
    )
