"""One window in a process of its own, and every way of locking it.

The window, its stages, the watch and the listening are the product's; desk and features only remember. The
bus is a real one with made-up services on it. What was found goes to standard output as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import qasync
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest

from leaddesk.personal.masked import Secret
from leaddesk.session.state import SessionState
from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.shell.lock.lock_watch import Guarded, LockWatch
from leaddesk.workstation.bus.listening import Buses, Listening, _Hold
from leaddesk.workstation.bus.logind import Logind
from leaddesk.workstation.clock import since_boot
from leaddesk.workstation.signs import Sign
from leaddesk.workstation.waits import Wait
from tests.guarantees.screen.states import STATES, left_over
from tests.stories.stage import Stage
from tests.support.desktops import FakeLogind, Saver, private_bus
from tests.support.pretended import CANARY, Pretended

PATIENCE = 30.0
SAVERS = {
    "GNOME": ("org.gnome.ScreenSaver",),
    "freedesktop": ("org.freedesktop.ScreenSaver",),
    "KDE": ("org.freedesktop.ScreenSaver", "org.kde.screensaver"),
    "Xfce": ("org.xfce.ScreenSaver",),
    "Cinnamon": ("org.cinnamon.ScreenSaver",),
    "MATE": ("org.mate.ScreenSaver",),
}
BUSLESS = ("own wait", "by hand: key", "by hand: button")


@dataclass
class Found:
    """``late``: the longest time from a sign to the lock page, in seconds; ``held``: to the end of a hold."""

    looked: int = 0
    findings: list[str] = field(default_factory=list)
    late: float = 0.0
    held: float = 0.0


class Room:
    """The window and what can lock it."""

    def __init__(self, bus: str | None) -> None:
        self.office = Pretended(Stage().style)
        self.ahead = 0.0
        guarded = Guarded(self._wait, self.office.stages.lock)
        self.watch = LockWatch(self.office.window, guarded, lambda: since_boot() + self.ahead)
        self.ear = Listening(self.watch.hear, Buses(bus, bus))
        self.logind = FakeLogind(bus) if bus is not None else None
        self.bus = bus

    def _wait(self) -> Wait | None:
        signed_in = self.office.desk.sign_in.state.value is SessionState.SIGNED_IN
        return Wait(10) if signed_in else None

    async def work(self) -> None:
        """Have somebody at work: signed in for the first time, or unlocked."""
        page, window = self.office.window.page(), self.office.window
        window.showNormal()
        if isinstance(page, LockPage):
            page.unlock_requested.emit(Secret("correct horse"))
        else:
            self.office.stages.start()
        await until(lambda: isinstance(window.page(), Workplace))
        window.activateWindow()
        await until(window.isActiveWindow)
        self.office.desk.come_back()
        self.watch.look()

    def sources(self) -> dict[str, Callable[[], Callable[[], None]]]:
        """Return what can lock, by name; each prepares and returns what sets it off."""
        found: dict[str, Callable[[], Callable[[], None]]] = {
            "own wait": lambda: self._wait_is_over,
            "by hand: key": lambda: self._press_keys,
            "by hand: button": lambda: self._press_button,
        }
        logind = self.logind
        if logind is None:
            return found
        found |= {name: (lambda names=names: self._saver(*names)) for name, names in SAVERS.items()}
        return found | {
            "logind lock": lambda: logind.lock,
            "logind locked hint": lambda: lambda: logind.set("LockedHint", True),
            "sleep": lambda: logind.sleep,
            "switch of persons": lambda: lambda: logind.set("Active", False),
        }

    def _wait_is_over(self) -> None:
        self.ahead += 600.0

    def _press_keys(self) -> None:
        QTest.keyClick(self.office.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)

    def _press_button(self) -> None:
        page = self.office.window.page()
        assert isinstance(page, Workplace)
        page.top.lock_requested.emit()

    def _saver(self, *names: str) -> Callable[[], None]:
        assert self.bus is not None
        saver = Saver(self.bus, *names)

        def covers() -> None:
            saver.covers()
            saver.close()

        return covers


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - windows, buses and threads have no event in common
            await asyncio.sleep(0.002)


async def lock_in_every_state(room: Room, states: list[str], found: Found) -> None:
    """Lock by each source in each state, one after the other."""
    for source, prepare in room.sources().items():
        for state in states:
            if source.startswith("by hand") and state in _OVER_IT:
                continue
            try:
                await room.work()
            except TimeoutError:
                found.findings.append(f"before {source}, {state}: not to be unlocked")
                return
            STATES[state](room.office)
            if not any_of_it(room):
                found.findings.append(f"{state}: nobody was to be seen before")
            set_off = prepare()
            began = time.monotonic()
            set_off()
            try:
                await until(lambda: isinstance(room.office.window.page(), LockPage))
            except TimeoutError:
                found.findings.append(f"{source}, {state}: no lock")
                return
            found.late = max(found.late, time.monotonic() - began)
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            found.looked += 1
            found.findings += [f"{source}, {state}: {one}" for one in left_over(room.office)]
            if source == "sleep" and room.logind is not None:
                room.logind.sleep(begins=False)


_OVER_IT = frozenset({"menu in a menu", "person's menu", "choice", "minimised"})
"""A menu takes the keys and a minimised window has none: nobody locks by hand through them."""


def any_of_it(room: Room) -> bool:
    """Tell whether somebody is to be seen: else a lock would have nothing to take away."""
    return bool(left_over(room.office)) or CANARY in room.office.features.newest("list").view.field.text()


async def hold_sleep(room: Room, rounds: int, found: Found) -> None:
    """Put the machine to sleep again and again; look at the window at the moment sleep is let go."""
    if room.logind is None:
        return
    logind, seen = room.logind, list[bool]()
    release = _Hold.release

    def looked_at(hold: Any) -> None:
        page = room.office.window.page()
        if hold._held is not None and hold.asleep:
            seen.append(isinstance(page, LockPage) and _is_painted(page) and "lock" in room.office.desk.calls)
        release(hold)

    _Hold.release = looked_at  # type: ignore[method-assign]
    for _ in range(rounds):
        room.office.desk.calls.clear()
        await room.work()
        await until(lambda: logind.held == 1)
        seen.clear()
        began = time.monotonic()
        logind.sleep()
        await until(lambda: logind.held == 0)
        found.held = max(found.held, time.monotonic() - began)
        found.looked += 1
        found.findings += [] if seen == [True] else ["sleep was let go before the lock page was painted"]
        await until(lambda: isinstance(room.office.window.page(), LockPage))
        logind.sleep(begins=False)


def _is_painted(page: LockPage) -> bool:
    """Tell whether the window's own picture shows the lock page: nothing of it waits to be painted."""
    handle = page.window().windowHandle()
    return page.isVisible() and handle is not None and page.property("painted") is True


