"""What a seat is made of: its own way to the server, session, store and desk; and its pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leaddesk.settings.address import DEMO_SERVER, LIVE_SERVER, ServerAddress
from leaddesk.settings.settings import name_of
from leaddesk.ui.kit.brand.instance import Instance, InstanceKind

if TYPE_CHECKING:
    from datetime import datetime

    from leaddesk.api.client import ApiClient
    from leaddesk.desk.seats.seat import Origin, Seat
    from leaddesk.session.profiles.drawer import Cabinet
    from leaddesk.session.session import Session
    from leaddesk.session.tokens import Profile
    from leaddesk.store.store import Store


@dataclass(frozen=True)
class Place:
    """Which server a window begins with, how servers are named, and where sessions are kept.

    ``only``: the person named this server, so that sign-ins at others stay in the keyring.
    """

    address: ServerAddress
    instance: Instance
    vault: Cabinet
    only: bool = True
    naming: Callable[[ServerAddress], Instance] | None = None

    def name(self, address: ServerAddress) -> Instance:
        """Return the instance at an address, as this computer calls it."""
        if address.url == self.address.url or self.naming is None:
            return self.instance
        return self.naming(address)


def instance_at(address: ServerAddress, name: str | None = None) -> Instance:
    """Return the paint of a server, and what it is called."""
    kinds = {LIVE_SERVER: InstanceKind.LIVE, DEMO_SERVER: InstanceKind.DEMO}
    return Instance(name or name_of(address), kinds.get(address.url, InstanceKind.BRAND))


@dataclass(frozen=True)
class Line:
    """The person's session with the server, and a client that carries it."""

    profile: Profile | None
    client: ApiClient
    session: Session
    close: Callable[[], Awaitable[None]]


def connect(address: ServerAddress, vault: Cabinet, profile: Profile | None, searches: bool) -> Line:
    """Open a way to a server, and a session in a drawer of its own."""
    from leaddesk.api.client import ApiClient
    from leaddesk.api.transport import open_http
    from leaddesk.session.profiles.drawer import Drawer
    from leaddesk.session.renewal.neighbours import Neighbours
    from leaddesk.session.session import Session

    http, neighbours = open_http(address), Neighbours()
    drawer = Drawer(vault, profile, searches=searches)
    session = Session(ApiClient(http), drawer, address.url, neighbours)

    async def close() -> None:
        neighbours.leave()
        drawer.leave()
        await http.aclose()

    return Line(profile, ApiClient(http, session.bearer), session, close)


def furnish(origin: Origin, line: Line, clock: Callable[[], datetime], store: Store | None = None) -> Seat:
    """Put a store and a desk behind a line."""
    from leaddesk.desk.desk import Desk
    from leaddesk.desk.seats.seat import Seat
    from leaddesk.store.store import Store

    shelves = store or Store()
    return Seat(origin, line.session, shelves, Desk(line.client, line.session, shelves, clock), line.close)
