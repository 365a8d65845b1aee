"""B2: whatever a keyring does, the window stands within two seconds, never stalls, and nobody signs in anew.

A real Secret Service on a bus of its own is dead, locked (its prompt stays open), dismisses, is killed in the
middle, is slow or comes late, while a window starts and, once it works, while it renews its token. Then it is
well again: the window comes to its leads by itself. What was renewed meanwhile has to be in the keyring, for
the next round starts with what is there.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from leaddesk.api.client import ApiClient
from leaddesk.api.transport import open_http
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.session.session import Session
from leaddesk.settings.address import read_address
from tests.desk.conftest import served
from tests.guarantees.figure import Figure
from tests.support.desktops import Service as Answering
from tests.support.secret_service import Service, lonely_secret_service
from tests.support.slow_line import SlowLine
from tests.support.trade import PASSWORD, opened

SECONDS, STALL_SECONDS, PATIENCE = 2.0, 0.05, 60.0
PLANTED_PATIENCE = 15.0
FULL, SHORT = 50, 2
LEADS = 40
PROMPTER = "org.gnome.keyring.SystemPrompter"


class Prompter(Answering):
    """What a desktop asks for a keyring's password with; nobody sits there."""

    def __init__(self, bus: str) -> None:
        super().__init__(bus, PROMPTER)


class Keyring:
    """A keyring that can be ill in six ways, and well again."""

    def __init__(self, service: Service, line: SlowLine, chance: random.Random) -> None:
        self._service, self._line, self._chance = service, line, chance
        self._prompter: Prompter | None = None
        self.ills: dict[str, tuple[Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]]] = {
            "dead": (self._freeze, self._thaw),
            "locked": (self._lock_and_ask, self._unlock),
            "dismissed": (self._lock, self._unlock),
            "killed": (self._kill_soon, self._start),
            "slow": (self._slow, self._quick),
            "late": (self._kill, self._start),
        }

    async def _freeze(self) -> None:
        self._service.freeze()

    async def _thaw(self) -> None:
        self._service.thaw()

    async def _lock(self) -> None:
        await asyncio.to_thread(self._service.lock)

    async def _lock_and_ask(self) -> None:
        await self._lock()
        self._prompter = await asyncio.to_thread(Prompter, self._service.env["DBUS_SESSION_BUS_ADDRESS"])

    async def _unlock(self) -> None:
        await asyncio.to_thread(self._service.unlock)
        if self._prompter is not None:
            await asyncio.to_thread(self._prompter.close)
            self._prompter = None

    async def _kill(self) -> None:
        await asyncio.to_thread(self._service.kill)

    async def _kill_soon(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, 0.2))
        await self._kill()

    async def _start(self) -> None:
        await asyncio.to_thread(self._service.start)

    async def _slow(self) -> None:
        self._line.wait = lambda: self._chance.uniform(0.02, 0.6)

    async def _quick(self) -> None:
        self._line.wait = float


