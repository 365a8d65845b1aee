"""The full session of the guarantees: what a person does from the sign-in to the end of the program.

Two hundred leads opened, a search, copies, a step, a note; the connection lost, work without it, a conflict
with a colleague; lock, unlock, three renewals of the token; sign-out. It reads what is painted.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from unittest.mock import patch

from leaddesk.api.lead_rows import stream_leads
from leaddesk.api.leads import change_step, read_lead
from leaddesk.contract.ids import LeadId
from leaddesk.contract.leads import StepChangeRequest
from leaddesk.contract.rows import SealedRow, open_block
from leaddesk.demo import child
from leaddesk.demo.child import DemoPerson, DemoServer, start_demo_server
from leaddesk.demo.tour import line as lines
from leaddesk.demo.tour.eyes import Eyes
from leaddesk.demo.tour.hands import Hands, HandsFailed
from leaddesk.demo.tour.line import Line
from leaddesk.demo.tour.outside import signed_in
from leaddesk.demo.tour.stage import end, open_display
from leaddesk.demo.words import around, opening
from leaddesk.ui.kit.wording import text
from tests.guarantees.memory.window import BEGUN, LOCKED, Window, enter_leads
from tests.guarantees.zero_writes import TRACING, press_words, read_all, sign_in, traced_session
from tests.support.desktops import FakeLogind, private_bus

LEADS, OPENED, RENEWALS = 5_000, 200, 3
FEW = 300
"""For the program itself, of which only memory and title can be read."""
PATIENCE = 120.0
LIFETIME_SECONDS = 45
FIRST, LAST = "Gabriele", "Müller-Lüdenscheidt"
KEY = "00000000-0000-4000-8000-00000000a001"
NOTE = "Notiz ohne Verbindung"
SHORT_LIVED = f"""
import runpy, sys
from datetime import timedelta
import leaddesk.server.identity.tokens.sessions as sessions
sessions.ACCESS_LIFETIME = timedelta(seconds={LIFETIME_SECONDS})
sys.argv[1:] = ["{LEADS}"]
runpy.run_module("leaddesk.server", run_name="__main__")
"""


@contextmanager
def short_lived_tokens() -> Iterator[None]:
    """Have the next demo server give tokens that have to be renewed within a session of minutes."""

    def spawn(_leads: int) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [sys.executable, "-B", "-c", SHORT_LIVED], stdin=pipe, stdout=pipe, start_new_session=True
        )

    with patch.object(child, "_spawn", spawn):
        yield


class Session:
    """One person at one window behind a line that can be cut; ``renewals``: how often a token was renewed."""

    def __init__(self, eyes: Eyes, hands: Hands, line: Line, server: DemoServer) -> None:
        self._eyes, self._hands, self._line, self._server = eyes, hands, line, server
        self._person: DemoPerson = server.tenants[0].people[0]
        self.renewals = 0

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count renewals on their way through the line, which is unencrypted on this machine."""
        pump = lines._pump

        async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            read = reader.read

            async def heard(size: int = -1) -> bytes:
                chunk = await read(size)
                self.renewals += chunk.count(b"grant_type=refresh_token")
                return chunk

            reader.read = heard  # type: ignore[method-assign]
            await pump(reader, writer)

        with patch.object(lines, "_pump", counted):
            yield

    async def play(self) -> None:
        """Do all of it, in the order of the guarantees."""
        await sign_in(self._eyes, self._hands, self._person)
        await self._open_many()
        await self._search_and_change()
        await self._work_without_a_line()
        await self._decide()
        await self._lock_and_unlock()
        await self._renew()
        await self._hands.press("ctrl+l")
        await self._eyes.see("Abmelden", PATIENCE)
        await press_words(self._eyes, self._hands, "Abmelden")
        await self._eyes.see("E-Mail", PATIENCE)

    async def _open_many(self) -> None:
        await self._hands.press("slash", "Return", "Home", "Return")
        await self._eyes.see(text("lead_detail.tab_journal"), PATIENCE)
        for number in range(2, OPENED + 1):
            await self._hands.press("alt+Right")
            await self._eyes.see(f"{number} / ", PATIENCE)

    async def _search_and_change(self) -> None:
        await self._find(FIRST.lower())
        await self._hands.press("Home", "ctrl+c")
        await self._eyes.see(opening("leads.copied", 2), PATIENCE)
        await press_words(self._eyes, self._hands, FIRST)
        await self._eyes.see(text("lead_detail.tab_journal"), PATIENCE)
        await press_words(self._eyes, self._hands, text("lead_detail.tab_journal"))
        await self._hands.press("n")
        await self._hands.type("Termin zugesagt")
        await self._hands.press("ctrl+a", "ctrl+c", "ctrl+Return")
        await self._eyes.see("Termin zugesagt", PATIENCE)
        await self._hands.press("Escape", "s", "Right", "Return")
        await self._eyes.still()
        await self._all_sent()

    async def _all_sent(self) -> None:
        """Wait until the foot says of no change that it waits."""
        for words in ("Änderung wartet", "Änderungen warten"):
            await self._eyes.miss(words, PATIENCE)

    async def _find(self, words: str) -> None:
        await self._hands.press("slash")
        await self._hands.type(words)
        await self._hands.press("Return")
        await self._eyes.see(FIRST, PATIENCE)
        await self._eyes.still()

    async def _work_without_a_line(self) -> None:
        """Meanwhile a colleague moves the same lead."""
        self._line.cut()
        await self._eyes.see(around("shell.outage", "since"), PATIENCE)
        await self._hands.press("n")
        await self._hands.type(NOTE)
        await self._hands.press("ctrl+Return")
        await self._eyes.see(text("shell.waiting", n=1), PATIENCE)
        await self._hands.press("Escape", "s", "Right", "Return")
        await self._eyes.see(text("shell.waiting", n=2), PATIENCE)
        colleague = next(one for one in self._server.tenants[0].people if one.role == "admin")
        async with signed_in(self._server.url, colleague) as api:
            found = None
            async with stream_leads(api, sort="lead.createdAt") as loading:
                async for rows in loading:
                    found = next((row.lead.lead_id for row in rows if _is_the_one(row)), found)
            assert found is not None, "the lead is not there"
            lead = await read_lead(api, LeadId(found))
            await change_step(api, LeadId(found), StepChangeRequest(step="Abschluss"), KEY, lead.lead.serial)

    async def _decide(self) -> None:
        await self._line.mend()
        await self._eyes.see(opening("outbox.toast_conflict", 3), PATIENCE)
        await press_words(self._eyes, self._hands, text("outbox.open"))
        await self._eyes.see(text("outbox.conflict_take"), PATIENCE)
        await press_words(self._eyes, self._hands, text("outbox.conflict_take"))
        await self._all_sent()
        await self._hands.press("Escape")

    async def _lock_and_unlock(self) -> None:
        await self._hands.press("ctrl+l")
        await self._eyes.see("Gesperrt seit", PATIENCE)
        await self._hands.type(self._person.password.reveal())
        await self._hands.press("Return")
        await self._eyes.see("alle im Arbeitsspeicher", PATIENCE)

    async def _renew(self) -> None:
        """Go on until the token was renewed often enough: leads are opened, which asks the server."""
        async with asyncio.timeout(PATIENCE * 2):
            while self.renewals < RENEWALS:
                await self._hands.press("alt+Right")
                await asyncio.sleep(1.0)


