"""All sign-ins of one window: which is in front, and what concerns them together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from leaddesk.desk.seats.seat import Origin, Seat
from leaddesk.session.profiles.drawer import Cabinet
from leaddesk.session.state import SessionState
from leaddesk.settings.address import ServerAddress, SettingsError, read_address
from leaddesk.store.topics import Topic

FAREWELL_SECONDS = 5.0
"""So long a closed window waits for a keyring with something to write: else the next start is signed out."""
REVOKED_SECONDS = 1.0
"""So long it waits for servers that have not yet heard of a sign-out (B7), here or of another device."""
MOST = 9
"""Seats of one window: each has a key of its own (Alt+1 to Alt+9), its own memory and its own stream."""


class Seats:
    """Knows every seat and mixes nothing: what is asked of all is asked of each by itself.

    Invariant: there is always one in front. Seats behind stay signed in and live (their desks run on);
    coming to the front changes nothing in them.
    """

    def __init__(self, first: Seat, make: Callable[[Origin], Seat], cabinet: Cabinet) -> None:
        self._make, self._cabinet = make, cabinet
        self._all: list[Seat] = [first]
        self._front = first
        self._going: list[Seat] = []
        self.changed: Topic[None] = Topic()

    @property
    def all(self) -> tuple[Seat, ...]:
        """Every seat, in the order they came."""
        return tuple(self._all)

    @property
    def front(self) -> Seat:
        """The one the window shows."""
        return self._front

    @property
    def full(self) -> bool:
        """Whether no further seat has a place."""
        return len(self._all) >= MOST

    def add(self, address: ServerAddress) -> Seat:
        """Take an empty seat at a server, to sign in, and bring it to the front."""
        seat = self._make(Origin(address))
        self._all.append(seat)
        self._front = seat
        self.changed.publish(None)
        return seat

    def show(self, seat: Seat) -> None:
        """Bring a seat to the front."""
        if seat in self._all and seat is not self._front:
            self._front = seat
            self.changed.publish(None)

    async def remember(self) -> None:
        """Have the next start show the seat in front first; the keyring alone knows of it."""
        profile = self._front.session.bearer.profile
        if profile is not None:
            await self._cabinet.prefer(profile)

    async def remove(self, seat: Seat) -> None:
        """Give up a seat whose person has signed out, or never signed in; the last one stays.

        The window shows another at once; revocation is waited for behind its back.
        """
        if seat not in self._all or len(self._all) == 1:
            return
        self._all.remove(seat)
        if self._front is seat:
            signed_in = (one for one in self._all if one.state is SessionState.SIGNED_IN)
            self._front = next(signed_in, self._all[0])
        await self._gone(seat)

    async def merge(self, newer: Seat, older: Seat) -> None:
        """Somebody signed in a second time: keep the seat where work was done, end the other."""
        if newer in self._all and older in self._all and older.state is SessionState.SIGNED_IN:
            self.show(older)
            await newer.desk.sign_in.sign_out()

    async def move(self, seat: Seat, address: ServerAddress) -> Seat:
        """Put an empty seat at another server in place of this one."""
        moved = self._make(Origin(address))
        self._all[self._all.index(seat)] = moved
        if self._front is seat:
            self._front = moved
        await self._gone(seat)
        return moved

    async def gather(self, admits: Callable[[ServerAddress], bool]) -> None:
        """Take a seat for each further profile of the keyring, at the servers that are admitted."""
        for name in await self._cabinet.names():
            if self.full:
                return
            if name in {seat.profile_id for seat in self._all}:
                continue
            profile = await self._cabinet.read(name)
            address = _address(profile.address) if profile is not None else None
            if address is not None and admits(address):
                await self._take_in(Origin(address, profile))

    async def sign_out(self) -> None:
        """Sign out of all of them; one empty seat stays."""
        await asyncio.gather(*(seat.desk.sign_in.sign_out() for seat in self._all))
        for seat in self.all[1:]:
            await self.remove(seat)

    async def leave(self) -> None:
        """Have keyring and servers hear what they have not, end the work, close every connection."""
        every = (*self._all, *self._going)
        await asyncio.gather(*(seat.desk.safe.discard() for seat in self._all))
        waits = [seat.session.finish(REVOKED_SECONDS) for seat in every]
        waits += [seat.desk.own_sessions.settle(REVOKED_SECONDS) for seat in every]
        await asyncio.gather(*waits)
        await self._cabinet.settle(FAREWELL_SECONDS)
        going, self._going = self._going, []
        for seat in (*self._all, *going):
            await seat.desk.leave()
            await seat.leave()

    async def _gone(self, seat: Seat) -> None:
        """Its page goes at once, and whoever was signing in there is called off; then both have forgotten."""
        self._going.append(seat)
        self.changed.publish(None)
        await seat.session.finish()
        if seat in self._going:  # a closing window may have been quicker
            self._going.remove(seat)
            await seat.leave()

    async def _take_in(self, origin: Origin) -> None:
        """Add a seat behind; in front, where an empty one stood."""
        seat, front = self._make(origin), self._front
        vacant = front.profile_id is None and front.state is SessionState.SIGNED_OUT
        self._all.append(seat)
        if vacant:
            self._front = seat
        self.changed.publish(None)
        if vacant:
            await self.remove(front)


def _address(text: str) -> ServerAddress | None:
    """Return the server of a profile; nothing if somebody changed the entry."""
    try:
        return read_address(text, "profile")
    except SettingsError:
        return None
