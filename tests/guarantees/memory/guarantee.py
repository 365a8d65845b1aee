"""A6: after lock and sign-out no word of a lead, no typed word and no token lies in any writable memory."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random
from statistics import median
from time import monotonic

from leaddesk.demo.child import DemoPerson, DemoServer, start_demo_server
from tests.guarantees.figure import Figure
from tests.guarantees.memory import departures
from tests.guarantees.memory.core_front import core_only
from tests.guarantees.memory.entering import ByKey, ByPassword, Entering
from tests.guarantees.memory.scanning import look, needles, occurrences, plain, tokens
from tests.guarantees.memory.window import BEGUN, LOCKED, PLAIN, Window, enter_leads, open_window

LEADS, MARKED = 300, 12
CALM_SECONDS = 2.0
"""After signing out of one of two, until what it leaves is counted; after the unlock, what has come back."""
LOOK_SECONDS = 0.005
"""Between two looks; they cost the client time on a machine of two cores."""
LONGEST = 60.0
"""So many seconds after its key a process that has not begun anew will not."""
WIPED = 0.3
"""Seconds from the key, or the desktop's word, until nothing is left (guarantee A6)."""
HELD = 0.5
"""Seconds a sleep may be held (guarantee C2)."""
SHORT = ("lock", "sleep", "resumed", "sign-out", "one of two", "two tenants")
BY_KEY = ("lock", "sign-out")
FULL = (
    "lock",
    "resumed",
    "sleep",
    "lock",
    "sign-out",
    "lock",
    "sleep",
    "one of two",
    "sign-out",
    "two tenants",
)
"""How a client's days end; ``two tenants``: a second sign-in stands beside, and one has changed to it.

``resumed``: the program was started anew, signed in by the keyring, and is locked.

``one of two``: that one is signed out, and what stays of it is counted before it is locked.

``BY_KEY``: of a client with an API key, at a server that speaks only the public core (ADR 66).
"""
CLIENTS = 5
"""So many clients, one after the other, in a full count: 50 endings."""

IN_PLACE = """
import leaddesk.guard.anew.beginning as anew
anew.possible = lambda: False
"""
KEPT_TOKEN = """
from dataclasses import replace
from leaddesk.session.renewal.bearer import Bearer
from leaddesk.ui.shell.leaving import handed
drop, write, kept = Bearer.drop, handed.Handed.to_text, []
def remembering(self):
    dropped = drop(self)
    kept.extend([dropped] if dropped is not None else [])
    return dropped
def telling(self):
    token = kept[-1].refresh.reveal() if kept else ""
    return write(replace(self, look=replace(self.look, geometry=token)))
Bearer.drop, handed.Handed.to_text = remembering, telling
"""
UNSEALED = """
import leaddesk.desk.sealing.safe as safe
from leaddesk.session.sealing.sealed import Sealed
async def unsealed(shelf, content):
    return Sealed("x", b"", content)
safe.seal = unsealed
"""
TOO_EARLY = """
from leaddesk.workstation.bus.listening import Listening
async def at_once(self, settled):
    self._hold.release()
Listening._let_sleep = at_once
Listening.brakes = lambda self: ()
"""
STARTED = """
import sys
from leaddesk.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
KEPT_KEY = """
from leaddesk.session.keys import key as keys
from leaddesk.ui.shell.leaving import handed
write, read, kept = handed.Handed.to_text, keys.holder_of, []
def remembering(key):
    kept.append(key)
    return read(key)
def telling(self):
    from dataclasses import replace
    return write(replace(self, look=replace(self.look, geometry=kept[-1].reveal())))
from leaddesk.desk.account import by_key
by_key.holder_of, handed.Handed.to_text = remembering, telling
"""
PLANTS = {
    "no beginning anew": (IN_PLACE, "lock"),
    "a token handed over": (KEPT_TOKEN, "lock"),
    "a note unsealed": (UNSEALED, "lock"),
    "a sleep let go too early": (TOO_EARLY, "sleep"),
    "a key handed over": (KEPT_KEY, "lock"),
}
"""The product with one broken part each, and how it is ended."""


async def guarantee(env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Lock and sign out of a client that shows, searches and edits marked leads; look at all its memory."""
    chance = Random(os.environ.get("SEED"))
    if not planted:
        if os.environ.get("FULL") != "1":
            by_key = await counted(env, BY_KEY, chance, by_key=True)
            return figure_of([await counted(env, SHORT, chance), by_key], await departures.counted(env, 1))
        by_key = await counted(env, BY_KEY * CLIENTS, chance, by_key=True)
        days = [*[await counted(env, FULL, chance) for _ in range(CLIENTS)], by_key]
        return figure_of(days, await departures.counted(env, departures.ROUNDS))
    caught = {}
    for name, (plant, ending) in PLANTS.items():
        part = ("-c", plant + STARTED)
        found = await counted(env, (ending,), chance, part, by_key=plant is KEPT_KEY)
        caught[name] = not figure_of([found], timed=False).kept
    caught |= {name: bool(found) for name, found in (await departures.caught(env)).items()}
    missed = [name for name, was in caught.items() if not was]
    findings = () if missed else tuple(f"caught: {name}" for name in caught)
    sentence = "memory: {found} plants of {looked:,}; not caught: " + ", ".join(missed)
    return Figure(sentence, len(caught), findings, 0)


