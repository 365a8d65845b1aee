"""Erased is erased: the database, fingerprints, every answer (measure A9, guarantee S2)."""

import json

import pytest

from leaddesk.server.domain.events import LeadDeleted
from leaddesk.server.eventlog.scope import Scope
from tests.support.thief import stolen
from tests.support.trade import Person, Trade, new_id

MARK = " kanarie-ä–😀-7f3a"


def places(haystack: bytes) -> int:
    """Count the marker as it may be stored: plain and with JSON's escapes."""
    escaped = json.dumps(MARK)[1:-1].encode()
    return sum(haystack.count(form) for form in (MARK.encode(), escaped, MARK.strip().encode()))


async def everything(trade: Trade, people: list[Person], lead_id: str) -> bytes:
    """Collect every answer that could speak of the lead."""
    found = b""
    paths = ("/leads?includeFieldLists=true", "/offers", "/share-requests", "/members", "/forms", "/markets")
    for person in people:
        for path in (
            *paths,
            *(f"/leads/{lead_id}{part}" for part in ("", "/notes", "/history", "/disclosures")),
        ):
            found += (await person.client.get(path)).content
        lines = await person.client.get(
            "/leads?includeFieldLists=true", headers={"accept": "application/x-ndjson"}
        )
        found += lines.content
    return found


async def offered(trade: Trade, market: str, lead_id: str) -> None:
    maren = await trade.sign_in("Maren")
    await maren.done("/share-requests", leadId=lead_id, marketId=market, reason="Grund" + MARK)


@pytest.mark.parametrize("stage", ["worked", "offered", "accepted", "requested"])
async def test_nothing_of_an_erased_lead_is_left_anywhere(trade: Trade, stage: str) -> None:
    lead_id = trade.add_lead(marker=MARK, keeper="Jens")
    kept = trade.add_lead()
    jens, bjoern, finn = [await trade.sign_in(name) for name in ("Jens", "Björn", "Finn")]
    await jens.done(f"/leads/{lead_id}/notes", text="Notiz" + MARK)
    await jens.done(f"/leads/{lead_id}/commission/step", step="Kontakt")
    if stage != "worked":
        await offered(trade, trade.market if stage == "requested" else trade.free_market, lead_id)
    if stage == "accepted":
        (offer,), (other,) = await bjoern.get("/offers"), await finn.get("/offers")
        await finn.done(f"/offers/{other['offerId']}/decline", reason="Absage" + MARK)
        await bjoern.done(f"/offers/{offer['offerId']}/accept")
    people = [jens, bjoern, finn, await trade.sign_in("Maren"), await trade.sign_in("Thomas")]
    assert places(trade.storage.dump()) == 0
    assert places(stolen(trade.storage, trade.keys)) > 10
    assert places(await everything(trade, people, lead_id)) > 10

    assert (await jens.delete(f"/leads/{lead_id}")).status_code == 204

    assert places(stolen(trade.storage, trade.keys)) == 0
    assert places(await everything(trade, people, lead_id)) == 0
    for person in people:
        assert (await person.client.get(f"/leads/{lead_id}")).status_code == 404
    assert [row["lead"]["leadId"] for row in await jens.get("/leads")] == [kept]
    for offer in await finn.get("/offers") + await bjoern.get("/offers"):
        assert "document" not in offer and "leadId" not in offer and offer["status"] != "OPEN"


async def test_what_stays_is_the_id_the_time_the_actor_and_who_received_it(trade: Trade) -> None:
    lead_id = trade.add_lead(marker=MARK)
    await offered(trade, trade.free_market, lead_id)
    jens = await trade.sign_in("Jens")
    assert (await jens.delete(f"/leads/{lead_id}")).status_code == 204
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        (deleted,) = unit.stream(lead_id)
        kinds = unit.select("SELECT kind FROM event WHERE tenant_id = ? AND stream_id = ?", lead_id)
    assert (deleted.at, deleted.actor) == ("2026-11-19T12:00:00.000Z", trade.urn("Jens"))
    assert deleted.event == LeadDeleted(sorted((trade.nord, trade.lorenzen)))
    assert len(kinds) > 1


