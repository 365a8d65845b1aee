"""Who could tell of locking on this desktop, tried: for doctor and for what a computer promises."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from leaddesk.workstation.bus import screen_savers
from leaddesk.workstation.bus.line import BusLine, NoBus
from leaddesk.workstation.bus.listening import Buses
from leaddesk.workstation.bus.logind import NAME as LOGIND
from leaddesk.workstation.bus.logind import Logind
from leaddesk.workstation.signs import Teller

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Heard:
    """What was found. ``session``: logind knows which session is ours; ``holds``: sleep can be delayed."""

    tellers: tuple[Teller, ...] = ()
    session: bool = False
    holds: bool = False


async def look_round(buses: Buses | None = None) -> Heard:
    """Ask both buses; nothing stays subscribed to, and sleep is held for a moment only."""
    places, heard = buses or Buses(), Heard()
    try:
        if places.system is not None:
            heard = await _look(places.system, _at_logind)
    except* NoBus:
        pass
    try:
        if places.session is not None:
            found = await _look(places.session, screen_savers.who_tells)
            heard = replace(heard, tellers=(*heard.tellers, *found))
    except* NoBus:
        pass
    return heard


async def _look(address: str, look: Callable[[BusLine], Awaitable[T]]) -> T:
    with contextlib.closing(BusLine(lambda _message: None)) as line:
        await line.open(address)
        async with asyncio.TaskGroup() as talking:
            hearing = talking.create_task(line.run())
            try:
                return await look(line)
            finally:
                hearing.cancel()


async def _at_logind(line: BusLine) -> Heard:
    if not await line.has(LOGIND):
        return Heard()
    logind = Logind(line)
    await logind.subscribe()
    return Heard((Teller.LOGIND,), logind.knows_session, await _can_hold(logind))


async def _can_hold(logind: Logind) -> bool:
    """Try it: a policy may forbid it."""
    try:
        (await logind.hold_sleep()).close()
    except NoBus:
        return False
    return True
