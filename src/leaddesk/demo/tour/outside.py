"""The tour's API clients: the same facts asked over HTTP, and the second partner on the event stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from leaddesk.api.client import ApiClient
from leaddesk.api.lead_rows import stream_leads
from leaddesk.api.live import live_events
from leaddesk.api.transport import open_http
from leaddesk.contract.ids import LeadId
from leaddesk.contract.live import LiveKind
from leaddesk.contract.rows import SealedRow, open_block
from leaddesk.demo.child import DemoPerson
from leaddesk.demo.tour.eyes import PATIENCE
from leaddesk.personal.masked import Personal
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.session import Session
from leaddesk.settings.address import read_address

ASK_EVERY = 0.05


class NotTrue(Exception):
    """What the API should say it did not say within the time. Carries our own words only."""


@asynccontextmanager
async def signed_in(url: str, person: DemoPerson) -> AsyncIterator[ApiClient]:
    """Yield an API client that acts for a person, without a window."""
    http = open_http(read_address(url, "tour"))
    session = Session(ApiClient(http), MemoryVault(), url)
    try:
        await session.begin(await session.proof.by_password(Personal(person.email), person.password))
        yield ApiClient(http, session.bearer)
        session.close()
        await session.finish()
    finally:
        await http.aclose()


async def eventually(true: Callable[[], Awaitable[bool]], what: str, seconds: float = PATIENCE) -> None:
    """Ask again until the answer is yes. Raises :class:`NotTrue` when the time is over."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while not await true():
        if loop.time() > until:
            raise NotTrue(what)
        await asyncio.sleep(ASK_EVERY)


async def find_lead(client: ApiClient, name: str) -> LeadId:
    """Return the newest lead of a name as the API lists it. Raises :class:`NotTrue`."""
    found: list[LeadId] = []
    async with stream_leads(client, sort="lead.createdAt") as loading:
        async for rows in loading:
            found += [row.lead.lead_id for row in rows if _name_of(row) == name]
    if not found:
        raise NotTrue("the API does not list the lead")
    return found[-1]


def _name_of(row: SealedRow) -> str:
    prospect = open_block(row.lead.prospect)
    fields = prospect.fields if prospect else {}
    return " ".join(str(fields[label].value) for label in ("Vorname", "Nachname") if label in fields)


class Listener:
    """The second partner: no window, only the stream of pushes."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._heard: list[tuple[LiveKind, str]] = []

    async def listen(self) -> None:
        """Keep what the stream says until cancelled."""
        async with live_events(self._client) as events:
            async for event in events:
                self._heard.append((event.kind, event.subject))

    def count(self, kind: LiveKind) -> int:
        """Return how many messages of a kind were heard."""
        return sum(heard is kind for heard, _ in self._heard)

    async def hears(self, kind: LiveKind, more_than: int) -> None:
        """Wait for one more message of a kind."""

        async def heard() -> bool:
            return self.count(kind) > more_than

        await eventually(heard, f"the second partner was not told ({kind})")
