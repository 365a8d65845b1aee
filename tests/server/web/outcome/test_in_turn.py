"""One partner after another: each has the window for itself, the chance passes on until nobody is left."""

from datetime import timedelta
from typing import Any

import pytest

from leaddesk.contract.ids import LeadId
from leaddesk.contract.markets import Market
from leaddesk.contract.webhooks import HookEvent, HookNews
from leaddesk.server.commands import setup
from leaddesk.server.commands.sweeper import sweep
from leaddesk.server.domain.lead import Recorded
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.hooks.facts import SOURCES, Place, news_of
from tests.support.trade import RULES, Person, Trade

HOURS = timedelta(hours=4)


@pytest.fixture
def lead(trade: Trade) -> LeadId:
    """A lead, and a market that offers to Solar Nord first, then to Lorenzen."""
    market = Market(
        market_id=trade.free_market,
        name="Der Reihe nach",
        sales_pipeline_id=trade.pipeline,
        partner_count=0,
        response_window_seconds=int(HOURS.total_seconds()),
        approval_required=False,
        distribution="one-after-another",
        visibility=RULES,
    )
    setup.define_market(trade.services.office, Scope(trade.wagner), market)
    return trade.add_lead()


async def _share(trade: Trade, lead: LeadId, **more: Any) -> Person:
    maren = await trade.sign_in("Maren")
    await maren.done("/share-requests", leadId=lead, marketId=trade.free_market, **more)
    return maren


async def _statuses(person: Person, lead: LeadId) -> list[str]:
    (brokerage, *_) = await person.get(f"/leads/{lead}/brokerages")
    return [brokerage["status"], *(offer["status"] for offer in brokerage["offers"])]


async def test_the_second_learns_nothing_before_its_turn(trade: Trade, lead: LeadId) -> None:
    maren = await _share(trade, lead)
    bjoern, finn = await trade.sign_in("Björn"), await trade.sign_in("Finn")
    (offer,) = await bjoern.get("/offers")
    assert await finn.get("/offers") == []
    assert await _statuses(maren, lead) == ["RUNNING", "OPEN", "WAITING"]
    told = await maren.get(f"/leads/{lead}/disclosures")
    assert [one["recipientName"] for one in told] == ["Solar Nord GmbH"]
    await bjoern.done(f"/offers/{offer['offerId']}/decline", reason="Zu weit")
    (second,) = await finn.get("/offers")
    assert second["deadlineAt"] == offer["deadlineAt"] and second["document"] == offer["document"]
    assert await _statuses(maren, lead) == ["RUNNING", "DECLINED", "OPEN"]
    assert len(await maren.get(f"/leads/{lead}/disclosures")) == 2


async def test_the_record_by_partner_names_those_whose_turn_came(trade: Trade, lead: LeadId) -> None:
    await _share(trade, lead)
    admin, bjoern = await trade.sign_in("Thomas"), await trade.sign_in("Björn")
    partners = {one["name"]: one["salesPartnerId"] for one in await admin.get("/sales-partners")}

    async def received() -> list[int]:
        firms = ("Solar Nord GmbH", "Lorenzen GmbH")
        return [len(await admin.get("/disclosures", salesPartnerId=partners[firm])) for firm in firms]

    assert await received() == [1, 0]
    (offer,) = await bjoern.get("/offers")
    await bjoern.done(f"/offers/{offer['offerId']}/decline", reason="Zu weit")
    assert await received() == [1, 1]


async def test_a_missed_deadline_passes_the_chance_on_with_a_window_of_its_own(
    trade: Trade, lead: LeadId
) -> None:
    maren = await _share(trade, lead)
    trade.now += HOURS
    sweep(trade.services.office)
    finn = await trade.sign_in("Finn")
    (offer,) = await finn.get("/offers")
    assert offer["deadlineAt"] == (trade.now + HOURS).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert (await finn.done(f"/offers/{offer['offerId']}/accept"))["status"] == "ACCEPTED"
    maren = await trade.sign_in("Maren")
    assert await _statuses(maren, lead) == ["ACCEPTED", "MISSED", "ACCEPTED"]


async def test_who_accepts_first_leaves_the_others_in_the_dark(trade: Trade, lead: LeadId) -> None:
    maren = await _share(trade, lead)
    bjoern, finn = await trade.sign_in("Björn"), await trade.sign_in("Finn")
    (offer,) = await bjoern.get("/offers")
    await bjoern.done(f"/offers/{offer['offerId']}/accept")
    assert await finn.get("/offers") == []
    assert await _statuses(maren, lead) == ["ACCEPTED", "ACCEPTED", "WAITING"]
    jens = await trade.sign_in("Jens")
    assert (await jens.delete(f"/leads/{lead}")).status_code == 204
    assert await finn.get("/offers") == []


