"""Erasure in steps: a crash between any two heals; what a rule or an operator asks for is done whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from leaddesk.contract.wire import format_time
from leaddesk.server.commands.erasure import leads as erasing
from leaddesk.server.commands.erasure import tenants as ending
from leaddesk.server.commands.erasure.nightly import is_due, night
from leaddesk.server.commands.erasure.retention import (
    CLOCK_URN,
    Retention,
    expire,
    retention_of,
    set_retention,
)
from leaddesk.server.commands.interventions import WithoutInstruction
from leaddesk.server.domain.events import LeadDeleted, OperatorIntervened, TenantDeleted
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.custody.mirror import Writes
from leaddesk.server.keys.envelope import Envelope
from tests.support.thief import keys_of, stolen
from tests.support.trade import Trade

MARK = "kanarie-9b1e"
ASKED = OperatorIntervened("olga", "tenant-deletion", "The contract has ended.", "TICKET-7")


class Crash(BaseException):
    """The process is gone."""


def dies() -> None:
    raise Crash


async def worked_and_offered(trade: Trade) -> str:
    """Prepare a lead that has notes, an accepted offer and a declined one."""
    lead_id = trade.add_lead(marker=MARK)
    maren, bjoern, finn = [await trade.sign_in(name) for name in ("Maren", "Björn", "Finn")]
    await maren.done(f"/leads/{lead_id}/notes", text=MARK)
    await maren.done("/share-requests", leadId=lead_id, marketId=trade.free_market, reason=MARK)
    (offer,), (other,) = await bjoern.get("/offers"), await finn.get("/offers")
    await finn.done(f"/offers/{other['offerId']}/decline", reason=MARK)
    await bjoern.done(f"/offers/{offer['offerId']}/accept")
    return lead_id


def crashing(monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    """Let the process die at one boundary of an erasure."""

    def before(owner: object, name: str) -> None:
        monkeypatch.setattr(owner, name, lambda *_: dies())

    def after(owner: type | object, name: str) -> None:
        real: Callable[..., object] = getattr(owner, name)

        def act(*given: object) -> None:
            real(*given)
            dies()

        monkeypatch.setattr(owner, name, act)

    end = Writes.end
    commits = iter(range(100))

    def between(self: Writes, sql: str) -> None:
        end(self, sql)
        if sql == "COMMIT" and not next(commits):
            dies()

    {
        "noted": lambda: before(Envelope, "destroy"),
        "one mirror": lambda: monkeypatch.setattr(Writes, "end", between),
        "keys destroyed": lambda: after(Envelope, "destroy"),
        "rows half removed": lambda: after(erasing, "erase_own"),
        "recorded": lambda: before(erasing, "settle"),
    }[at]()


BOUNDARIES = ["noted", "one mirror", "keys destroyed", "rows half removed", "recorded"]


@pytest.mark.parametrize("at", BOUNDARIES)
async def test_a_crash_between_any_two_steps_heals_at_the_next_start(
    trade: Trade, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id = await worked_and_offered(trade)
    jens, bjoern = await trade.sign_in("Jens"), await trade.sign_in("Björn")
    assert stolen(trade.storage, trade.keys).count(MARK.encode()) > 10
    crashing(monkeypatch, at)
    with pytest.raises(Crash):
        await jens.delete(f"/leads/{lead_id}")
    monkeypatch.undo()
    trade.keys.heal()
    assert erasing.finish_erasures(trade.services.office) == (at != "recorded")
    erasing.settle(trade.services.office, Scope(trade.wagner))

    assert MARK.encode() not in stolen(trade.storage, trade.keys)
    for person in (jens, bjoern):
        assert (await person.client.get(f"/leads/{lead_id}")).status_code == 404
        assert await person.get("/leads?includeFieldLists=true") == []
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        (deleted,) = unit.stream(lead_id)
    assert isinstance(deleted.event, LeadDeleted) and deleted.actor == trade.urn("Jens")
    assert erasing.finish_erasures(trade.services.office) == 0


async def test_between_the_steps_nothing_of_it_is_answered(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id, kept = await worked_and_offered(trade), trade.add_lead()
    people = [await trade.sign_in(name) for name in ("Jens", "Björn", "Finn", "Maren")]
    crashing(monkeypatch, "keys destroyed")
    with pytest.raises(Crash):
        await people[0].delete(f"/leads/{lead_id}")
    monkeypatch.undo()
    of_lead = [f"/leads/{lead_id}{part}" for part in ("", "/notes", "/history", "/disclosures")]
    paths = ("/leads?includeFieldLists=true", "/offers", "/share-requests", *of_lead)
    for person in people:
        for path in paths:
            answer = await person.client.get(path)
            assert answer.status_code in (200, 404), path
            assert MARK not in answer.text
    assert [row["lead"]["leadId"] for row in await people[0].get("/leads")] == [kept]


async def test_a_request_that_is_repeated_after_a_failure_is_done_then(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_id = trade.add_lead(marker=MARK)
    jens = await trade.sign_in("Jens")
    crashing(monkeypatch, "noted")
    with pytest.raises(Crash):
        await jens.delete(f"/leads/{lead_id}", key="00000000-0000-4000-8000-000000000001")
    monkeypatch.undo()
    again = await jens.delete(f"/leads/{lead_id}", key="00000000-0000-4000-8000-000000000001")
    assert again.status_code == 204 and MARK.encode() not in stolen(trade.storage, trade.keys)


def _retention(trade: Trade, days: int | None) -> None:
    wanted = Retention(days, "Closed enquiries are of no use to us after that.")
    set_retention(trade.services.office, Scope(trade.wagner), wanted, trade.urn("Thomas"))


async def test_leads_nobody_works_on_go_when_their_time_is_over(trade: Trade) -> None:
    office, scope = trade.services.office, Scope(trade.wagner)
    idle, noted, asked = (trade.add_lead(marker=MARK) for _ in range(3))
    trade.now += timedelta(days=40)
    maren = await trade.sign_in("Maren")
    await maren.done(f"/leads/{noted}/notes", text="still warm")
    assert expire(office, scope) == 0
    _retention(trade, 30)
    trade.now += timedelta(days=20)
    await (await trade.sign_in("Maren")).done("/share-requests", leadId=asked, marketId=trade.market)
    trade.now += timedelta(days=1)
    assert [expire(office, scope), expire(office, scope)] == [1, 0]
    jens = await trade.sign_in("Jens")
    assert {row["lead"]["leadId"] for row in await jens.get("/leads")} == {noted, asked}
    with office.log.for_tenant(scope).reading() as unit:
        (deleted,) = unit.stream(idle)
        assert retention_of(unit).days == 30
    assert (deleted.actor, deleted.event) == (CLOCK_URN, LeadDeleted([], "retention"))
    _retention(trade, None)
    trade.now += timedelta(days=400)
    assert expire(office, scope) == 0


@pytest.mark.parametrize(("days", "reason"), [(0, "x"), (-1, "x"), (40_000, "x"), (30, " ")])
def test_a_retention_that_is_none_is_refused(trade: Trade, days: int, reason: str) -> None:
    with pytest.raises(ValueError):
        set_retention(
            trade.services.office, Scope(trade.wagner), Retention(days, reason), trade.urn("Thomas")
        )


async def test_the_night_comes_every_day_and_kills_the_backups_before_it(trade: Trade) -> None:
    office = trade.services.office
    lead_id = trade.add_lead(marker=MARK)
    backup = trade.keys.store.mirrors[0].dump()
    assert not is_due(office) and keys_of(backup, trade.keys.epochs)
    trade.now += timedelta(hours=23)
    assert is_due(office)
    assert sum(night(office)) > 0
    assert not is_due(office) and keys_of(backup, trade.keys.epochs) == []
    jens = await trade.sign_in("Jens")
    assert MARK in str(await jens.get(f"/leads/{lead_id}"))


@pytest.fixture
def deleted(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    def delete(at: str) -> None:
        act = lambda: ending.delete_tenant(  # noqa: E731
            trade.services.office, trade.people, Scope(trade.wagner), ASKED
        )
        if at == "whole":
            act()
            return
        real: Callable[..., object] = getattr(Envelope if at == "keys destroyed" else ending, {
            "keys destroyed": "destroy_tenant", "rows removed": "_remove", "left": "_leave_partnerships"
        }[at])  # fmt: skip

        def dying(*given: object) -> None:
            real(*given)
            dies()

        owner = Envelope if at == "keys destroyed" else ending
        monkeypatch.setattr(owner, real.__name__, dying)
        with pytest.raises(Crash):
            act()
        monkeypatch.undo()
        ending.finish_tenants(trade.services.office, trade.people)
        ending.settle(trade.services.office, Scope(trade.wagner))

    return delete


@pytest.mark.parametrize("at", ["whole", "keys destroyed", "rows removed", "left"])
async def test_an_erased_tenant_is_gone_everywhere_and_nobody_else(
    trade: Trade, at: str, deleted: Callable[[str], None]
) -> None:
    lead_id = await worked_and_offered(trade)
    jens, bjoern, finn = [await trade.sign_in(name) for name in ("Jens", "Björn", "Finn")]
    deleted(at)
    assert MARK.encode() not in stolen(trade.storage, trade.keys)
    assert (await jens.client.get("/leads")).status_code == 401
    assert await bjoern.get("/leads") == []
    for partner in (bjoern, finn):
        assert (await partner.client.get(f"/leads/{lead_id}")).status_code == 404
        for offer in await partner.get("/offers"):
            assert "document" not in offer and "declineReason" not in offer
    office = trade.services.office
    with office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        (event,) = unit.stream("tenant")
        assert unit.select("SELECT COUNT(*) FROM lead WHERE tenant_id = ?") == [(0,)]
    assert isinstance(event.event, TenantDeleted) and event.event.reference == "TICKET-7"
    assert event.at == format_time(trade.now) and event.actor.endswith(":olga")


async def test_a_partner_that_is_erased_leaves_its_partnerships(trade: Trade) -> None:
    lead_id = await worked_and_offered(trade)
    ending.delete_tenant(trade.services.office, trade.people, Scope(trade.nord), ASKED)
    jens = await trade.sign_in("Jens")
    history = [entry["kind"] for entry in await jens.get(f"/leads/{lead_id}/history")]
    assert history[0] == "commission-closed"
    ended = await jens.get("/sales-partners?status=ENDED")
    assert len(ended) == 1
    again = trade.add_lead()
    await (await trade.sign_in("Maren")).done("/share-requests", leadId=again, marketId=trade.free_market)
    assert len(await (await trade.sign_in("Finn")).get("/offers")) == 2


def test_without_instruction_nothing_is_erased(trade: Trade) -> None:
    trade.add_lead(marker=MARK)
    for asked in (
        OperatorIntervened("", "x", "The contract has ended.", "T"),
        OperatorIntervened("olga", "x", "short", "T"),
        OperatorIntervened("olga", "x", "The contract has ended.", ""),
    ):
        with pytest.raises(WithoutInstruction):
            ending.delete_tenant(trade.services.office, trade.people, Scope(trade.wagner), asked)
    assert MARK.encode() in stolen(trade.storage, trade.keys)


async def test_a_running_server_does_the_nights_work(trade: Trade) -> None:
    from leaddesk.server.web.services import run_background

    trade.add_lead()
    trade.now += timedelta(hours=24)
    running = asyncio.create_task(run_background(trade.services))
    async with asyncio.timeout(60):
        while is_due(trade.services.office):  # noqa: ASYNC110 - the clock is the trade's
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert trade.keys.epochs.newest == 2
