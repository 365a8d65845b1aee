"""The window with several sign-ins: which one it shows, and what concerns all of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut

from leaddesk.desk.sending.drafts import Unsent
from leaddesk.settings.address import ServerAddress, read_address
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.shell.frame_presenter import who_of
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.ui.shell.stages import Stages
from leaddesk.ui.shell.state import BY_HAND, LockCause, Locking
from leaddesk.ui.theme.tokens import current

if TYPE_CHECKING:
    from leaddesk.desk.seats.seat import Seat
    from leaddesk.desk.seats.seats import Seats
    from leaddesk.store.topics import Subscription
    from leaddesk.ui.kit.presenting.surroundings import Surroundings
    from leaddesk.ui.shell.place.place_menu import SeatLine

KEYS = 9
CALM_SECONDS = 2.0
"""So long other sign-ins wait for the first rows of the one in front (P2)."""
MENU_LEFT, MENU_TOP = 10, 46


class Seating:
    """One :class:`Stages` a seat, of which exactly one is in the window.

    Invariants: the page of a seat that goes behind is gone before the next one's is built; locking locks
    every seat; the window closes only when no seat has something unsent, or the person gave it up.
    """

    def __init__(
        self, around: Surroundings, window: MainWindow, seats: Seats, build: Callable[[Seat, Seating], Stages]
    ) -> None:
        self._around, self._window, self._seats, self._build = around, window, seats, build
        self._tasks = TaskScope(around.on_error)
        self._stages: dict[Seat, Stages] = {seats.front: build(seats.front, self)}
        self._heard: dict[Seat, Subscription] = {}
        self._shown, self._email = seats.front, ""
        self._admits: Callable[[ServerAddress], bool] = lambda _address: True
        self._hear(seats.front)
        self._changes = seats.changed.subscribe(self._follow)
        self._keys = [self._bind(number) for number in range(KEYS + 1)]
        window.hold_closing(self._may_close)

    @property
    def front(self) -> Stages:
        """The stages of the seat that the window shows."""
        return self._stages[self._shown]

    @property
    def several(self) -> bool:
        """Whether there is more than one seat."""
        return len(self._seats.all) > 1

    def start(
        self, admits: Callable[[ServerAddress], bool] | None = None, *, handed_over: bool = False
    ) -> None:
        """Go on with the first seat, then with every other of the keyring at a server that is admitted.

        ``handed_over``: seats stand as in the process before; none is asked for until somebody is in.
        """
        self._admits = admits or self._admits
        if not handed_over:
            self.front.start()
            self._tasks.once("gather", self._gather)

    def lock(self, locking: Locking = BY_HAND) -> None:
        """Lock all, now; nothing is waited for. What locks the window calls this and nothing else.

        Who locks by hand is asked where there is no keyring to seal for: then the lock costs what is unsent.
        """
        lost = sum((stages.would_lose() for stages in self._stages.values()), Unsent())
        if not lost or locking.cause is not LockCause.HAND:
            self._lock(locking)
            return
        from leaddesk.ui.shell.outbox.unsent_dialog import Ending, ask_unsent

        ask_unsent(self._window, lost, lambda: self._lock(replace(locking, gives_up=True)), Ending.LOCK)

    def _lock(self, locking: Locking) -> None:
        for stages in self._stages.values():
            stages.lock(locking)

    def close(self) -> None:
        """End every seat's pages: the last call before the loop stops."""
        self._changes.close()
        for shortcut in self._keys:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        for seat in tuple(self._stages):
            self._drop(seat)
        self._tasks.close()

    def show(self, number: int) -> None:
        """Bring a seat to the front by its place in the menu."""
        seats = self._seats.all
        if number < len(seats) and seats[number] is not self._seats.front:
            self._seats.show(seats[number])
            self._tasks.latest("remember", self._seats.remember)

    def sign_in_elsewhere(self) -> None:
        """Open the sign-in page for one more profile, at the server one is at."""
        if not self._seats.full:
            self._seats.add(self._seats.front.origin.address)

    def move(self, address: str, email: str) -> None:
        """Put the empty seat in front at another server; what was typed of the person goes along."""
        seat, server = self._seats.front, read_address(address, "address")
        if seat.address != address and seat.desk.sign_in.me is None:
            self._email = email
            self._tasks.once("move", lambda: self._seats.move(seat, server))

    def back(self) -> str:
        """Return for whom one acts beside the seat in front; nothing if for nobody."""
        me = None if (seat := self._beside()) is None else seat.desk.sign_in.me
        return who_of(me).tenant if me is not None else ""

    def go_back(self) -> None:
        """Give up the empty seat in front, for the one beside it."""
        empty, beside = self._seats.front, self._beside()
        if beside is not None and empty.desk.sign_in.me is None:
            self._seats.show(beside)
            self._tasks.queue("remove", lambda: self._seats.remove(empty))

    def _beside(self) -> Seat | None:
        found = (seat for seat in self._seats.all if seat is not self._seats.front)
        return next((seat for seat in found if seat.desk.sign_in.me is not None), None)

    def sign_out_all(self) -> None:
        """Sign out of every seat; what is unsent anywhere is asked about once."""
        from leaddesk.ui.shell.outbox.unsent_dialog import Ending, ask_unsent

        ask_unsent(self._window, self._unsent(), self._sign_out_all, Ending.SIGN_OUT)

    def open_menu(self) -> None:
        """Show every seat, and the ways to more and to none."""
        from leaddesk.ui.shell.place.place_menu import PlaceMenuActs, place_menu

        elsewhere = None if self._seats.full else self.sign_in_elsewhere
        acts = PlaceMenuActs(self.show, elsewhere, self.sign_out_all if self.several else None)
        px = current().px
        menu = place_menu(self._window, self._lines(), acts)
        menu.popup(self._window.mapToGlobal(QPoint(px(MENU_LEFT), px(MENU_TOP))))

    def _lines(self) -> tuple[SeatLine, ...]:
        """Return the seats as the menu names them."""
        return tuple(_line(seat, self._stages[seat].instance.place, self._shown) for seat in self._seats.all)

    async def _gather(self) -> None:
        await _rested(self._seats.front)
        await self._seats.gather(self._admits)

    def _unsent(self) -> Unsent:
        from leaddesk.ui.shell.outbox.unsent_dialog import unsent_at

        return unsent_at(*(seat.desk for seat in self._seats.all))

    def _sign_out_all(self) -> None:
        self._tasks.once("sign-out", self._seats.sign_out)

    def _follow(self, _message: object) -> None:
        """Build what is new, show what is in front, drop what is gone: in this order."""
        if self._shown is not self._seats.front and self._shown in self._stages:
            self._stages[self._shown].go_behind()
        for seat in self._seats.all:
            if seat not in self._stages:
                self._take_in(seat)
        self._shown = self._seats.front
        self.front.come()
        for seat in tuple(self._stages):
            if seat not in self._seats.all:
                self._drop(seat)

    def _take_in(self, seat: Seat) -> None:
        stages = self._build(seat, self)
        stages.go_behind()
        stages.email, self._email = self._email, ""
        self._stages[seat] = stages
        self._hear(seat)
        stages.start()

    def _drop(self, seat: Seat) -> None:
        self._heard.pop(seat).close()
        self._stages.pop(seat).close()

    def _hear(self, seat: Seat) -> None:
        def changed(state: object) -> None:
            self._state_changed(seat, str(state))

        self._heard[seat] = seat.desk.sign_in.state.changed.subscribe(changed)

    def _state_changed(self, seat: Seat, state: str) -> None:
        """Who signed out of one of several is shown the next; who signs in twice keeps the seat that was."""
        if state == "signed-out" and seat.desk.sign_in.me is not None:
            self._tasks.queue("remove", lambda: self._seats.remove(seat))
        elif state == "signed-in":
            self._tasks.once("gather", self._gather)
            twin = next(
                (one for one in self._seats.all if one is not seat and one.is_same_person(seat)), None
            )
            if twin is not None:
                self._tasks.queue("remove", lambda: self._seats.merge(seat, twin))

    def _may_close(self) -> bool:
        unsent = self._unsent()
        if unsent:
            from leaddesk.ui.shell.outbox.unsent_dialog import Ending, ask_unsent

            ask_unsent(self._window, unsent, self._quit, Ending.QUIT)
        elif self._owes():
            self._quit()
        else:
            return True
        return False

    def _owes(self) -> int:
        """Return how many entries the keyring, which all seats share, is still to forget (B7)."""
        return len(self._seats.front.desk.doomed())

    def _quit(self) -> None:
        """Close, but say before if the keyring keeps something of a sign-in that is over."""
        if self._owes():
            self._tasks.latest("forget", self._forget)
        else:
            self._close_now()

    async def _forget(self) -> None:
        await self._seats.front.desk.forget()
        if not (left := self._owes()):
            self._close_now()
            return
        from leaddesk.ui.shell.leaving.stayed_dialog import StayedDialog

        dialog = StayedDialog(self._window, left)
        dialog.closes.connect(self._close_now)
        dialog.open()

    def _close_now(self) -> None:
        self._window.hold_closing(lambda: True)
        self._window.close()

    def _bind(self, number: int) -> QShortcut:
        """Alt+1 to Alt+9 show a seat; Alt+0 opens the menu of all."""
        shortcut = QShortcut(QKeySequence(f"Alt+{number}"), self._window)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect((lambda: self.show(number - 1)) if number else self.open_menu)
        return shortcut


async def _rested(seat: Seat) -> None:
    """Wait until a seat has its rows, or shows that it will have none."""
    desk, rest = seat.desk, asyncio.Event()

    def heard(_message: object) -> None:
        if desk.sync.progress.value.done or desk.sign_in.state.value.value in ("signed-out", "ended"):
            rest.set()

    topics = (desk.sync.progress.changed, desk.sign_in.state.changed)
    subscriptions = [topic.subscribe(heard) for topic in topics]
    heard(None)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CALM_SECONDS):
            await rest.wait()
    for subscription in subscriptions:
        subscription.close()


def _line(seat: Seat, instance: str, shown: Seat) -> SeatLine:
    from leaddesk.ui.shell.place.place_menu import SeatLine

    desk = seat.desk
    me, state = desk.sign_in.me, desk.sign_in.state.value.value
    tenant = who_of(me).tenant if me is not None else ""
    waiting = desk.offers.open_count + desk.approvals.waiting_for_me if state == "signed-in" else 0
    return SeatLine(tenant, instance, seat is shown, state != "signed-in", waiting)