def _is_the_one(row: SealedRow) -> bool:
    block = open_block(row.lead.prospect)
    fields = block.fields if block else {}
    return [str(fields[label].value) for label in ("Vorname", "Nachname") if label in fields] == [FIRST, LAST]


async def traced(env: dict[str, str]) -> tuple[str, str]:
    """Trace the full session, and the product itself, which begins anew at lock and at sign-out."""
    with short_lived_tokens():
        server = await start_demo_server(LEADS)
    few = await start_demo_server(FEW)
    try:
        async with asyncio.TaskGroup() as both:
            painted = both.create_task(_painted(env, server))
            itself = both.create_task(_itself(env, few))
        return painted.result(), itself.result()
    finally:
        await server.stop()
        await few.stop()


async def _painted(env: dict[str, str], server: DemoServer) -> str:
    line = Line(server.url)
    played: list[Session] = []

    async def play(eyes: Eyes, hands: Hands, _server: DemoServer) -> None:
        played.append(Session(eyes, hands, line, server))
        with played[0].counting():
            await line.mend()
            await played[0].play()

    try:
        trace = await traced_session(env, server, play, url=line.url)
    finally:
        line.close()
    assert played[0].renewals >= RENEWALS
    return trace


async def _itself(env: dict[str, str], server: DemoServer) -> str:
    """Sign in, work, lock, unlock, sign out, quit; what is seen is its memory and its title."""
    mark, person = "kzfullsession", server.tenants[0].people[0]
    ends = await asyncio.to_thread(enter_leads, server, mark, 4)
    async with AsyncExitStack() as stack:
        traced_end, tracing = os.pipe()
        environment = dict(env) | {"DISPLAY": await open_display(stack)}
        bus = environment["DBUS_SYSTEM_BUS_ADDRESS"] = stack.enter_context(private_bus())
        logind = FakeLogind(bus)
        stack.callback(logind.close)
        process = await asyncio.create_subprocess_exec(
            "strace",
            *("-D", *TRACING, "-o", f"/proc/self/fd/{tracing}"),
            *(sys.executable, "-B", "-m", "leaddesk", "--server", server.url, "--language", "de"),
            env=environment,
            pass_fds=(tracing,),
        )
        os.close(tracing)
        stack.push_async_callback(end, process)
        log = asyncio.create_task(asyncio.to_thread(read_all, traced_end))
        window = Window(process, environment, logind)
        await window.sign_in(person)
        await window.until(lambda: window.holds(mark, *ends), "the leads")
        await window.work(mark)
        before = window.beginning()
        await window.hands.press("ctrl+l")
        await window.until(lambda: window.beginning() not in ("", before), "beginning anew at lock")
        await window.until_titled(LOCKED)
        await window.unlock(person)
        await window.until_titled(LOCKED, there=False)
        await window.until(lambda: window.holds(mark, *BEGUN), "the begun notes of before")
        before = window.beginning()
        await window.sign_out()
        await window.discard()
        await window.until(lambda: window.beginning() not in ("", before), "beginning anew at sign-out")
        await window.until_titled("leaddesk")
        await _quit(window, process)
        return await log


async def _quit(window: Window, process: asyncio.subprocess.Process) -> None:
    """Press the key until it is heard: the window of before may just be going."""
    async with asyncio.timeout(PATIENCE):
        while process.returncode is None:
            with suppress(HandsFailed):
                await window.hands.focus()
                await window.hands.press("ctrl+q")
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 2)