def _note_painting() -> None:
    paint = LockPage.paintEvent

    def noted(page: LockPage, event: Any) -> None:
        paint(page, event)
        page.setProperty("painted", True)

    LockPage.paintEvent = noted  # type: ignore[method-assign]


def _let_go_early() -> None:
    """The product with a broken part: sleep is let go as soon as it is heard of."""
    whole = Listening._hear_logind

    def early(ear: Listening, talking: asyncio.TaskGroup, logind: Logind, sign: Sign | None) -> None:
        ear._hold.asleep = sign is Sign.SLEEP
        if sign is Sign.SLEEP:
            ear._hold.release()
        whole(ear, talking, logind, sign)

    Listening._hear_logind = early  # type: ignore[method-assign]


def _leave_what_floats() -> None:
    """The product with a broken part: the lock takes the page away and leaves what floats above it."""
    from leaddesk.ui.shell import stages

    stages.take_away = lambda _window: None  # type: ignore[assignment]


async def play(wanted: dict[str, Any], bus: str | None) -> Found:
    """Do what is wanted in one window; an error in a slot is a finding: a state was not entered."""
    room, found = Room(bus), Found()
    sys.excepthook = lambda kind, _error, _trace: found.findings.append(f"{kind.__name__} in a slot")
    if wanted["planted"]:
        (_let_go_early if wanted["sleeps"] else _leave_what_floats)()
    _note_painting()
    room.office.window.resize(1000, 700)
    room.office.window.show()
    listening = asyncio.create_task(room.ear.run())
    logind = room.logind
    if logind is not None:
        await until(lambda: logind.held == 1)
    await hold_sleep(room, wanted["sleeps"], found)
    await lock_in_every_state(room, wanted["states"], found)
    room.watch.close()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    if logind is not None:
        logind.close()
    room.office.close()
    return found


def main() -> int:
    """Read what is wanted from the command line, tell what was found."""
    wanted = json.loads(sys.argv[1])
    stage = Stage()
    loop = qasync.QEventLoop(stage.app)
    with loop:
        if wanted["bus"]:
            with private_bus() as bus:
                found = loop.run_until_complete(play(wanted, bus))
        else:
            found = loop.run_until_complete(play(wanted, None))
    sys.stdout.write(json.dumps(vars(found)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
