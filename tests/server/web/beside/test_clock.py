"""What one process does for all: half-done work finished, deadlines, nights; and who may ask for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from leaddesk.contract.ids import TenantId
from leaddesk.server.commands import sharing
from leaddesk.server.commands.erasure import tenants as ending
from leaddesk.server.commands.erasure.nightly import is_due
from leaddesk.server.commands.erasure.retention import Retention, due, set_retention
from leaddesk.server.commands.office import Office
from leaddesk.server.commands.sweeper import sweeping
from leaddesk.server.domain.events import OperatorIntervened
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.leases.turn import Turn
from leaddesk.server.web.beside import clock as beside
from leaddesk.server.web.beside.clock import NIGHT, Busy, Clock
from leaddesk.server.web.services import ALONE, run_background
from tests.support.trade import Trade

ASKED = OperatorIntervened("olga", "tenant-deletion", "The contract has ended.", "TICKET-7")


@asynccontextmanager
async def working(trade: Trade) -> AsyncIterator[None]:
    running = asyncio.create_task(run_background(trade.services))
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def soon(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - any state
            await asyncio.sleep(0.01)


class Crash(BaseException):
    """The process ends here."""


def interrupted(trade: Trade, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A partner's erasure that ended before a step."""

    def dies(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patched, pytest.raises(Crash):
        patched.setattr(ending, at, dies)
        ending.delete_tenant(trade.services.office, trade.people, Scope(trade.nord), ASKED)


def is_gone(trade: Trade) -> bool:
    office = trade.services.office
    with office.log.for_tenant(Scope(trade.nord)).reading() as unit:
        left = unit.select("SELECT COUNT(*) FROM erasure WHERE tenant_id = ?")[0][0]
        (kind,) = unit.select("SELECT kind FROM event WHERE tenant_id = ? ORDER BY position DESC LIMIT 1")
    return not left and kind == ("TenantDeleted",) and partners_of(office, trade) == ["Lorenzen GmbH"]


def partners_of(office: Office, trade: Trade) -> list[str]:
    from leaddesk.server.domain.partners.partnership import ACTIVE
    from leaddesk.server.projections.partners.records import all_partners

    with office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        return [one.name for one in all_partners(unit) if one.tenant_id and one.status == ACTIVE]


@pytest.mark.parametrize("at", ["_remove", "_leave_partnerships", "settle"])
async def test_a_running_server_finishes_the_erasure_of_a_tenant(
    trade: Trade, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with working(trade):
        await soon(lambda: ALONE in {one.name for one in trade.storage.leases.held()})
        interrupted(trade, at, monkeypatch)
        assert not is_gone(trade)
        await soon(lambda: is_gone(trade))


async def test_only_tenants_with_work_are_looked_at(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand tenants without a deadline cost one statement, not a thousand transactions."""
    office, asked = trade.services.office, list[str]()
    real = type(trade.storage).transaction

    def counting(self: object, tenant: TenantId, *, writes: bool) -> object:
        asked.append(tenant)
        return real(self, tenant, writes=writes)  # type: ignore[arg-type]

    maren, lead_id = await trade.sign_in("Maren"), trade.add_lead()
    for _ in sweeping(office):
        pass
    monkeypatch.setattr(type(trade.storage), "transaction", counting)
    assert sum(sweeping(office)) == 0 and ending.finish_tenants(office, trade.people) == 0 and asked == []
    await maren.done("/share-requests", leadId=lead_id, marketId=trade.market)
    trade.now += timedelta(days=60)
    asked.clear()
    assert sum(sweeping(office)) == 1 and asked[0] == trade.wagner
    asked.clear()
    assert sum(sweeping(office)) == 0 and asked == []


async def test_keys_whose_time_is_over_are_forgotten(trade: Trade) -> None:
    maren, lead_id = await trade.sign_in("Maren"), trade.add_lead()
    await maren.done(f"/leads/{lead_id}/notes", text="x", intern=True)

    def known() -> int:
        with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
            return int(unit.select("SELECT COUNT(*) FROM idempotency WHERE tenant_id = ?")[0][0])

    assert known() == 1
    trade.now += timedelta(hours=25)
    async with working(trade):
        await soon(lambda: known() == 0)


async def test_whose_turn_it_is_not_does_nothing(trade: Trade) -> None:
    other = Turn(trade.storage.leases, ALONE)
    assert other.take()
    trade.now += timedelta(hours=24)
    async with working(trade):
        await asyncio.sleep(0.2)
        assert is_due(trade.services.office)
    async with working(trade):
        other.leave()
        await soon(lambda: not is_due(trade.services.office))


async def test_an_epoch_is_turned_once_however_many_ask(trade: Trade) -> None:
    trade.add_leads(30)
    first, second = (Clock(trade.services.office, trade.people) for _ in range(2))
    asked = await asyncio.gather(
        *(one.turn_epoch() for one in (first, second, first)), return_exceptions=True
    )
    assert [type(one) for one in asked].count(Busy) == 2
    assert trade.keys.epochs.newest == 2 and trade.storage.leases.held() == []
    assert await second.turn_epoch() >= 30 and trade.keys.epochs.newest == 3


async def test_who_loses_the_night_stops_and_the_next_one_goes_on(trade: Trade) -> None:
    trade.add_leads(30)
    leases, clock = trade.storage.leases, Clock(trade.services.office, trade.people)
    envelope = trade.keys
    real = type(envelope).turn_epoch

    def losing(batch: int = 5) -> object:
        for count in real(envelope, 5):
            leases.leave(NIGHT, clock._night.holder)
            leases.take(NIGHT, "another", 60)
            yield count

    envelope.turn_epoch = losing  # type: ignore[method-assign,assignment]
    with pytest.raises(Busy):
        await clock.turn_epoch()
    assert envelope.epochs.is_turning
    del envelope.turn_epoch
    with pytest.raises(Busy):
        await clock.turn_epoch()
    leases.leave(NIGHT, "another")
    await clock.turn_epoch()
    assert not envelope.epochs.is_turning and envelope.epochs.newest == 2


async def test_retention_on_demand_takes_what_the_rule_says(trade: Trade) -> None:
    office, scope = trade.services.office, Scope(trade.wagner)
    trade.add_leads(60)
    trade.now += timedelta(days=40)
    kept = trade.add_lead()
    assert due(office, scope) == 0
    set_retention(office, scope, Retention(30, "Closed enquiries are of no use."), trade.urn("Thomas"))
    assert due(office, scope) == 60
    assert await trade.services.clock.expire() == {trade.wagner: 60}
    assert due(office, scope) == 0 and await trade.services.clock.expire() == {}
    assert [row["lead"]["leadId"] for row in await (await trade.sign_in("Maren")).get("/leads")] == [kept]


async def test_what_fails_is_noted_and_tried_again(
    trade: Trade, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL", "leaddesk.server.web.beside.clock")
    monkeypatch.setattr(beside, "SWEEP_SECONDS", 0.01)
    looked = list[int]()

    def failing(_office: Office) -> object:
        looked.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(beside, "sweeping", failing)
    clock = Clock(replace(trade.services.office), trade.people)
    watching = asyncio.create_task(clock.watch(lambda: True))
    await soon(lambda: len(looked) > 3)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def test_what_a_killed_process_has_not_told_is_told_by_the_one_that_watches(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between its commit and the relay: the lead is shared, the partners know nothing yet."""
    monkeypatch.setattr(beside, "SWEEP_SECONDS", 0.01)
    monkeypatch.setattr(beside, "ROUND_EVERY", 3)
    clock, maren, bjoern = trade.services.clock, await trade.sign_in("Maren"), await trade.sign_in("Björn")
    looked, around = list[int](), beside.sweeping
    monkeypatch.setattr(beside, "sweeping", lambda office: (looked.append(1), around(office))[1])
    watching = asyncio.create_task(clock.watch(lambda: True))
    try:
        await soon(lambda: len(looked) > 1)  # what a start finds is settled
        with monkeypatch.context() as killed:
            killed.setattr(sharing, "settle", lambda *_: None)
            await maren.done("/share-requests", leadId=trade.add_lead(), marketId=trade.free_market)
        async with asyncio.timeout(60):
            while not await bjoern.get("/offers"):  # noqa: ASYNC110 - any state
                await asyncio.sleep(0.01)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