@dataclass
class Counted:
    """What one client's endings came to; times in seconds, one an ending.

    ``seconds``: until the process had begun anew and the keeper of before was gone. ``held``: a sleep.
    ``gaps``: the longest time no window was to be seen. ``replaced``: until the new window stood alone.
    ``beside``: how often the marks of one tenant of two lay in memory, before and after signing out there.
    """

    findings: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    held: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    replaced: list[float] = field(default_factory=list)
    beside: list[tuple[int, int]] = field(default_factory=list)
    looked: int = 0


async def counted(
    env: Mapping[str, str],
    endings: Sequence[str],
    chance: Random,
    part: Sequence[str] = PLAIN,
    *,
    by_key: bool = False,
) -> Counted:
    """Run one client through endings."""
    marks = [f"kz{chance.getrandbits(40):010x}q" for _ in range(2)]
    server = await start_demo_server(LEADS)
    try:
        ends = [
            await asyncio.to_thread(enter_leads, server, mark, MARKED, tenant)
            for tenant, mark in enumerate(marks)
        ]
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(core_only(server.url)) if by_key else server.url
            entering: Entering = ByPassword(server.tenants[0].people[0])
            entering = ByKey(server.tenants[0].api_key) if by_key else entering
            window = await open_window(stack, env, url, part)
            day = _Day(window, server, marks, ends[0], entering)
            await day.begin()
            for number, ending in enumerate(endings):
                await day.end(ending, last=number == len(endings) - 1)
    finally:
        await server.stop()
    return day.counted


def figure_of(
    all_of_it: Sequence[Counted], departed: departures.Departed = departures.NOBODY, *, timed: bool = True
) -> Figure:
    """Return the figure; ``timed``: what took too long is a finding, too."""
    seconds = [one for counted in all_of_it for one in counted.seconds]
    replaced = [one for counted in all_of_it for one in counted.replaced] or [0.0]
    slowest, held = max(seconds), max((one for counted in all_of_it for one in counted.held), default=0.0)
    gap, looked = max(max(counted.gaps) for counted in all_of_it), sum(one.looked for one in all_of_it)
    findings = [finding for counted in all_of_it for finding in counted.findings]
    left = len(findings)
    findings += [f"begun anew after {slowest * 1000:.0f} ms"] if timed and slowest > WIPED else []
    findings += [f"a sleep held for {held * 1000:.0f} ms"] if timed and held > HELD else []
    findings += departed.wrong
    sentence = (
        f"memory: {left} left after {len(seconds)} endings in {{looked:,}} bytes;"
        f" wiped after {median(seconds) * 1000:.0f} ms, the slowest {slowest * 1000:.0f},"
        f" sleep held {held * 1000:.0f} at most; the new window alone after"
        f" {median(replaced) * 1000:.0f}, none to be seen for {gap * 1000:.0f} ms;"
        f"{_beside(all_of_it)}"
        f" {len(departed.wrong)} of {departed.ended} locks ended in the middle wrong:"
    )
    return Figure(sentence, looked, tuple(findings), 1_000_000 * len(seconds))


def _beside(all_of_it: Sequence[Counted]) -> str:
    """Say what stayed of a tenant that was signed out beside another, until the lock; no promise is made."""
    pairs = [pair for counted in all_of_it for pair in counted.beside]
    if not pairs:
        return ""
    left, before = max(after for _, after in pairs), min(before for before, _ in pairs)
    return f" signed out of one of two: {left} of {before} words of it stay until the lock;"


