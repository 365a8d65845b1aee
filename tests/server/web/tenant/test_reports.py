"""Reports count, and tell of nobody: no group under five, no id, nothing left of an erased lead's link."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.projections.report_facts import catch_up
from leaddesk.server.queries.reports.folding import SMALLEST_GROUP, fold_small
from tests.support.trade import Trade

PATH = "/reports/summary"


def _facts(trade: Trade) -> list[tuple[Any, ...]]:
    log = trade.services.office.log.for_tenant(Scope(trade.wagner))
    while catch_up(log):
        pass
    with log.reading() as unit:
        return unit.select(
            "SELECT pseudonym, created_at, origin, responded_at FROM report_lead WHERE tenant_id = ?"
        )


async def test_leads_are_counted_and_what_was_done_about_them(trade: Trade) -> None:
    leads = trade.add_leads(7, minutes_ago=90)
    admin = await trade.sign_in("Thomas")
    for lead_id in leads[:5]:
        await admin.done(f"/leads/{lead_id}/notes", text="Angerufen", intern=True)
    report = await admin.get(PATH)
    assert report["leads"] == 7
    assert report["response"]["leads"] == 5 and 84 * 60 < report["response"]["medianSeconds"] < 91 * 60
    assert report["byOrigin"] == [{"source": "", "campaign": "", "leads": 7}]
    assert "offersGiven" not in report


async def test_fewer_than_five_are_never_shown(trade: Trade) -> None:
    trade.add_leads(4)
    report = await (await trade.sign_in("Thomas")).get(PATH)
    assert "leads" not in report and report["byOrigin"] == [] and report["closed"] == []


async def test_offers_are_counted_on_both_sides(trade: Trade) -> None:
    maren, bjoern = await trade.sign_in("Maren"), await trade.sign_in("Björn")
    for lead_id in trade.add_leads(5):
        asked = {"leadId": lead_id, "marketId": trade.free_market}
        await maren.done("/share-requests", **asked)
    for offer in await bjoern.get("/offers"):
        await bjoern.done(f"/offers/{offer['offerId']}/decline", reason="Zu weit")
    report = await (await trade.sign_in("Imke")).get(PATH)
    assert report["offersReceived"]["offers"] == 5 and report["offersReceived"]["acceptanceRate"] == 0
    given_side = (await (await trade.sign_in("Thomas")).get(PATH))["offersGiven"]
    assert given_side["offers"] == 10 and given_side["acceptanceRate"] == 0


async def test_only_what_somebody_closed_is_an_outcome(trade: Trade) -> None:
    leads, maren = trade.add_leads(6), await trade.sign_in("Maren")
    for lead_id in leads:
        await maren.done(f"/leads/{lead_id}/commission/step", step="Kontakt")
    for lead_id in leads[:5]:
        await maren.done(f"/leads/{lead_id}/commission/close", outcome="WON")
    await maren.done("/share-requests", leadId=leads[5], marketId=trade.free_market)
    bjoern = await trade.sign_in("Björn")
    (offer,) = await bjoern.get("/offers")
    await bjoern.done(f"/offers/{offer['offerId']}/accept")
    report = await (await trade.sign_in("Thomas")).get(PATH)
    assert report["closed"] == [{"outcome": "WON", "leads": 5}]


async def test_a_fact_of_an_erased_lead_hangs_on_nothing(trade: Trade) -> None:
    (lead_id,) = trade.add_leads(1)
    (before,) = _facts(trade)
    jens = await trade.sign_in("Jens")
    assert (await jens.delete(f"/leads/{lead_id}")).status_code == 204
    (after,) = _facts(trade)
    assert after[0] != before[0] and after[1:] == before[1:]


async def test_a_lead_erased_before_the_first_report_never_enters_the_facts(trade: Trade) -> None:
    (lead_id,) = trade.add_leads(1)
    jens = await trade.sign_in("Jens")
    assert (await jens.delete(f"/leads/{lead_id}")).status_code == 204
    assert _facts(trade) == []


async def test_no_fact_holds_an_id_or_a_name(trade: Trade) -> None:
    (lead_id,) = trade.add_leads(1, marker="-canary")
    shown = repr(_facts(trade))
    assert lead_id not in shown and lead_id.replace("-", "") not in shown and "canary" not in shown


@pytest.mark.parametrize(
    ("first", "status"), [("Maren", 403), ("Svea", 403), ("Thomas", 200)], ids=["rep", "auditor", "admin"]
)
async def test_who_may_read_reports(trade: Trade, first: str, status: int) -> None:
    answer = await (await trade.sign_in(first)).client.get(PATH)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "asked",
    [{"since": "2026"}, {"since": "2026-13"}, {"until": "0000-01"}, {"since": "2026-12", "until": "2026-11"}],
)
async def test_a_month_that_is_none(trade: Trade, asked: dict[str, str]) -> None:
    answer = await (await trade.sign_in("Thomas")).client.get(PATH, params=asked)
    assert answer.status_code == 400 and answer.json()["field"] in asked


@given(st.lists(st.integers(1, 12), max_size=12))
def test_folding_keeps_the_sum_or_hides_it_all(sizes: list[int]) -> None:
    shown = fold_small(Counter(dict(enumerate(sizes))))
    assert all(count >= SMALLEST_GROUP for count in shown.values())
    total, told = sum(sizes), sum(shown.values())
    assert told == total or (told == 0 and total < SMALLEST_GROUP)
