"""Two instances of the platform, each a server of its own with its own marker, and one person at both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import pytest

from leaddesk.contract.ids import LeadId
from leaddesk.desk.seats.seat import Origin, Seat
from leaddesk.desk.seats.seats import Seats
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.profiles.drawer import Cabinet
from leaddesk.settings.address import ServerAddress, read_address
from leaddesk.store.store import Store
from leaddesk.wiring.seating import HouseRules, connect, furnish
from tests.desk.conftest import served
from tests.support.trade import PASSWORD, Trade, opened

PATIENCE = 60.0
SENT: list[tuple[str, bytes]] = []
"""What all seats sent; of the module, for what a seat holds is looked through."""
NOW = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)


@dataclass
class Instance:
    """A server, its address, and the marker that every value of its leads carries."""

    trade: Trade
    address: ServerAddress
    marker: str
    leads: list[LeadId]


@dataclass
class Company:
    """The seats of one window."""

    live: Instance
    brand: Instance
    cabinet: Cabinet
    made: list[Seat] = field(default_factory=list)
    work: list[asyncio.Task[None]] = field(default_factory=list)
    shared: Store | None = None

    def make(self, origin: Origin) -> Seat:
        """Make a seat as wiring does, with an ear on its line; ``shared`` plants one store for all."""
        line = connect(origin, self.cabinet, HouseRules())
        http: httpx.AsyncClient = line.client._http
        http.event_hooks = {"request": [hear]}
        seat = furnish(line, lambda: NOW, self.shared)
        self.made.append(seat)
        return seat

    async def sit(self, seats: Seats | None, at: Instance, first: str) -> Seats:
        """Sign somebody in at an instance, in the first seat or a new one, and let the desk work."""
        if seats is None:
            seats = Seats(self.make(Origin(at.address)), self.make, self.cabinet)
            seat = seats.front
        else:
            seat = seats.add(at.address)
        email = Personal(f"{first.lower()}@x.example")
        outcome = await seat.desk.sign_in.sign_in(email, Secret(PASSWORD))
        assert outcome.code == "ok", outcome
        self.work.append(asyncio.create_task(seat.desk.run()))
        await until(lambda: seat.desk.sync.progress.value.done)
        return seats

    async def rest(self) -> None:
        """End all work."""
        for task in self.work:
            task.cancel()
        await asyncio.gather(*self.work, return_exceptions=True)

    async def close(self) -> None:
        """End all work and every connection, whatever the seats have done themselves."""
        await self.rest()
        for seat in self.made:
            await seat.leave()
        await asyncio.sleep(0.02)


class Page:
    """Signs out as a seat's page does: the task is the page's, and the page goes with the seat."""

    def __init__(self, seats: Seats, seat: Seat) -> None:
        self.removing: list[asyncio.Task[None]] = []
        self._seats, self._seat = seats, seat
        self._subscriptions = (
            seat.desk.sign_in.state.changed.subscribe(self._state_changed),
            seats.changed.subscribe(lambda _: self.leaving.cancel()),
        )
        self.leaving = asyncio.create_task(seat.desk.sign_in.sign_out())

    def _state_changed(self, _state: object) -> None:
        self.removing.append(asyncio.create_task(self._seats.remove(self._seat)))

    async def gone(self) -> None:
        """Wait until both tasks are over: the page's, which may have been called off, and the seat's."""
        await asyncio.gather(self.leaving, return_exceptions=True)
        await asyncio.gather(*self.removing)


async def is_known(seat: Seat, access: str) -> bool:
    """Ask a seat's server whether it takes a token."""
    async with httpx.AsyncClient(base_url=seat.address, trust_env=False, timeout=60) as http:
        return (await http.get("/me", headers={"authorization": access})).status_code == 200


async def access_of(seat: Seat) -> str:
    """Return the token a seat asks with, which its server takes."""
    authorization = (await seat.session.bearer.enter()).authorization
    assert authorization is not None
    assert await is_known(seat, authorization.reveal())
    return authorization.reveal()


async def hear(request: httpx.Request) -> None:
    """Keep what is sent, and to whom."""
    whole = str(request.url).encode() + b"\n" + repr(request.headers.raw).encode() + request.content
    SENT.append((f"{request.url.scheme}://{request.url.netloc.decode()}", whole))


async def until(true: Callable[[], object]) -> None:
    """Wait with patience."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - any state of any desk
            await asyncio.sleep(0.01)


@asynccontextmanager
async def instances() -> AsyncIterator[tuple[Instance, Instance]]:
    """Serve both; each has three leads."""
    async with AsyncExitStack() as stack:
        found = []
        for marker in (" LIVE-7c1e ü–😀", " BRAND-93ab ü–😀"):
            trade = await stack.enter_async_context(opened())
            url = await stack.enter_async_context(served(trade.app))
            leads = trade.add_leads(3, marker=marker)
            found.append(Instance(trade, read_address(url, "test"), marker, leads))
        yield found[0], found[1]


@pytest.fixture
async def company() -> AsyncIterator[Company]:
    """Nobody has signed in yet."""
    async with instances() as (live, brand):
        SENT.clear()
        made = Company(live, brand, MemoryVault())
        yield made
        await made.close()
