"""``GET /leads/{id}/duplicates``: keyed, lazily drawn, in no dump, only what the caller may see."""

from typing import Any

import pytest

from leaddesk.contract.ids import LeadId, Urn
from leaddesk.contract.rows import FieldContent, FieldList, LeadPart, LeadRow
from leaddesk.server.domain.entry.contacts import contacts_of
from leaddesk.server.eventlog.scope import Scope
from tests.support.trade import Person, Trade


async def enter(person: Person, **prospect: Any) -> str:
    fields = {label: {"value": value} for label, value in prospect.items()}
    answer = await person.client.post("/leads", json={"prospect": {"fields": fields}})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["leadId"])


async def same(person: Person, lead_id: str) -> dict[str, list[str]]:
    return {one["leadId"]: one["matches"] for one in await person.get(f"/leads/{lead_id}/duplicates")}


async def test_the_same_address_or_number_is_found_however_it_is_written(trade: Trade) -> None:
    maren = await trade.sign_in("Maren")
    one = await enter(maren, Vorname="A", **{"E-Mail": "Anna.Meyer@Example.de", "Telefon": "0431/555-0142"})
    mail = await enter(maren, **{"E-Mail": " anna.meyer@example.DE "})
    phone = await enter(maren, Telefon="+49 (0)431 5550142")
    both = await enter(maren, **{"E-Mail": "anna.meyer@example.de", "Telefon": "0049 431 5550142"})
    await enter(maren, **{"E-Mail": "anna@example.de", "Telefon": "0431 555014"})
    assert await same(maren, one) == {mail: ["email"], phone: ["phone"], both: ["email", "phone"]}
    assert set(await same(maren, mail)) == {one, both}
    answer = await maren.client.get(f"/leads/{one}/duplicates")
    assert "Meyer" not in answer.text and "0142" not in answer.text


async def test_it_follows_what_happens(trade: Trade) -> None:
    maren, jens = await trade.sign_in("Maren"), await trade.sign_in("Jens")
    first, second = trade.add_leads(2)
    assert await same(maren, first) == {second: ["email", "phone"]}
    body = {"prospect": {"fields": {"Telefon": {"value": "1"}}}}
    assert (await maren.client.patch(f"/leads/{second}", json=body)).status_code == 204
    assert await same(maren, first) == {}
    third = await enter(maren, Telefon="0171 39200 42")
    assert await same(maren, first) == {third: ["phone"]}
    await jens.delete(f"/leads/{third}")
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        marked = unit.select("SELECT lead_id FROM contact_mark WHERE tenant_id = ?")
    assert third not in {row[0] for row in marked}
    assert await same(maren, first) == {}


async def test_only_what_the_caller_may_see_is_told(trade: Trade) -> None:
    trade.policy(trade.wagner, "own-and-unassigned")
    maren, jens, finn = [await trade.sign_in(name) for name in ("Maren", "Jens", "Finn")]
    mine, theirs, free = trade.add_lead(keeper="Maren"), trade.add_lead(keeper="Jens"), trade.add_lead()
    assert set(await same(maren, mine)) == {free} and set(await same(jens, theirs)) == {free}
    assert (await maren.client.get(f"/leads/{theirs}/duplicates")).status_code == 404
    assert (await finn.client.get(f"/leads/{mine}/duplicates")).status_code == 404
    assert (await maren.client.get("/leads/x/duplicates")).status_code == 400


async def test_a_partner_finds_what_it_was_granted(trade: Trade) -> None:
    maren, bjoern, leads = await trade.sign_in("Maren"), await trade.sign_in("Björn"), trade.add_leads(2)
    for lead_id in leads:
        await maren.done(f"/markets/{trade.free_market}/brokerages", leadId=lead_id)
    for offer in await bjoern.get("/offers"):
        await bjoern.done(f"/offers/{offer['offerId']}/accept")
    assert await same(bjoern, leads[0]) == {leads[1]: ["phone"]}  # the market keeps the address in the house


async def test_the_index_is_in_no_dump_and_holds_no_contact(trade: Trade) -> None:
    maren, (first, _) = await trade.sign_in("Maren"), trade.add_leads(2)
    assert await same(maren, first)
    dump = trade.storage.dump()
    assert b"contact_mark" not in dump
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        marks = unit.select("SELECT mark, lead_id FROM contact_mark WHERE tenant_id = ?")
    assert len(marks) == 4 and all(len(mark) == 16 and mark not in dump for mark, _ in marks)


async def test_a_slice_is_no_limit(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    from leaddesk.server.projections import contacts

    monkeypatch.setattr(contacts, "SLICE", 3)
    maren, leads = await trade.sign_in("Maren"), trade.add_leads(10, share_docs=True)
    assert set(await same(maren, leads[0])) == set(leads[1:])


@pytest.mark.parametrize(
    ("kind", "label", "value", "found"),
    [
        ("text:singleline:email", "Kontakt", "A@B.example", {("email", "a@b.example")}),
        ("text:singleline", "E-Mail", "a@b.example", {("email", "a@b.example")}),
        ("text:singleline", "Notiz", "a@b.example", {("email", "a@b.example")}),
        ("text:multiline", "Nachricht", "schreiben Sie an a@b.example", set()),
        ("text:singleline:phone", "x", "+49 431 5550142", {("phone", "04315550142")}),
        ("text:singleline", "Mobil", "0049 (0) 431-5550142", {("phone", "04315550142")}),
        ("text:singleline", "Telefon", "+45 20 12 34 56", {("phone", "004520123456")}),
        ("text:singleline", "Telefon", "12345", set()),
        ("text:singleline", "Telefon", "nachmittags", set()),
        ("text:singleline", "PLZ", "24103000", set()),
        ("bool:yesno", "Telefon", True, set()),
        ("text:list", "E-Mail", ["a@b.example"], {("email", "a@b.example")}),
    ],
)
def test_what_a_lead_is_recognised_by(kind: str, label: str, value: Any, found: set[tuple[str, str]]) -> None:
    prospect = FieldList({label: FieldContent(kind, value)})
    assert contacts_of(LeadRow("t", LeadPart(LeadId("l"), 1, Urn("o"), "t", "t", prospect))) == found