class Window:
    """The window's process, as who gives it orders sees it."""

    def __init__(self, process: Process, patience: float) -> None:
        self._process, self._patience = process, patience

    def order(self, word: str) -> None:
        """Tell it to do something."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n".encode())

    async def heard(self, what: str) -> dict[str, Any]:
        """Wait until it tells this of itself. Raises :class:`TimeoutError`."""
        assert self._process.stdout is not None
        async with asyncio.timeout(self._patience):
            while True:
                said: dict[str, Any] = json.loads(await self._process.stdout.readline())
                if what in said:
                    return said

    async def comes_to(self, *pages: str) -> dict[str, Any]:
        """Wait until one of these pages is in the window."""
        while True:
            said = await self.heard("page")
            if said["page"] in pages:
                return said


class Rounds:
    """One round after the other, and what is wrong with them."""

    def __init__(self, window: Window, keyring: Keyring) -> None:
        self._window, self._keyring = window, keyring
        self.findings: list[str] = []
        self.latest = self.stall = self.building = 0.0

    async def well(self) -> None:
        """Start once with a keyring that is well: everything is imported then, which P2 counts."""
        self._window.order("start")
        await self._window.comes_to("Workplace")
        self._window.order("end")
        await self._window.heard("stall")

    async def one(self, ill: str) -> None:
        """Start and renew with a keyring that is ill in one way, and see it become well both times."""
        sickens, recovers = self._keyring.ills[ill]
        if ill != "killed":
            await sickens()
        self._window.order("start")
        if ill == "killed":
            await sickens()
        shown = await self._window.comes_to("SignInPage", "Workplace")
        self.latest = max(self.latest, shown["after"])
        await recovers()
        if shown["page"] != "Workplace":
            await self._window.comes_to("Workplace")
        await self._work(ill)

    async def stands(self) -> str:
        """Ask the window where its session stands."""
        self._window.order("how")
        return str((await self._window.heard("stands"))["stands"])

    async def _work(self, ill: str) -> None:
        sickens, recovers = self._keyring.ills[ill]
        if ill != "killed":
            await sickens()
        self._window.order("renew")
        if ill == "killed":
            await sickens()
        told = await self._window.heard("renewed")
        await recovers()
        if told["renewed"] != "renewed":
            self.findings.append(f"{ill}: the token was not renewed ({told['renewed']})")
        self._window.order("end")
        stood = await self._window.heard("stall")
        self.stall = max(self.stall, stood["stall"])
        self.findings += [f"{ill}: {stood['left']}"] if stood["left"] else []
        self.building = max(self.building, stood["building"])
        if stood["stall"] > STALL_SECONDS:
            self.findings.append(f"{ill}: stood still for {stood['stall'] * 1000:.0f} ms")


async def guarantee(
    env: Mapping[str, str],
    *,
    planted: bool = False,
    ills: tuple[str, ...] = ("dead", "locked", "dismissed", "killed", "slow", "late"),
    rounds: int | None = None,
    timed: bool = True,
    folder: Path | None = None,
) -> Figure:
    """Let a keyring be ill in every way, again and again; planted: the window waits for it."""
    rounds = rounds or (FULL if os.environ.get("FULL") == "1" else SHORT)
    ills = ("dead",) if planted else ills
    async with _there(dict(env), folder, planted=planted) as there:
        looked = 0
        for number in range(rounds):
            for ill in ills:
                try:
                    await there.one(ill)
                except TimeoutError:
                    stands = "stands still" if planted else await there.stands()
                    there.findings.append(f"{ill}, round {number + 1}: never came back ({stands})")
                    break
                looked += 1
            else:
                continue
            break
    if timed and there.latest > SECONDS:
        there.findings.append(f"a window stood after {there.latest:.2f} s only")
    if not timed:
        there.findings[:] = [one for one in there.findings if "stood still" not in one]
    stall, building = there.stall * 1000, there.building * 1000
    sentence = (
        f"keyrings ill in {len(ills)} ways: {{found}} of {{looked}} starts and renewals wrong, window after "
        f"{there.latest:.2f} s, stall {stall:.0f} ms at most, {building:.0f} while a page is built:"
    )
    return Figure(sentence, looked, tuple(there.findings), enough=0)


@asynccontextmanager
async def _there(env: Mapping[str, str], folder: Path | None, *, planted: bool) -> AsyncIterator[Rounds]:
    """Server, bus, keyring with a kept sign-in, and the window's process."""
    async with AsyncExitStack() as stack:
        service, _ = stack.enter_context(lonely_secret_service(folder))
        line = await stack.enter_async_context(SlowLine(service.env["DBUS_SESSION_BUS_ADDRESS"]).open())
        trade = await stack.enter_async_context(opened())
        for _ in range(LEADS):
            trade.add_lead(keeper="Jens")
        url = await stack.enter_async_context(served(trade.app))
        await asyncio.to_thread(service.start)
        await _keep_a_sign_in(url)
        words = [sys.executable, "-B", "-m", "tests.guarantees.signing_in.hanging_room", url]
        words += ["planted"] if planted else []
        theirs = dict(env) | {"DBUS_SESSION_BUS_ADDRESS": line.address}
        process = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, env=theirs)
        try:
            window = Window(process, PLANTED_PATIENCE if planted else PATIENCE)
            rounds = Rounds(window, Keyring(service, line, random.Random(6)))
            await rounds.well()
            yield rounds
        finally:
            assert process.stdin is not None
            process.stdin.close()
            if planted:
                process.kill()
            await process.wait()


async def _keep_a_sign_in(url: str) -> None:
    address = read_address(url, "url")
    http = open_http(address)
    session = Session(ApiClient(http), KeyringVault(seconds=PATIENCE), address.url)
    email = Personal("jens@x.example")
    await session.begin(await session.proof.by_password(email, Secret(PASSWORD)))
    await http.aclose()
