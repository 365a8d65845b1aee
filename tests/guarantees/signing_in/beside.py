"""B7 with several sign-ins in one window: who signs out of one of two leaves nothing, and the other works on.

Two instances of the platform, a person signed in at each, in the seats of one window with a real keyring. The
page that signs out goes with its seat, at once, and its task with it: what is left to do is another's.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import monotonic
from unittest.mock import patch

import httpx

from leaddesk.desk.seats.seat import Origin, Seat
from leaddesk.desk.seats.seats import Seats
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.session.session import Session
from leaddesk.session.state import SessionState
from leaddesk.session.tokens import Profile
from tests.desk.conftest import Line
from tests.desk.seats.conftest import SENT, Company, Page, access_of, instances, is_known

PATIENCE, PLANTED_PATIENCE = 60.0, 2.0
REVOKING = "/oauth/revoke"


class Silent(httpx.AsyncBaseTransport):
    """A network that takes a request and never answers."""

    async def handle_async_request(self, _request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async def aclose(self) -> None:
        """Nothing is open."""


def spoil(line: Line, weather: str) -> httpx.AsyncBaseTransport:
    """Let a line have this weather; gives what it had, for :func:`mend`."""
    inner, line.cut = line._inner, weather == "cut"
    line._inner = Silent() if weather == "silent" else inner
    return inner


def mend(line: Line, inner: httpx.AsyncBaseTransport) -> None:
    """Let it have fine weather."""
    line._inner, line.cut = inner, False


class _Window(Company):
    """Its seats' lines can be cut, and be silent."""

    def make(self, origin: Origin) -> Seat:
        seat = super().make(origin)
        http = seat.session._client._http
        http._transport = Line(http._transport)
        return seat


async def _given_up(self: Session, _patience: float | None = None) -> None:
    """The planted fault: who is called off leaves the rest to nobody."""
    while self._dropped:
        await self._forget(self._dropped.pop())


@dataclass(frozen=True)
class _Pair:
    """Two seats at work, what the keyring has of them, and with which tokens they ask."""

    staying: Seat
    leaving: Seat
    kept: Profile
    gone: Profile
    mine: str
    used: str


class _OneOfTwo:
    """One window in which one of two signs out."""

    def __init__(self, seats: Seats, looking: KeyringVault, patience: float) -> None:
        self._seats, self._looking, self._patience = seats, looking, patience

    async def go(self, weather: str) -> tuple[float, list[str]]:
        """Sign out of the second; gives how long it took and what is wrong."""
        staying, leaving = self._seats.all
        kept, gone = staying.session.bearer.profile, leaving.session.bearer.profile
        assert kept is not None and gone is not None
        pair = _Pair(staying, leaving, kept, gone, await access_of(staying), await access_of(leaving))
        both = {kept.profile_id, gone.profile_id}
        if not len(staying.store.leads) or not len(leaving.store.leads) or await self._names() != both:
            return 0.0, ["nothing was there to be lost"]
        lines = [seat.session._client._http._transport for seat in self._seats.all]
        before = [(line, spoil(line, weather)) for line in lines if isinstance(line, Line)]
        try:
            took, wrong = await self._leave(pair)
        finally:
            for line, inner in before:
                mend(line, inner)
        sent = [whole.split(b"\n")[0].decode() for address, whole in SENT if address == leaving.address]
        wrong += [f"sent {one}" for one in sorted({httpx.URL(one).path for one in sent} - {REVOKING})]
        if weather == "fine" and await is_known(leaving, pair.used):
            wrong.append("the old token is still good")
        return took, wrong + await self._harmed(pair)

    async def _leave(self, pair: _Pair) -> tuple[float, list[str]]:
        leaving, wrong = pair.leaving, list[str]()
        SENT.clear()
        began = monotonic()
        page = Page(self._seats, leaving)
        await asyncio.sleep(0)
        wrong += ["leads are left"] if len(leaving.store.leads) else []
        wrong += ["tokens are left"] if leaving.session.bearer.profile is not None else []
        name, until = pair.gone.profile_id, began + self._patience
        while name in await self._names() and monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        took = monotonic() - began
        await page.gone()
        wrong += [] if page.leaving.cancelled() else ["the page stayed until all was done"]
        left = await self._looking.read(pair.gone.profile_id)
        return took, wrong + ([] if left is None else ["the entry can be read"])

    async def _harmed(self, pair: _Pair) -> list[str]:
        """Say what the one who stays has lost."""
        staying = pair.staying
        held = {
            "its seat": self._seats.all == (staying,) and self._seats.front is staying,
            "its session": staying.state is SessionState.SIGNED_IN,
            "its leads": len(staying.store.leads) > 0,
            "its entry": pair.kept.profile_id in await self._names(),
            "its token": await is_known(staying, pair.mine),
        }
        return [f"who stays has lost {what}" for what, well in held.items() if not well]

    async def _names(self) -> set[str]:
        return set(await self._looking.names())


async def ones_of_two(
    weathers: list[str], *, seconds: float | None, planted: bool = False
) -> tuple[list[str], float]:
    """Sign out once in each of these weathers; gives what is wrong, and how long the longest took.

    ``seconds``: more than that is wrong, if it counts. ``planted``: a page that goes takes along the rest.
    """
    found, longest = list[str](), 0.0
    looking = KeyringVault(seconds=PATIENCE)
    with patch.object(Session, "finish", _given_up if planted else Session.finish):
        async with instances() as (live, brand):
            for weather in weathers:
                window = _Window(live, brand, KeyringVault(seconds=PATIENCE))
                seats = await window.sit(await window.sit(None, live, "Jens"), brand, "Jens")
                one = _OneOfTwo(seats, looking, PLANTED_PATIENCE if planted else PATIENCE)
                took, wrong = await one.go(weather)
                longest = max(longest, took)
                wrong += [f"took {took:.2f} s"] if seconds is not None and took > seconds else []
                found += [f"one of two, {weather}: {what}" for what in wrong]
                await window.rest()
                await seats.sign_out()
                await seats.leave()
    return found, longest