class _Day:
    """Works, is ended, is looked at, begins again."""

    def __init__(
        self, window: Window, server: DemoServer, marks: list[str], ends: list[str], entering: Entering
    ) -> None:
        self._window, self._marks, self._mark = window, marks, marks[0]
        self._entering = entering
        self._other: DemoPerson = server.tenants[1].people[0]
        self._beside = server.tenants[0].name
        self._ends = ends
        self.counted = Counted()

    async def begin(self) -> None:
        await self._entering.sign_in(self._window)
        await self._all_there()
        await self._window.work(self._mark)

    async def end(self, ending: str, *, last: bool) -> None:
        """Find everything, end, find nothing; unless it is the last, come back to where one was."""
        window = self._window
        if ending == "resumed":
            await window.start_again()
            await self._all_there()
            await window.work(self._mark)
        await self._all_there(*BEGUN, "note")
        words = await self._entering.secrets(window)
        if ending in ("two tenants", "one of two"):
            await window.sign_in_beside(self._other, self._beside)
            await window.until(lambda: window.holds(self._marks[1], *self._ends), "the other tenant's marks")
            words.append(self._other.password.reveal())
            words += [token[4:26] for token in await asyncio.to_thread(tokens, window.family())]
        if ending == "one of two":
            await self._sign_out_of_one()
        await self._leave(ending)
        await self._look(ending, words)
        if last:
            return
        if ending == "sign-out":
            await self.begin()
            return
        if ending == "sleep":
            window.logind.sleep(begins=False)
        await self._entering.unlock(window)
        await self._all_there(*BEGUN, "note")
        if ending == "one of two":
            await self._stays_away()

    async def _sign_out_of_one(self) -> None:
        """Leave the tenant in front, and count what stays of it while one works at the other."""
        family, mark = self._window.family(), self._marks[1]
        before = await asyncio.to_thread(occurrences, family, mark)
        await self._window.sign_out(of_one=True)
        await self._window.until(
            lambda: occurrences(family, mark) < before // 2, "one tenant's store unmapped"
        )
        await asyncio.sleep(CALM_SECONDS)
        self.counted.beside.append((before, await asyncio.to_thread(occurrences, family, mark)))
        await self._all_there()

    async def _stays_away(self) -> None:
        """Who was signed out is no more in the keyring, and not taken in again with the one that unlocked."""
        await asyncio.sleep(CALM_SECONDS)
        if await asyncio.to_thread(occurrences, self._window.family(), self._marks[1]):
            self.counted.findings.append("one of two: signed out, and signed in again")

    async def _leave(self, ending: str) -> None:
        window, before, keepers = self._window, self._window.beginning(), self._window.keepers()
        await window.until(lambda: window.logind.held == 1, "sleep to be held")
        shown = await window.shown()
        async with window.watched() as gaps:
            if ending in ("lock", "resumed", "two tenants", "one of two"):
                await window.hands.press("ctrl+l")
            elif ending == "sleep":
                window.logind.sleep()
            else:
                await window.sign_out()
                await window.discard()
            began = monotonic()
            await asyncio.gather(self._wiped(before, keepers, began), self._let_go(ending, before, began))
            if self._window.beginning() != before:
                await window.until_replaced(shown)
                self.counted.replaced.append(monotonic() - began)
            if ending != "sign-out":
                await window.until_titled(LOCKED)
        self.counted.gaps.append(max(gaps, default=0.0))

    async def _let_go(self, ending: str, before: str, began: float) -> None:
        """Wait until a sleep is let go, and say if that was too early."""
        if ending != "sleep":
            return
        while self._window.logind.held and monotonic() - began < LONGEST:  # noqa: ASYNC110 - a pipe
            await asyncio.sleep(LOOK_SECONDS)
        if self._window.beginning() == before:
            self.counted.findings.append("sleep: let go before the process had begun anew")
        self.counted.held.append(monotonic() - began)

    async def _wiped(self, before: str, keepers: set[int], began: float) -> None:
        """Wait until the process is another and its keeper gone, or long enough to say that they will not."""
        while self._window.beginning() in ("", before) or (keepers and keepers & self._window.keepers()):
            if monotonic() - began > LONGEST:
                self.counted.findings.append("the process did not begin anew")
                break
            await asyncio.sleep(LOOK_SECONDS)
        self.counted.seconds.append(monotonic() - began)

    async def _look(self, ending: str, words: list[str]) -> None:
        wanted = needles(self._marks) | plain(words)
        found, looked = await asyncio.to_thread(look, self._window.family(), wanted)
        self.counted.looked += looked
        self.counted.findings += [f"{ending}: {_named(what, self._marks)}" for what in found]
        others = await asyncio.to_thread(tokens, self._window.family())
        self.counted.findings += [f"{ending}: a token" for _ in others]

    async def _all_there(self, *typed: str) -> None:
        ends = [*self._ends, *typed]
        await self._window.until(lambda: self._window.holds(self._mark, *ends), f"all {len(ends)} marks")


def _named(what: str, marks: Sequence[str]) -> str:
    """Say which kind of word it was: tokens and passwords are not printed."""
    word, _, way = what.partition(" (")
    return f"{'a marked word' if word.lower() in marks else 'a secret'} ({way}"