async def test_only_the_right_deletes_and_only_the_owner(trade: Trade) -> None:
    lead_id = trade.add_lead()
    thomas = await trade.sign_in("Thomas")
    assert (await thomas.delete(f"/leads/{lead_id}")).status_code == 403
    await offered(trade, trade.free_market, lead_id)
    trade.grant_deletion("Imke")
    imke = await trade.sign_in("Imke")
    (offer,) = await imke.get("/offers")
    await imke.done(f"/offers/{offer['offerId']}/accept")
    assert (await imke.delete(f"/leads/{lead_id}")).status_code == 403


async def test_repeating_after_erasure_tells_that_it_is_gone(trade: Trade) -> None:
    lead_id = trade.add_lead()
    jens, note, deletion = await trade.sign_in("Jens"), new_id(), new_id()
    first = await jens.post(f"/leads/{lead_id}/notes", key=note, text="eins")
    again = await jens.post(f"/leads/{lead_id}/notes", key=note, text="eins")
    assert (first.status_code, first.json()) == (again.status_code, again.json()) and first.status_code == 201
    assert (await jens.post(f"/leads/{lead_id}/notes", key=note, text="zwei")).status_code == 422
    assert (await jens.delete(f"/leads/{lead_id}", key=deletion)).status_code == 204
    assert (await jens.delete(f"/leads/{lead_id}", key=deletion)).status_code == 204
    assert (await jens.delete(f"/leads/{lead_id}")).status_code == 404
    assert (await jens.post(f"/leads/{lead_id}/notes", key=note, text="eins")).status_code == 410
    assert (await jens.post(f"/leads/{lead_id}/notes", key=note, text="zwei")).status_code == 410
    other = trade.add_lead(keeper="Jens")
    for lead, key in ((other, note), (other, deletion), (lead_id, deletion)):
        answer = await jens.post(f"/leads/{lead}/notes", key=key, text="eins")
        assert answer.status_code == 422, "a key of another act says so, whatever became of that"
    assert await jens.get(f"/leads/{other}/notes") == []


async def test_no_answer_says_done_for_what_is_erased(trade: Trade) -> None:
    """An answer without a body is not rendered anew; it still must not say that something was done."""
    lead_id, key = trade.add_lead(keeper="Jens"), new_id()
    jens = await trade.sign_in("Jens")
    lists = {"prospect": {"fields": {"Vorname": {"value": "Berta"}}, "fieldOrder": ["Vorname"]}}
    for _ in range(2):
        sent = await jens.client.patch(f"/leads/{lead_id}", json=lists, headers={"idempotency-key": key})
        assert sent.status_code == 204
    await jens.delete(f"/leads/{lead_id}")
    again = await jens.client.patch(f"/leads/{lead_id}", json=lists, headers={"idempotency-key": key})
    assert again.status_code == 410


async def test_a_partner_who_repeats_a_refusal_is_told_that_it_is_gone(trade: Trade) -> None:
    lead_id, key = trade.add_lead(), new_id()
    await offered(trade, trade.free_market, lead_id)
    jens, bjoern = await trade.sign_in("Jens"), await trade.sign_in("Björn")
    (offer,) = await bjoern.get("/offers")
    path = f"/offers/{offer['offerId']}/decline"
    for reason, status in (("a", 200), ("a", 200), ("b", 422)):
        assert (await bjoern.post(path, key=key, reason=reason)).status_code == status
    await jens.delete(f"/leads/{lead_id}")
    for reason in ("a", "b"):
        assert (await bjoern.post(path, key=key, reason=reason)).status_code == 410


async def test_an_offer_that_is_open_ends_with_the_lead(trade: Trade) -> None:
    lead_id = trade.add_lead()
    await offered(trade, trade.free_market, lead_id)
    jens, bjoern = await trade.sign_in("Jens"), await trade.sign_in("Björn")
    (offer,) = await bjoern.get("/offers")
    await jens.delete(f"/leads/{lead_id}")
    assert await bjoern.refused(f"/offers/{offer['offerId']}/accept", 409) == "offer-ended"
