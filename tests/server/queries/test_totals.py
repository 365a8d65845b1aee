"""X-Total is exact for every filter, and hardly anything is counted anew.

``tests.support.trade`` compares the kept numbers with the rows at the end of every test that has a trade.
"""

from __future__ import annotations

import asyncio
import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from leaddesk.contract.ids import LeadId
from leaddesk.server.domain.events import StepChanged
from leaddesk.server.domain.lead import LeadState
from leaddesk.server.eventlog.kept.counts import FIELDS, Counts
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.projections.leads import append_to_lead, load_lead
from leaddesk.server.queries.listing.totals import count, count_range
from tests.support.trade import STEPS, Person, Trade, check_totals


async def total(person: Person, **filters: str) -> int:
    answer = await person.client.get("/leads", params={"maxResults": "1", **filters})
    return int(answer.headers["x-total"])


async def counted(person: Person, **filters: str) -> int:
    """Count what is listed."""
    return len(await person.get("/leads", maxResults="100", **filters))


async def test_totals_follow_every_change(trade: Trade) -> None:
    free, kept = trade.add_leads(5), trade.add_leads(4, keeper="Maren")
    maren, jens = await trade.sign_in("Maren"), await trade.sign_in("Jens")
    filters: list[dict[str, Any]] = [
        {},
        {"commission.stepName": "Neu"},
        {"commission.stepName": "Kontakt"},
        {"commission.stepName": ""},
        {"commission.responsible": trade.urn("Maren")},
        {"commission.responsible": trade.urn("Jens"), "commission.stepName": "Kontakt"},
        {"lead.createdAt": "gte:2026-11-19T11:02"},
        {"lead.createdAt": "gte:2026-11-19T11:02", "commission.stepName": "Kontakt"},
        {"modifiedAt": "lt:2026-11-19T11:04"},
    ]

    async def agree() -> list[int]:
        totals = [await total(maren, **one) for one in filters]
        assert totals == [await counted(maren, **one) for one in filters]
        return totals

    assert (await agree())[:8] == [9, 4, 0, 0, 4, 0, 5, 0]
    await jens.done(f"/leads/{free[0]}/commission/step", serial=1, step="Kontakt")
    await maren.done(f"/leads/{kept[0]}/commission/step", serial=1, step="Kontakt")
    await maren.done(f"/leads/{kept[1]}/notes", text="x", intern=True)
    assert (await agree())[:8] == [9, 3, 2, 0, 4, 1, 5, 0]
    assert (await jens.delete(f"/leads/{kept[0]}")).status_code == 204
    assert (await agree())[:8] == [8, 3, 1, 0, 3, 1, 5, 0]
    trade.policy(trade.wagner, "own-and-unassigned")
    assert await total(maren) == await counted(maren) == 7
    assert await total(jens) == await counted(jens) == 5


async def test_a_change_does_not_make_the_next_page_count_its_leads(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lead_id, *_), maren = trade.add_leads(3, keeper="Maren"), await trade.sign_in("Maren")
    asked = list[str]()
    select = Unit.select

    def noted(unit: Unit, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        asked.append(sql)
        return select(unit, sql, *params)

    monkeypatch.setattr(Unit, "select", noted)
    for _ in range(2):
        await maren.done(f"/leads/{lead_id}/notes", text="x", intern=True)
        assert await total(maren) == await total(maren, **{"commission.stepName": "Neu"}) == 3
    assert not any("COUNT(*) FROM lead " in sql for sql in asked)
    assert sum("FROM lead_count" in sql for sql in asked) == 4
    await total(maren, modifiedAt="gte:2026-01-01")
    assert "FROM lead_day" in asked[-1] and not any("COUNT(*) FROM lead " in sql for sql in asked)
    await total(maren, **{"modifiedAt": "gte:2026-01-01", "commission.stepName": "Neu"})
    assert "COUNT(*) FROM lead " in asked[-1]


MOMENTS = ("10T00:00:00.000Z", "10T08:00:00.000Z", "11T00:00:00.000Z", "11T23:59:59.999Z", "13T12:00:00.000Z")


def test_ranges_of_times_are_counted_by_whole_days_and_their_edges(trade: Trade) -> None:
    """Every pair of bounds, inclusive or not, at midnight or not, the wrong way round too."""
    moments, leads = [f"2026-11-{one}" for one in MOMENTS], trade.add_leads(2 * len(MOMENTS) + 1)
    column, change = "l.started_at", "UPDATE lead SET started_at = ? WHERE tenant_id = ? AND id = ?"
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).keeping() as unit:
        unit.run("DELETE FROM lead_day WHERE tenant_id = ? AND field = 'started_at'")
        counts = Counts()
        for lead_id, at in zip(leads, [*moments, *moments, None], strict=True):
            unit._rows.run(change, (at, unit.tenant, lead_id))
            counts.add_many([], {field: [at] if field == "started_at" else [] for field in FIELDS})
        counts.keep(unit)
        bounds = [(column, sign, at) for sign in (">", ">=", "<", "<=", "=") for at in moments]
        for one, other in itertools.product(bounds, [None, *bounds]):
            both = (one, other) if other else (one,)
            where = "".join(f" AND {column} {sign} ?" for _, sign, _ in both)
            expected = count(unit, where, tuple(at for *_, at in both), times=True)
            assert count_range(unit, both) == expected, both


def test_a_forgotten_number_is_seen(trade: Trade) -> None:
    """The planted violation: a row that is written past its number."""
    trade.add_leads(1)
    log = trade.services.office.log.for_tenant(Scope(trade.wagner))
    with log.writing() as unit:
        unit.run("UPDATE lead_count SET leads = leads + 1 WHERE tenant_id = ?")
    with pytest.raises(AssertionError):
        check_totals(trade.services.office.log)
    with log.writing() as unit:
        unit.run("UPDATE lead_count SET leads = leads - 1 WHERE tenant_id = ?")
        unit.run("UPDATE lead_day SET leads = leads + 1 WHERE tenant_id = ?")
    with pytest.raises(AssertionError):
        check_totals(trade.services.office.log)
    with log.writing() as unit:
        unit.run("UPDATE lead_day SET leads = leads - 1 WHERE tenant_id = ?")


async def test_many_writers_at_once_leave_the_numbers_exact(trade: Trade) -> None:
    """Changes and a transaction that fails in between, from threads, as processes have them."""
    leads, log = trade.add_leads(6, keeper="Maren"), trade.services.office.log.for_tenant(Scope(trade.wagner))

    def moved(unit: Unit, state: LeadState, step: str) -> None:
        running = state.row.commission
        assert running is not None and running.step is not None
        change = StepChanged(running.commission_id, running.step, step)
        append_to_lead(unit, state, [change], trade.services.office.now(), trade.urn("Maren"))

    def work(number: int) -> None:
        for round_ in range(8):
            lead_id = LeadId(leads[(number + round_) % len(leads)])
            try:
                with log.writing() as unit:
                    moved(unit, load_lead(unit, lead_id), STEPS[(number + round_) % 3])
                    if round_ % 3 == 2:
                        raise ValueError
            except ValueError:
                continue

    with ThreadPoolExecutor(4) as threads:
        await asyncio.to_thread(list, threads.map(work, range(4)))
    check_totals(trade.services.office.log)
    with log.reading() as unit:
        steps = unit.select("SELECT step, leads FROM lead_count WHERE tenant_id = ? AND leads <> 0")
    assert sum(count for _, count in steps) == len(leads) and len(steps) > 1
