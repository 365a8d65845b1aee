"""Several processes, one scanner: each file is asked for once, each verdict kept once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from leaddesk.server.app import build_app
from leaddesk.server.commands.attachments import scanning
from leaddesk.server.commands.attachments.scanning import Scanning
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.inspection.clamd import Clamd
from leaddesk.server.projections import attachments as files
from leaddesk.server.web.beside.outside import Outside
from tests.server.web.attachments.test_attachments import Desk, desk_of
from tests.support.serving import served
from tests.support.trade import Trade

PATIENCE = 60.0


class Slow:
    """A scanner that answers when it is let, and counts."""

    def __init__(self) -> None:
        self.asked = 0
        self.may = asyncio.Event()

    def has(self, times: int) -> Callable[[], Awaitable[bool]]:
        async def look() -> bool:
            return self.asked == times

        return look

    async def is_clean(self, pieces: AsyncIterator[bytes]) -> bool:
        self.asked += 1
        async for _ in pieces:
            pass
        await self.may.wait()
        return True


async def test_of_two_processes_one_asks_for_a_file_and_one_verdict_is_kept(trade: Trade) -> None:
    scanner, office = Slow(), trade.services.office
    waiting = Outside(scanning=Scanning(Clamd("unix:/nowhere/clamd.ctl")))
    async with served(build_app(replace(trade.services, outside=waiting))) as url:
        maren = await desk_of(trade, url, "Maren", trade.add_lead())
        await maren.attach()
        await maren.attach()
        both = [asyncio.create_task(Scanning(scanner).run(office)) for _ in range(2)]
        await until(scanner.has(2))  # each has taken the one file left to it
        scanner.may.set()
        await until(lambda: has_statuses(maren, ["CLEAN", "CLEAN"]))
        for task in both:
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)
        assert scanner.asked == 2
        history = (await maren.http.get(f"/leads/{maren.lead_id}/history")).json()
        assert [entry["kind"] for entry in history].count("attachment-released") == 2


async def test_a_verdict_that_comes_too_late_is_not_noted_twice(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "LEASE_SECONDS", 0.001)  # as if each had taken longer than its lease
    scanner, office = Slow(), trade.services.office
    waiting = Outside(scanning=Scanning(Clamd("unix:/nowhere/clamd.ctl")))
    async with served(build_app(replace(trade.services, outside=waiting))) as url:
        maren = await desk_of(trade, url, "Maren", trade.add_lead())
        await maren.attach()
        with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
            (ids,) = files.waiting_files(unit)
        log = office.log.for_tenant(Scope(trade.wagner))
        both = [asyncio.create_task(scanning._scan(office, log, scanner, ids)) for _ in range(2)]
        await until(scanner.has(2))
        scanner.may.set()
        await asyncio.gather(*both)
        history = (await maren.http.get(f"/leads/{maren.lead_id}/history")).json()
        assert [entry["kind"] for entry in history].count("attachment-released") == 1


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await true():  # noqa: ASYNC110 - any state
            await asyncio.sleep(0.02)


async def has_statuses(desk: Desk, statuses: list[str]) -> bool:
    return [file["status"] for file in await desk.list()] == statuses
