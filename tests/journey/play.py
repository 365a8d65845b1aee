"""Two people work on one lead while servers and database are killed; every edit is counted.

Time is taken from the paint of a change in its own window to its paint in the other's, as P9 does; it is
printed, never asserted.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from leaddesk.api.history import list_history
from leaddesk.api.notes import list_notes
from leaddesk.demo.tour.outside import signed_in
from leaddesk.server.seed.cast import named_id
from tests.journey.site import Site
from tests.journey.workstation import PATIENCE, Workstation, workstation

QUERY, LEAD, PHONE = "wärmepumpe kiel", "Anna Meyer", "0171 39200"
NAMES = ("Jens Kröger", "Thomas Lüders")
OFFLINE, ONLINE, WAITS = "Keine Verbindung", "Verbunden", "wartet"
EMPTY_COMPOSER = "Notiz schreiben"
BEGINNING = "Vermerk"
STEPS = ("Kontakt", "Vor-Ort-Termin")


@dataclass
class Journey:
    """Both desktops and what was done at them.

    ``calm``: seconds of each change while everything ran; ``rough``: while something was killed.
    """

    site: Site
    one: Workstation
    two: Workstation
    steps_before: int
    notes: list[str] = field(default_factory=list)
    steps: int = 0
    calm: list[float] = field(default_factory=list)
    rough: list[float] = field(default_factory=list)

    async def note(self, writer: Workstation, reader: Workstation) -> float:
        """Write a note in one window; return the seconds until it stood in the other."""
        words = f"{BEGINNING} {len(self.notes) + 1:03d}"
        self.notes.append(words)
        await writer.hands.press("n")
        await writer.hands.type(words)
        await writer.eyes.see(words, PATIENCE)
        seconds = await _between(
            writer.hands.press("ctrl+Return"),
            writer.eyes.see(EMPTY_COMPOSER, PATIENCE),
            reader.eyes.see(words, PATIENCE),
        )
        await writer.hands.press("Escape")  # out of the composer
        return seconds

    async def step(self, mover: Workstation, watcher: Workstation) -> float:
        """Move the lead a step there or back; return the seconds until it stood in the other window."""
        forth = self.steps % 2 == 0
        self.steps += 1
        wanted = STEPS[forth]
        shown = mover.eyes.count(wanted), watcher.eyes.count(wanted)
        await mover.hands.press("s", "Right" if forth else "Left")
        return await _between(
            mover.hands.press("Return"),
            mover.eyes.see_more(wanted, shown[0], PATIENCE),
            watcher.eyes.see_more(wanted, shown[1], PATIENCE),
        )

    async def calmly(self, turns: int) -> None:
        """Work in turns: a note here, a note there, a step."""
        for _ in range(turns):
            self.calm.append(await self.note(self.one, self.two))
            self.calm.append(await self.note(self.two, self.one))
            self.calm.append(await self.step(self.one, self.two))

    async def roughly(self, trouble: Callable[[], object], delay: float = 0.0) -> None:
        """Write in both windows at the same time, and let something happen in the middle of it."""

        async def happen() -> None:
            await asyncio.sleep(delay)
            await asyncio.to_thread(trouble)

        async with asyncio.TaskGroup() as work:
            work.create_task(happen())
            seen = [
                work.create_task(self.note(self.one, self.two)),
                work.create_task(self.note(self.two, self.one)),
            ]
        self.rough += [one.result() for one in seen]

    async def both(self, see: Callable[[Workstation], Awaitable[object]]) -> None:
        """Wait for something in both windows."""
        await asyncio.gather(see(self.one), see(self.two))

    async def say_offline(self) -> None:
        """Both windows say plainly that there is no connection."""
        await self.both(lambda one: one.eyes.see(OFFLINE, PATIENCE))

    async def settle(self) -> None:
        """Wait until both windows are connected and nothing waits."""
        await self.both(lambda one: one.eyes.see(ONLINE, PATIENCE))
        await self.both(lambda one: one.eyes.miss(OFFLINE, PATIENCE))
        await self.both(lambda one: one.eyes.miss(WAITS, PATIENCE))

    async def findings(self) -> list[str]:
        """Compare what was done with what the server keeps and what both windows show."""
        notes, steps = await kept(self.site)
        steps -= self.steps_before
        found = [f"{words}: {notes[words]} times at the server" for words in self.notes if notes[words] != 1]
        found += [f"{words}: nobody wrote it" for words in notes if words not in self.notes]
        if steps != self.steps:
            found.append(f"{steps} steps at the server, {self.steps} made")
        for desk in (self.one, self.two):
            newest = Counter({words: desk.eyes.count(words) for words in self.notes[-3:]})
            found += [f"{words}: {n} times in {desk.name}'s window" for words, n in newest.items() if n != 1]
            if desk.process.returncode is not None:
                found.append(f"{desk.name}'s client has ended")
        return found


async def kept(site: Site) -> tuple[Counter[str], int]:
    """Ask the server for the notes of the journey, each how often, and for the changes of step."""
    async with signed_in(site.url, site.person(NAMES[1])) as client:
        notes = await list_notes(client, named_id("anna"))
        history = await list_history(client, named_id("anna"))
    texts = Counter(one.text for one in notes if one.text.startswith(BEGINNING))
    return texts, sum(one.kind == "step-changed" for one in history)


@asynccontextmanager
async def journey(site: Site) -> AsyncIterator[Journey]:
    """Two people sign in at two desktops and open the same lead at its journal."""
    async with AsyncExitStack() as stack:
        desks = [
            await workstation(stack, site.place / f"desk{number}", name, site.url)
            for number, name in enumerate(NAMES)
        ]
        await asyncio.gather(*(_begin(site, desk) for desk in desks))
        _, steps = await kept(site)
        yield Journey(site, desks[0], desks[1], steps)


async def _begin(site: Site, desk: Workstation) -> None:
    await desk.sign_in(site.person(desk.name))
    await desk.hands.press("slash")
    await desk.hands.type(QUERY)
    await desk.eyes.see(LEAD, PATIENCE)
    await desk.hands.press("Return")
    await desk.click_until(LEAD, PHONE)
    await desk.click_until("Journal", EMPTY_COMPOSER)


async def _between(
    act: Awaitable[None], own: Coroutine[Any, Any, float], other: Coroutine[Any, Any, float]
) -> float:
    """Do something and return the seconds from the one sight to the other."""
    async with asyncio.TaskGroup() as watching:
        here, there = watching.create_task(own), watching.create_task(other)
        await act
    return max(there.result() - here.result(), 0.0)