async def test_nobody_left_means_failed_and_the_interested_may_be_asked_again(
    trade: Trade, lead: LeadId
) -> None:
    await _share(trade, lead)
    for _ in range(2):
        trade.now += HOURS
        sweep(trade.services.office)
    maren, bjoern = await trade.sign_in("Maren"), await trade.sign_in("Björn")
    assert await _statuses(maren, lead) == ["FAILED", "MISSED", "MISSED"]
    (missed,) = await bjoern.get("/offers")
    assert missed["stillInterested"] is False
    path = f"/offers/{missed['offerId']}/still-interested"
    assert (await bjoern.done(path))["stillInterested"] is True
    assert (await bjoern.done(path))["stillInterested"] is True
    (brokerage,) = await maren.get(f"/leads/{lead}/brokerages")
    wishes = [offer["salesPartnerId"] for offer in brokerage["offers"] if offer["stillInterested"]]
    assert len(wishes) == 1
    kinds = [entry["kind"] for entry in await maren.get(f"/leads/{lead}/history")]
    assert kinds.count("offer-still-interested") == 1
    await _share(trade, lead, salesPartnerIds=wishes)
    assert {offer["status"] for offer in await bjoern.get("/offers")} == {"OPEN", "MISSED"}
    assert [offer["status"] for offer in await (await trade.sign_in("Finn")).get("/offers")] == ["MISSED"]
    assert await _statuses(maren, lead) == ["RUNNING", "OPEN"]


async def test_only_a_missed_offer_is_still_wanted(trade: Trade, lead: LeadId) -> None:
    await _share(trade, lead)
    bjoern = await trade.sign_in("Björn")
    (offer,) = await bjoern.get("/offers")
    path = f"/offers/{offer['offerId']}/still-interested"
    assert await bjoern.refused(path, 409) == "wrong-state"
    assert await (await trade.sign_in("Finn")).refused(path, 404) == "not-found"


async def test_a_partnership_that_ends_loses_its_turn(trade: Trade, lead: LeadId) -> None:
    maren = await _share(trade, lead)
    admin = await trade.sign_in("Thomas")
    partners = {one["name"]: one["salesPartnerId"] for one in await admin.get("/sales-partners")}
    await admin.post(f"/sales-partners/{partners['Lorenzen GmbH']}/end")
    assert await _statuses(maren, lead) == ["RUNNING", "OPEN", "ENDED"]
    bjoern = await trade.sign_in("Björn")
    (offer,) = await bjoern.get("/offers")
    await bjoern.done(f"/offers/{offer['offerId']}/decline", reason="Zu weit")
    assert await _statuses(maren, lead) == ["FAILED", "DECLINED", "ENDED"]
    assert await (await trade.sign_in("Finn")).get("/offers") == []


@pytest.mark.parametrize("partners", [[], ["6c656164-0000-4000-8000-000000000000"]], ids=["none", "unknown"])
async def test_whom_one_cannot_ask(trade: Trade, lead: LeadId, partners: list[str]) -> None:
    maren = await trade.sign_in("Maren")
    answer = await maren.post(
        "/share-requests", leadId=lead, marketId=trade.free_market, salesPartnerIds=partners
    )
    assert answer.status_code == 400 and answer.json()["field"].startswith("salesPartnerIds")


async def test_a_brokerage_is_the_owners_alone(trade: Trade, lead: LeadId) -> None:
    await _share(trade, lead)
    bjoern = await trade.sign_in("Björn")
    assert (await bjoern.client.get(f"/leads/{lead}/brokerages")).status_code == 404
    (offer,) = await bjoern.get("/offers")
    accepted = await bjoern.done(f"/offers/{offer['offerId']}/accept")
    assert await bjoern.get(f"/leads/{accepted['leadId']}/brokerages") == []


async def test_a_hook_hears_of_an_offer_when_its_turn_comes(trade: Trade, lead: LeadId) -> None:
    maren = await _share(trade, lead)
    (brokerage,) = await maren.get(f"/leads/{lead}/brokerages")
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        events = unit.stream(lead)
    told = [_told(trade, recorded) for recorded in events]
    offered = [news.offer_id for one in told for news in one]
    assert offered == [brokerage["offers"][0]["offerId"]]


def _told(trade: Trade, recorded: Recorded) -> list[HookNews]:
    kind = type(recorded.event)
    if kind not in SOURCES[HookEvent.OFFER_CREATED]:
        return []
    place = Place(trade.wagner, recorded.position, "lead", recorded.at)
    return news_of(HookEvent.OFFER_CREATED, place, kind, recorded.event)
