"""One client window from first frame to exit."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from leaddesk.personal.unexpected import report
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.ui.theme.style import Style
from leaddesk.wiring.seating import Line, Near, Place, connect, furnish

if TYPE_CHECKING:
    from leaddesk.desk.desk import Desk
    from leaddesk.desk.seats.seat import Origin, Seat
    from leaddesk.desk.seats.seats import Seats
    from leaddesk.session.profiles.drawer import Cabinet
    from leaddesk.session.tokens import Profile
    from leaddesk.settings.address import ServerAddress
    from leaddesk.ui.shell.leaving.departure import Departure
    from leaddesk.ui.shell.leaving.handed import Handed, Look
    from leaddesk.ui.shell.lock.lock_watch import LockWatch
    from leaddesk.ui.shell.seating import Seating
    from leaddesk.ui.shell.state import Locking
    from leaddesk.workstation.bus.listening import Listening
    from leaddesk.workstation.waits import OwnWait

_WAY_OUT = ("pydantic.main", "leaddesk.api.client", "leaddesk.api.transport", "leaddesk.session.session")
_DESK = (
    "leaddesk.contract.rows",
    "leaddesk.store.leads.mapped.slots",
    "leaddesk.store.leads.queries",
    "leaddesk.store.store",
    "leaddesk.contract.leads",
    "leaddesk.desk.outcomes",
    "leaddesk.desk.outbox",
    "leaddesk.desk.mirror.loader",
    "leaddesk.desk.leads",
    "leaddesk.desk.approvals",
    "leaddesk.desk.sign_in",
    "leaddesk.desk.desk",
    "leaddesk.desk.account.keeping",
)
_ROOMS = (
    *_DESK,
    "leaddesk.ui.kit.pieces.empty",
    "leaddesk.ui.shell.frame.navigation",
    "leaddesk.ui.shell.frame.top_bar",
    "leaddesk.ui.shell.frame.workplace",
    "leaddesk.desk.seats.seats",
    "leaddesk.ui.shell.leaving.departure",
    "leaddesk.ui.shell.day.window_keys",
    "leaddesk.ui.shell.day.working_day",
    "leaddesk.ui.shell.stages",
    "leaddesk.ui.shell.seating",
    "leaddesk.ui.leads.table.lead_table",
    "leaddesk.ui.leads.lead_list_view",
    "leaddesk.wiring.features",
    "leaddesk.ui.shell.help.everywhere",
    "leaddesk.wiring.pages",
    "leaddesk.ui.shell.lock.lock_watch",
    "leaddesk.wiring.signals",
)
"""Imported one after the other with a turn of the loop between, for answers that came meanwhile."""

_TURNS = 3
"""Of the loop: so many an answer from a thread or a socket takes until whoever waits for it has gone on."""

_ROWS_SECONDS = 0.05
"""So long a page waits for rows that were asked for: to paint it without them first costs half of that."""

_CALM_SECONDS, _BREATH_SECONDS = 2.0, 0.1
"""After a start, and between two imports: none of them is to be felt."""


class ClientWindow:
    """Everything behind one window.

    Invariant: :meth:`close` ends stages, then work, then the connection: nothing writes to what is gone.
    """

    def __init__(self, app: QApplication, style: Style, window: MainWindow) -> None:
        self._app, self._style, self.window = app, style, window
        self._closed, self._way_out = asyncio.Event(), asyncio.Event()
        self._tasks = TaskScope(report)
        self._ahead: asyncio.Future[Line] | None = None
        self._first: Seat | None = None
        self._seats: Seats | None = None
        self._seating: Seating | None = None
        self._own_wait: OwnWait | None = None
        self._watch: LockWatch | None = None
        self._told: object = None
        self._departure: Departure | None = None
        self._signals: Listening | None = None
        window.close_requested.connect(self._closed.set)

    async def reach_out(self, place: Place) -> None:
        """Ask keyring and server, and import meanwhile what shows their answers (P2)."""
        self._ahead = asyncio.get_running_loop().create_future()
        self._tasks.once("ahead", lambda: self._look_ahead(place, self._ahead))
        await _import(_WAY_OUT)
        self._way_out.set()
        await prepare()

    async def _look_ahead(self, place: Place, line: asyncio.Future[Line] | None) -> None:
        from leaddesk.desk.seats.seat import Origin

        asked = place.vault.load(place.address.url if place.only else "")
        profile, near = await asyncio.gather(asked, self._come_near(place))
        origin = Origin(_server_of(profile, place), profile, searches=profile is None)
        if near.address != origin.address:
            self._tasks.cancel("greet")
            await near.http.aclose()
        found = connect(origin, place.vault, place.rules, near if near.address == origin.address else None)
        if line is not None:
            line.set_result(found)
        await found.session.look_ahead()
        await _import(_DESK)
        await self._seat(found).desk.look_ahead()

    def _seat(self, line: Line) -> Seat:
        """Return what stands behind the first line, made by whoever needs it first."""
        from leaddesk.wiring.pages import now

        if self._first is None:
            self._first = furnish(line, now)
        return self._first

    async def _come_near(self, place: Place) -> Near:
        """Open the way to the likely server; one that was named is spoken to, no other learns of a start."""
        await self._way_out.wait()
        near = Near(place.address, place.rules)
        if place.only:
            self._tasks.once("greet", near.greet)
        return near

    async def open_kept(self, place: Place) -> Desk:
        """Open the window for the sign-in that was looked for ahead."""
        desk = self.open(place, await self._ahead if self._ahead is not None else None)
        await desk.loader.first_rows(_ROWS_SECONDS)
        return desk

    async def go_on(self, place: Place, handed: Handed) -> None:
        """Stand where the process before this one stood, instead of asking the keyring for a session."""
        from leaddesk.settings.address import read_address

        await prepare()
        addresses = [read_address(part.address, "handed over") for part in handed.parts]
        self._tasks.once("forget", lambda: self._forget_late(place, handed.doomed))
        self.open(place, None, handed)
        if self._seats is not None:
            for address in addresses[1:]:
                self._seats.add(address)
            self._seats.show(self._seats.all[handed.front])
        self.seating.start(place.admits, handed_over=True)

    async def _forget_late(self, place: Place, names: tuple[str, ...]) -> None:
        from leaddesk.session.tokens import only_named

        await asyncio.gather(*(place.vault.remove(only_named(name)) for name in names))

    def _look(self) -> Look:
        from leaddesk.wiring.arriving.arrival import look_of

        return look_of(self.window, self._style, self._own_wait)

    def open(self, place: Place, line: Line | None = None, handed: Handed | None = None) -> Desk:
        """Import and construct the rooms behind the window; the caller starts the session."""
        from leaddesk.desk.seats.seat import Origin
        from leaddesk.desk.seats.seats import Seats
        from leaddesk.settings.address import read_address
        from leaddesk.ui.shell.leaving.departure import Departure
        from leaddesk.ui.shell.seating import Seating
        from leaddesk.wiring.pages import Pages, now

        def make(origin: Origin) -> Seat:
            return furnish(connect(origin, place.vault, place.rules), now)

        address = place.address if handed is None else read_address(handed.parts[0].address, "handed over")
        first = self._seat(line) if line is not None else make(Origin(address))
        self._seats = Seats(first, make, place.vault)
        self._departure = Departure(self._seats, self._look, place.begin_anew, self.window.toasts)
        build = Pages(self.window, place, self._style, self._departure)
        self._own_wait = build.own_wait
        if handed is not None:
            self._departure.expect(handed)
            build.take_up(handed.look)
        self._seating = Seating(build.around, self.window, self._seats, build.stages)
        self._keep(place.vault)
        self._watch_over(self._seats, self._seating.lock, self._departure)
        return first.desk

    def _keep(self, vault: Cabinet) -> None:
        """Have the keyring keep what it could not."""
        from leaddesk.desk.account.keeping import Keeping

        self._tasks.once("keeping", Keeping(vault).run)

    @property
    def seating(self) -> Seating:
        """What the window shows; there once :meth:`open` was called."""
        if self._seating is None:
            raise LookupError("the window is not open")
        return self._seating

    async def sign_out(self) -> None:
        """Sign out of every seat: nothing of a demo stays."""
        if self._seats is not None:
            await self._seats.sign_out()

    async def until_closed(self) -> None:
        """Wait until the person closes the window; meanwhile import what the first rows did not need."""
        from leaddesk.wiring.features import LATER
        from leaddesk.wiring.light_start import settle_down

        pause = _CALM_SECONDS
        for name in LATER:
            if await self._closes_within(pause):
                return
            import_module(name)
            pause = _BREATH_SECONDS
        settle_down()
        await self._closed.wait()

    def _watch_over(self, seats: Seats, lock: Callable[[Locking], object], departure: Departure) -> None:
        """Lock when nobody is there any more, and when the desktop says so, or said so before (C1).

        Begins before anybody's data can be on the screen; nothing waits for a bus.
        """
        from leaddesk.ui.shell.lock.lock_watch import LockWatch
        from leaddesk.wiring.signals import hear_natively, listening, over

        assert self._own_wait is not None
        self._watch = LockWatch(self.window, over(seats, lock, departure.would_lose, self._own_wait))
        self._told = hear_natively(self._app, self.window, self._watch.hear)
        self._signals = signals = listening(self._watch.hear, departure.settled)
        if signals is not None:
            self._tasks.once("signals", signals.run)

    def brakes(self) -> tuple[int, ...]:
        """Return what delays a sleep that is about to come."""
        return self._signals.brakes() if self._signals is not None else ()

    async def _closes_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._closed.wait()
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """End everything behind the window."""
        if self._watch is not None:
            self._watch.close()
        if self._departure is not None:
            self._departure.close()
        if self._seating is not None:
            self._seating.close()
        await self._tasks.cancel_all()
        if self._seats is not None:
            await self._seats.leave()
        elif self._ahead is not None and self._ahead.done():
            await self._ahead.result().close()
        self.window.deleteLater()


def _server_of(profile: Profile | None, place: Place) -> ServerAddress:
    """Return where a kept sign-in belongs; what somebody changed, or rules forbid, counts as none."""
    from leaddesk.settings.address import SettingsError, read_address

    with contextlib.suppress(SettingsError):
        found = read_address(profile.address, "profile") if profile is not None else place.address
        if place.admits(found):
            return found
    return place.address


async def prepare() -> None:
    """Import what :meth:`ClientWindow.open` needs while something else is waited for."""
    await _import(_WAY_OUT)
    await _import(_ROOMS)


async def _import(names: Sequence[str]) -> None:
    for name in names:
        if name not in sys.modules:
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            import_module(name)
