"""A6: after lock and sign-out no word of a lead, no typed word and no token lies in any writable memory."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from time import monotonic

from leaddesk.demo.child import DemoPerson, DemoServer, start_demo_server
from tests.guarantees.figure import Figure
from tests.guarantees.memory.scanning import look, needles, plain, tokens
from tests.guarantees.memory.window import LOCKED, PLAIN, NotReached, Window, enter_leads, open_window

LEADS, MARKED = 300, 12
LONGEST = 60.0
"""So many seconds after its key a process that has not begun anew will not."""
SHORT = ("lock", "lock", "sign-out")
FULL = ("lock", "lock", "lock", "lock", "sign-out") * 10

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
STARTED = """
import sys
from leaddesk.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
PLANTS = {"no beginning anew": IN_PLACE, "a token handed over": KEPT_TOKEN, "a note unsealed": UNSEALED}
"""The product with one broken part each."""


async def guarantee(env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Lock and sign out of a client that shows, searches and edits marked leads; look at all its memory."""
    if not planted:
        endings = FULL if os.environ.get("FULL") == "1" else SHORT
        return await counted(env, endings)
    figures = {name: await counted(env, ("lock",), ("-c", plant + STARTED)) for name, plant in PLANTS.items()}
    missed = [name for name, figure in figures.items() if figure.kept]
    findings = () if missed else tuple(f"caught: {name}" for name in figures)
    return Figure("memory: {found} plants of {looked:,}; not caught: " + ", ".join(missed), 3, findings, 0)


async def counted(env: Mapping[str, str], endings: Sequence[str], part: Sequence[str] = PLAIN) -> Figure:
    """Run one client through endings; the sentence says how long the slowest took until nothing was left."""
    mark = f"kz{secrets.token_hex(5)}q"
    server = await start_demo_server(LEADS)
    try:
        ends = await asyncio.to_thread(enter_leads, server, mark, MARKED)
        async with AsyncExitStack() as stack:
            window = await open_window(stack, env, server, part)
            day = _Day(window, server, mark, ends)
            await day.begin()
            for number, ending in enumerate(endings):
                await day.end(ending, last=number == len(endings) - 1)
    finally:
        await server.stop()
    sentence = f"memory: {{found}} left after {len(endings)} endings in {{looked:,}} bytes"
    slowest = f", the slowest begun anew {max(day.seconds, default=0) * 1000:.0f} ms after its key"
    return Figure(sentence + slowest, day.looked, tuple(day.findings), 1_000_000 * len(endings))


class _Day:
    """Works, is ended, is looked at, begins again."""

    def __init__(self, window: Window, server: DemoServer, mark: str, ends: list[str]) -> None:
        self._window, self._mark = window, mark
        self._person: DemoPerson = server.tenants[0].people[0]
        self._ends = ends
        self.findings: list[str] = []
        self.seconds: list[float] = []
        self.looked = 0

    async def begin(self) -> None:
        await self._window.sign_in(self._person)
        await self._all_there()
        await self._window.work(self._mark)

    async def end(self, ending: str, *, last: bool) -> None:
        """Find everything, end, find nothing; unless it is the last, come back to where one was."""
        window = self._window
        await self._all_there("draft", "note")
        known = await asyncio.to_thread(tokens, window.family())
        if len(known) < 2:
            raise NotReached("the tokens are not in memory before the lock: nothing would be shown")
        words = [self._person.password.reveal(), *(token[4:26] for token in known)]
        await self._leave(ending)
        await self._look(ending, words)
        if last:
            return
        if ending == "lock":
            await window.unlock(self._person)
            await self._all_there("draft", "note")
        else:
            await self.begin()

    async def _leave(self, ending: str) -> None:
        window, before, keepers = self._window, self._window.beginning(), self._window.keepers()
        if ending == "lock":
            await window.hands.press("ctrl+l")
        else:
            await window.sign_out()
        await self._begun_anew(before, monotonic())
        await window.until(lambda: not keepers & window.keepers(), "the keeper of before to end")
        if ending == "lock":
            await window.until_titled(LOCKED)

    async def _begun_anew(self, before: str, began: float) -> None:
        """Wait until the process is another, or long enough to say that it will not be."""
        while self._window.beginning() in ("", before):
            if monotonic() - began > LONGEST:
                self.findings.append("the process did not begin anew")
                break
            await asyncio.sleep(0.002)
        self.seconds.append(monotonic() - began)

    async def _look(self, ending: str, words: list[str]) -> None:
        wanted = needles([self._mark]) | plain(words)
        found, looked = await asyncio.to_thread(look, self._window.family(), wanted)
        self.looked += looked
        self.findings += [f"{ending}: {_named(what, self._mark)}" for what in found]
        others = await asyncio.to_thread(tokens, self._window.family())
        self.findings += [f"{ending}: a token" for _ in others]

    async def _all_there(self, *typed: str) -> None:
        ends = [*self._ends, *typed]
        await self._window.until(lambda: self._window.holds(self._mark, *ends), f"all {len(ends)} marks")


def _named(what: str, mark: str) -> str:
    """Say which kind of word it was: tokens and passwords are not printed."""
    word, _, way = what.partition(" (")
    return f"{'a marked word' if word.lower() == mark else 'a secret'} ({way}"
