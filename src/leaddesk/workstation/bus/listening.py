"""Listens to both buses of a Linux desktop for as long as a window is open."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from jeepney.fds import FileDescriptor
from jeepney.low_level import Message

from leaddesk.personal.unexpected import report
from leaddesk.workstation.bus import screen_savers
from leaddesk.workstation.bus.line import BusLine, NoBus, session_address, system_address
from leaddesk.workstation.bus.logind import Logind
from leaddesk.workstation.signs import Hear, Sign, Teller

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
SETTLE_SECONDS = 4.0
"""Less than the five seconds after which logind lets a machine sleep regardless (``InhibitDelayMaxSec``)."""


@dataclass(frozen=True, slots=True)
class Buses:
    """Where the buses are; ``None``: this desktop has none."""

    session: str | None = field(default_factory=session_address)
    system: str | None = field(default_factory=system_address)


class Listening:
    """What the desktop tells, while :meth:`run` runs; first of all, what it told before that and still holds.

    A bus that is away is tried again, ever more rarely.

    Invariant: sleep is held from the moment logind is heard until ``hear`` has returned from
    :attr:`Sign.SLEEP` and ``settled`` after it, and again from waking on (guarantee C2). A process that
    begins anew meanwhile takes the hold along (:meth:`brakes`).
    """

    def __init__(
        self, hear: Hear, buses: Buses | None = None, settled: Callable[[], Awaitable[object]] | None = None
    ) -> None:
        self._hear, self._settled = hear, settled
        self._buses = buses or Buses()
        self._hold = _Hold()
        self.tellers: frozenset[Teller] = frozenset()

    async def run(self) -> None:
        """Listen until cancelled."""
        try:
            async with asyncio.TaskGroup() as listening:
                listening.create_task(_again_and_again(self._session))
                listening.create_task(_again_and_again(self._system))
        finally:
            self._hold.release()

    async def _session(self) -> None:
        if self._buses.session is None:
            return
        with contextlib.closing(BusLine(self._hear_screen_saver)) as line:
            await line.open(self._buses.session)
            async with asyncio.TaskGroup() as talking:
                talking.create_task(line.run())
                await screen_savers.subscribe(line)
                if await screen_savers.covers(line):
                    self._pass_on(Sign.DESKTOP)
                self.tellers |= frozenset(await screen_savers.who_tells(line))

    def _hear_screen_saver(self, message: Message) -> None:
        self._pass_on(screen_savers.sign_of(message))

    async def _system(self) -> None:
        if self._buses.system is None:
            return
        line = BusLine(lambda message: self._hear_logind(talking, logind, logind.sign_of(message)))
        logind = Logind(line)
        try:
            await line.open(self._buses.system)
            async with asyncio.TaskGroup() as talking:
                talking.create_task(line.run())
                if await logind.subscribe():
                    talking.create_task(self._hold.take(logind))
                    self._hear_logind(talking, logind, await logind.stands())
                    self.tellers |= {Teller.LOGIND}
        finally:
            line.close()
            self._hold.release()

    def _hear_logind(self, talking: asyncio.TaskGroup, logind: Logind, sign: Sign | None) -> None:
        self._hold.asleep = sign is Sign.SLEEP or (self._hold.asleep and sign is not Sign.AWAKE)
        self._pass_on(sign)
        if sign is Sign.SLEEP and self._settled is not None:
            talking.create_task(self._let_sleep(self._settled))
        elif sign is Sign.SLEEP:
            self._hold.release()
        elif sign is Sign.AWAKE:
            talking.create_task(self._hold.take(logind))

    def brakes(self) -> tuple[int, ...]:
        """Return the descriptor that delays a sleep which is about to come."""
        return self._hold.number() if self._hold.asleep else ()

    async def _let_sleep(self, settled: Callable[[], Awaitable[object]]) -> None:
        """Let the machine sleep once all is settled; logind itself waits for some seconds only."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                await settled()
        if self._hold.asleep:  # and has not woken meanwhile
            self._hold.release()

    def _pass_on(self, sign: Sign | None) -> None:
        """Tell; an error of our own ends neither listening nor the other signs."""
        if sign is None:
            return
        try:
            self._hear(sign)
        except Exception as error:
            report(error)


class _Hold:
    """The descriptor that delays sleep, or none. ``asleep``: none is kept, it would delay for nothing."""

    def __init__(self) -> None:
        self._held: FileDescriptor | None = None
        self.asleep = False

    async def take(self, logind: Logind) -> None:
        """Hold sleep from now on, if logind lets us; policies may forbid it."""
        if self._held is not None:
            return
        try:
            held = await logind.hold_sleep()
        except NoBus:
            return
        self.release()  # another wake may have been answered meanwhile
        self._held = held
        if self.asleep:
            self.release()

    def number(self) -> tuple[int, ...]:
        """Return the descriptor's number, if there is one."""
        return (self._held.fileno(),) if self._held is not None else ()

    def release(self) -> None:
        """Let the machine sleep."""
        held, self._held = self._held, None
        if held is not None:
            held.close()


async def _again_and_again(listen: Callable[[], Awaitable[None]]) -> None:
    """Listen until cancelled; after a while a bus may be there that was not. Ends where there can be none."""
    pause = _FIRST_PAUSE
    while True:
        try:
            await listen()
            return
        except* NoBus:
            pass
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
