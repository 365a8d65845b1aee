"""C3: answers that come late: in any order around a lock none of them is shown or kept.

The answers are a real server's, recorded once. Then all that a window asks for is asked again and again, the
pieces of the answers are let through in an order drawn anew, and at a moment drawn too somebody locks.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from leaddesk.api.client import ApiClient
from leaddesk.api.transport import open_http
from leaddesk.contract.ids import LeadId
from leaddesk.desk.desk import Desk
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.session import Session
from leaddesk.settings.address import read_address
from leaddesk.store.store import Store
from tests.desk.conftest import served
from tests.guarantees.figure import Figure
from tests.support.trade import PASSWORD, opened

SMOKE, SHORT, FULL = 20, 400, 10_000
SEED = 6
_LEADS, _STEPS, _TURNS = 6, 60, 6
_MARKS = ("Anna", "Meyer", "0171 39200 42")


@dataclass
class Recorded:
    """What a real server answered, by method and path."""

    url: str = ""
    answers: dict[tuple[str, str], tuple[int, list[tuple[str, str]], bytes]] = field(default_factory=dict)
    leads: list[str] = field(default_factory=list)


class _Recorder(httpx.AsyncBaseTransport):
    def __init__(self, inner: httpx.AsyncBaseTransport, found: Recorded) -> None:
        self._inner, self._found = inner, found

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        kind = response.headers.get("content-type", "")
        if "event-stream" in kind:
            return response
        body = await response.aread()
        headers = [(key, value) for key, value in response.headers.multi_items() if key in _KEPT]
        self._found.answers[request.method, request.url.path] = (response.status_code, headers, body)
        return httpx.Response(response.status_code, headers=headers, stream=_Whole(body))

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Whole(httpx.AsyncByteStream):
    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body


_KEPT = frozenset({"content-type", "x-total", "x-continuation", "x-continuation-token"})


class Gates(httpx.AsyncBaseTransport):
    """A network whose answers come in pieces, each when it is let through; ``open`` lets all through."""

    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded
        self.open = True
        self.waiting: list[asyncio.Future[None]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._wait()
        if request.url.path == "/events":
            headers = [("content-type", "text/event-stream")]
            return httpx.Response(200, headers=headers, stream=_Pieces(self, self._news()))
        known = self._recorded.answers.get((request.method, request.url.path))
        status, headers, body = known or (404, [("content-type", "application/json")], b"{}")
        third = max(1, len(body) // 3)
        pieces = [body[at : at + third] for at in range(0, len(body), third)] or [b""]
        return httpx.Response(status, headers=headers, stream=_Pieces(self, pieces))

    def let_one_through(self, chance: random.Random) -> bool:
        """Let a piece through; return whether there was one."""
        self.waiting = [one for one in self.waiting if not one.done()]
        if not self.waiting:
            return False
        self.waiting[chance.randrange(len(self.waiting))].set_result(None)
        return True

    async def _wait(self) -> None:
        if not self.open:
            one = asyncio.get_running_loop().create_future()
            self.waiting.append(one)
            await one

    def _news(self) -> list[bytes]:
        told = [b'id: 7\nevent: head\ndata: {"position":7}\n\n']
        for number, lead in enumerate(self._recorded.leads):
            message = f'id: {8 + number}\nevent: lead\ndata: {{"id":"{lead}","serial":2}}\n\n'
            told.append(message.encode())
        return told


class _Pieces(httpx.AsyncByteStream):
    def __init__(self, gates: Gates, pieces: list[bytes]) -> None:
        self._gates, self._pieces = gates, pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            await self._gates._wait()
            yield piece

    async def aclose(self) -> None:
        return


async def record() -> Recorded:
    """Ask a real server once everything a window asks."""
    found = Recorded()
    async with opened() as trade, served(trade.app) as url:
        found.url = url
        found.leads = [trade.add_lead() for _ in range(_LEADS)]
        async with open_http(read_address(url, "test")) as http:
            http._transport = _Recorder(http._transport, found)
            room = Window(ApiClient(http), http, url)
            await room.sign_in()
            work = asyncio.create_task(room.desk.run())
            async with asyncio.timeout(60):
                while not room.desk.sync.progress.value.done:  # noqa: ASYNC110 - any state of a clerk
                    await asyncio.sleep(0.01)
                await asyncio.gather(*(ask() for ask in room.asks(found.leads[0])))
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
    return found


class Window:
    """A desk with what a window asks of it."""

    def __init__(self, client: ApiClient, http: httpx.AsyncClient, url: str) -> None:
        self.store = Store()
        self.session = Session(client, MemoryVault(), url)
        with_pass = ApiClient(http, self.session.bearer)
        self.desk = Desk(with_pass, self.session, self.store, lambda: datetime(2026, 11, 19, tzinfo=UTC))

    async def sign_in(self) -> None:
        outcome = await self.desk.sign_in.sign_in(Personal("maren@x.example"), Secret(PASSWORD))
        assert outcome.code == "ok", outcome

    def asks(self, lead: str) -> list[Callable[[], Awaitable[Any]]]:
        """What views and dialogs ask for; none of it is cancelled here when the lock comes."""
        leads, one = self.desk.leads, LeadId(lead)
        return [
            lambda: leads.detail(one),
            lambda: leads.notes(one),
            lambda: leads.history(one),
            lambda: leads.disclosures(one),
            lambda: leads.add_note(one, Personal("Canary")),
            self.desk.directory.load,
        ]

    def kept(self) -> list[str]:
        """Say which shelves hold something."""
        store = self.store
        shelves = {
            "leads": len(store.leads),
            "shares": len(store.shares),
            "offers": len(store.offers),
            "markets": len(store.markets),
            "pipelines": len(store.pipelines),
            "forms": len(store.forms),
            "members": len(store.members),
            "partners": len(store.partners),
            "notes": len(store.notes),
        }
        return [name for name, count in shelves.items() if count]


@dataclass
class Told:
    """What somebody who asks shows afterwards."""

    after_lock: bool = False
    shown: list[str] = field(default_factory=list)

    async def ask(self, ask: Callable[[], Awaitable[Any]]) -> None:
        """Ask as a view does, and show what comes."""
        try:
            outcome = await ask()
        except Exception:
            return
        value = getattr(outcome, "value", None)
        if self.after_lock and getattr(outcome, "code", "") == "ok" and value not in (None, ()):
            self.shown.append(type(value).__name__)


async def interleave(recorded: Recorded, chance: random.Random, lock: Callable[[Window], None]) -> list[str]:
    """Play one order; return what was shown or kept after the lock."""
    gates = Gates(recorded)
    async with httpx.AsyncClient(base_url=recorded.url, transport=gates) as http:
        room, told = Window(ApiClient(http), http, recorded.url), Told()
        await room.sign_in()
        gates.open = False
        running = [asyncio.create_task(room.desk.run())]
        asks = room.asks(recorded.leads[0])
        chance.shuffle(asks)
        running += [asyncio.create_task(told.ask(ask)) for ask in asks]
        locks_at = chance.randrange(_STEPS)
        for _ in range(locks_at):
            await _turn(gates, chance)
        told.after_lock = True
        lock(room)
        running.append(asyncio.create_task(room.desk.finish_lock()))
        for _ in range(_STEPS * 4):
            if not await _turn(gates, chance):
                break
        found = [f"kept: {name}" for name in room.kept()] + [f"shown: {name}" for name in told.shown]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await room.session.finish(0)
        return found


async def _turn(gates: Gates, chance: random.Random) -> bool:
    went = gates.let_one_through(chance)
    for _ in range(chance.randrange(1, _TURNS)):
        await asyncio.sleep(0)
    return went or bool(gates.waiting)


def _lock(room: Window) -> None:
    room.desk.lock()


def _lock_that_lets_late_answers_in(room: Window) -> None:
    """The product with a broken part: passes of an ended session stay good."""
    room.session.bearer.admits = lambda _used: True  # type: ignore[method-assign]
    room.desk.lock()


async def guarantee(_env: Mapping[str, str], *, planted: bool = False, rounds: int | None = None) -> Figure:
    """Lock amid answers again and again."""
    recorded = await record()
    seen = b"".join(body for _, _, body in recorded.answers.values()).decode()
    assert all(mark in seen for mark in _MARKS), "the answers hold nobody's data: nothing would be shown"
    full = os.environ.get("FULL") == "1"
    count = rounds or (FULL if full else SHORT)
    chance, findings = random.Random(SEED), list[str]()
    lock = _lock_that_lets_late_answers_in if planted else _lock
    for number in range(count):
        findings += [f"order {number}, {one}" for one in await interleave(recorded, chance, lock)]
        if len(findings) > 20:
            break
    sentence = "nothing-late: {found} shown or kept in {looked:,} orders of answers around a lock"
    return Figure(sentence, count, tuple(findings))
