"""A client without a window that is locked, leaves its day and may die of it: ``python -m … MOMENT LINE``.

Following the session, sealing, keyring and keeper, guard, handing over and beginning anew are the product's.
Ours is what stands for pages, and that the process ends as by ``kill -9`` at a chosen moment. ``LINE`` is an
abstract socket: as long as our end is open, a sleep would be delayed. Tells a line of JSON of each step and
waits for a word where it says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGKILL
from types import SimpleNamespace
from typing import Any

import httpx

from leaddesk.api.client import ApiClient
from leaddesk.contract.ids import LeadId
from leaddesk.contract.notes import NoteRequest
from leaddesk.contract.signin import TokenAnswer
from leaddesk.desk.mirror.watched import Watched
from leaddesk.desk.outbox import Outbox
from leaddesk.desk.sealing.safe import Safe, Trouble
from leaddesk.desk.sending.drafts import Draft, Drafts
from leaddesk.desk.sending.entries import Kind, wish
from leaddesk.guard.anew import beginning
from leaddesk.guard.entering import begin
from leaddesk.personal.masked import Secret
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.session.session import Session
from leaddesk.session.state import SessionState
from leaddesk.session.tokens import only_named
from leaddesk.session.vault import VaultNote
from leaddesk.store.topics import Topic
from leaddesk.ui.shell.leaving.departure import Departure
from leaddesk.ui.shell.leaving.handed import Look, read_handed
from leaddesk.ui.shell.state import Memory, Route, WindowState
from tests.support.people import MAREN

MARK = "Kz7f3aDeparture"
ADDRESS = "https://leads.example"
PATIENT = 60.0
NOTES = 2


class Fate:
    """The moment of this process, and how it comes to it."""

    def __init__(self, moment: str) -> None:
        self.moment = moment

    def reach(self, moment: str) -> None:
        """End here as by ``kill -9``, if this is the moment."""
        if moment == self.moment:
            os.kill(os.getpid(), SIGKILL)


class DoomedVault(KeyringVault):
    """The vault of the product; around each call for a key, and within, something may end."""

    def __init__(self, fate: Fate) -> None:
        super().__init__(seconds=PATIENT)
        self._fate = fate

    async def put_aside(self, key: Secret) -> str | None:
        """Keep a key."""
        fate = self._fate
        fate.reach("before anything is sealed")
        if fate.moment == "the keyring dies before the key":
            await ask("kill the keyring")
        writing = asyncio.ensure_future(super().put_aside(key))
        if fate.moment == "while the key is written":
            await asyncio.sleep(random.random() * 0.03)
            fate.reach(fate.moment)
        if fate.moment == "the keeper dies while the key is written":
            await asyncio.sleep(random.random() * 0.03)
            kill_keepers()
        if fate.moment == "the keyring dies while the key is written":
            await ask("kill the keyring")
        name = await writing
        fate.reach("when the key is kept")
        return name

    async def look_up(self, name: str) -> Secret | None:
        """Read a key."""
        self._fate.reach("before the key is read")
        found = await super().look_up(name)
        self._fate.reach("when the key was read")
        return found


def kill_keepers() -> None:
    """End our keeper, whatever it does."""
    for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        with contextlib.suppress(OSError):
            if b"--keep-keyring" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(int(child), SIGKILL)


def tell(**facts: Any) -> None:
    """Say something to who started us."""
    os.write(1, json.dumps(facts).encode() + b"\n")


async def ask(what: str) -> None:
    """Say that something is to be done, and wait until it was."""
    tell(ask=what)
    await asyncio.to_thread(os.read, 0, 1)


def _answered(_request: httpx.Request) -> httpx.Response:
    """Be a server that does whatever it is asked."""
    return httpx.Response(200, stream=httpx.ByteStream(b"{}"))


class Stages:
    """What stands for the pages: remembers where one was, and what is said of the memory."""

    is_asked, whose = False, "m-1"

    def __init__(self, kept: WindowState) -> None:
        self.kept = kept
        self.said: list[Memory] = []

    def go_back_to(self, kept: WindowState) -> None:
        """Show where one was."""
        self.kept = kept

    def say_memory(self, memory: Memory) -> None:
        """Hear what the page says."""
        self.said.append(memory)


class Day:
    """One person with two unsent notes, two more begun, and a sign-in in the keyring."""

    def __init__(self, fate: Fate, brakes: tuple[int, ...]) -> None:
        self._fate, self._brakes = fate, brakes
        self.vault = DoomedVault(fate)
        http = httpx.AsyncClient(
            base_url=ADDRESS,
            transport=httpx.MockTransport(lambda _: httpx.Response(200, stream=httpx.ByteStream(b"{}"))),
        )
        self.session = Session(ApiClient(http), self.vault, ADDRESS)
        self.outbox = Outbox(SimpleNamespace(), lambda: datetime.now(UTC))  # type: ignore[arg-type]
        self.drafts = Drafts()
        self.safe = Safe(self.outbox, self.drafts, self.vault)
        self.stages = Stages(WindowState(Route.OFFERS, MARK, "lead-1"))
        self.troubles: list[Trouble] = []
        self.safe.trouble.subscribe(self.troubles.append)
        self._follow()

    def _follow(self) -> None:
        state: Watched[SessionState] = Watched(self.session.state)
        self.session.watch(state.set)
        vault_changed: Topic[VaultNote] = Topic()
        self.vault.watch(vault_changed.publish)
        sign_in = SimpleNamespace(me=MAREN, state=state, vault_changed=vault_changed)
        self.desk: Any = SimpleNamespace(
            sign_in=sign_in,
            safe=self.safe,
            finish_lock=self.session.finish,
            return_to=self.session.return_to,
            doomed=lambda: tuple(self.vault.doomed),
            session=self.session,
            unheard=self.session.unheard,
        )
        self.seat = Seat(self.desk, self.session)
        seats: Any = SimpleNamespace(changed=Topic[None](), all=(self.seat,), front=self.seat)
        shown = SimpleNamespace(seen=SimpleNamespace(connect=lambda _: None))
        toasts: Any = SimpleNamespace(show_toast=lambda *_, **__: shown, withdraw=lambda _: None)
        self.departure = Departure(seats, lambda: Look("de", "light", "", False), self._begin_anew, toasts)

    def _begin_anew(self, text: str) -> None:
        self._fate.reach("when all is sealed")
        beginning.begin_anew(text, self._brakes)

    async def work(self) -> None:
        """Sign in, write two notes that cannot be sent, begin two more, at two leads."""
        await self.session.begin(
            TokenAnswer(access_token="a", token_type="Bearer", expires_in=300, refresh_token="r")
        )
        self.departure.follow(self.seat, self.stages)  # type: ignore[arg-type]
        self.session.open()
        notes = [
            wish(Kind.NOTE, "lead-1", datetime.now(UTC), NoteRequest(text=f"{MARK} {n}", intern=False))
            for n in range(NOTES)
        ]
        self.outbox.discard(tuple(notes))
        for number in range(NOTES):
            self.drafts.put(LeadId(f"lead-{number}"), Draft(f"{MARK} begun {number}"))

    async def lock(self) -> None:
        """Lock; returns only where the process could not begin anew."""
        self.session.lock()
        await asyncio.sleep(0)
        await self.departure.settled()

    async def unlock(self) -> None:
        """Come in again, and tell what came back."""
        await self.safe.open(MAREN)
        self.session.open()
        while self.safe.is_closed:  # noqa: ASYNC110 - a keyring that is still busy opens it later
            await asyncio.sleep(0.02)
        said = self.stages.said[-1].value if self.stages.said else ""
        whole = all(
            entry.request and MARK.encode() in entry.request.to_json() for entry in self.outbox.entries()
        )
        tell(
            notes=len(self.outbox.entries()) if whole else -1,
            begun=sum(draft.words == f"{MARK} begun {lead[-1]}" for lead, draft in self.drafts.all()),
            said=said,
            troubles=[one.stuck.value for one in self.troubles],
        )

    async def end(self) -> None:
        """Close, as a person does who stays signed in nowhere."""
        self.departure.close()
        await self.safe.discard()
        self.session.close()
        await self.session.finish()
        await self.vault.settle(PATIENT)


class Seat:
    """What the departure asks of a seat."""

    address = ADDRESS

    def __init__(self, desk: Any, session: Session) -> None:
        self.desk, self.session = desk, session

    @property
    def state(self) -> SessionState:
        """Where the session stands."""
        return self.session.state


async def live(fate: Fate, line: str) -> None:
    """Work, lock, and go on where that did not end this program."""
    brake = socket.socket(socket.AF_UNIX)
    brake.connect(f"\0{line}")
    day = Day(fate, (brake.fileno(),))
    await day.work()
    await day.lock()
    brake.close()  # as who listens to the desktop does, once all is settled
    await ask("unlock")
    await day.unlock()
    await day.end()


async def go_on(fate: Fate, carried: beginning.Carried) -> None:
    """Stand where the process before stood, and come in again."""
    handed = read_handed(carried.text)
    assert handed is not None
    day = Day(fate, ())
    day.stages.kept = WindowState()
    day.departure.expect(handed)
    day.departure.follow(day.seat, day.stages)  # type: ignore[arg-type]
    for name in handed.doomed:
        await day.vault.remove(only_named(name))
    await ask("unlock")
    fate.reach("at the lock page")
    await day.unlock()
    await day.end()


def main() -> None:
    """Begin, or begin anew."""
    fate, line = Fate(sys.argv[1]), sys.argv[2]
    execve, let_go = os.execve, beginning.let_go

    def executed(*words: Any) -> None:
        fate.reach("before it is executed")
        if fate.moment == "it cannot be executed":
            raise FileNotFoundError
        execve(*words)

    def going(numbers: tuple[int, ...]) -> None:
        fate.reach("before the sleep is let go")
        let_go(numbers)

    if beginning.ARGUMENT not in sys.argv:
        begin()
        os.execve = executed  # type: ignore[assignment]
        asyncio.run(live(fate, line))
        return
    fate.reach("just after it was executed")
    beginning.let_go = going
    carried = beginning.go_on(int(sys.argv[-1]))
    fate.reach("when the sleep was let go")
    assert carried is not None
    asyncio.run(go_on(fate, carried))


if __name__ == "__main__":
    main()
