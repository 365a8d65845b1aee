"""B6: two windows of one person are refused hundreds of calls at the same moment and renew the tokens once.

The server takes the second use of a refresh token for theft and ends the session, as real ones do.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from leaddesk.api.call import Call
from leaddesk.api.client import ApiClient
from leaddesk.personal.masked import Secret
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.renewal.bearer import Bearer
from leaddesk.session.renewal.neighbours import Neighbours
from leaddesk.session.tokens import Profile, random_name
from tests.guarantees.figure import Figure
from tests.session.conftest import ADDRESS, TokenServer

GET = Call("GET", "/me")
CALLS, SHORT, FULL = 200, 5, 100


class Window:
    """One window of the person, as far as its session goes."""

    def __init__(self, client: ApiClient, name: str, *, meets: bool = True) -> None:
        self.neighbours = Neighbours() if meets else None
        self.bearer = Bearer(client, MemoryVault(), neighbours=self.neighbours)
        self.bearer.begin(Profile(name, ADDRESS, Secret("r0")))
        self.api = ApiClient(client._http, self.bearer)

    async def ask(self, count: int = 1) -> None:
        """Make calls at the same moment."""
        found = await asyncio.gather(*(self.api.ask(GET) for _ in range(count)), return_exceptions=True)
        for error in found:
            if isinstance(error, BaseException):
                raise error


@asynccontextmanager
async def windows(
    client: ApiClient, name: str, *, meets: bool = True
) -> AsyncIterator[tuple[Window, Window]]:
    """Two windows with one profile."""
    both = Window(client, name, meets=meets), Window(client, name, meets=meets)
    try:
        yield both
    finally:
        for one in both:
            one.bearer.drop()


async def guarantee(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Refuse everything again and again; with ``planted`` the windows do not agree."""
    rounds, findings = FULL if os.environ.get("FULL") == "1" else SHORT, list[str]()
    tokens = TokenServer()
    async with (
        httpx.AsyncClient(base_url=ADDRESS, transport=httpx.MockTransport(tokens.handle)) as http,
        windows(ApiClient(http), random_name(), meets=not planted) as both,
    ):
        for number in range(rounds):
            tokens.access.clear()
            tokens.refreshes, tokens.delay = 0, 0.001 * (number % 4)
            found = await asyncio.gather(*(one.ask(CALLS) for one in both), return_exceptions=True)
            findings += [f"round {number}: {type(error).__name__}" for error in found if error is not None]
            if tokens.refreshes != 1:
                findings.append(f"round {number}: {tokens.refreshes} renewals")
            if findings:
                break
    sentence = "one renewal: {found} of {looked:,} refused calls too many"
    return Figure(sentence, len(both) * CALLS * rounds, tuple(findings))
