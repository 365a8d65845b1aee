"""Sales partners: their states and what each allows, serials, invitations, and what an end takes along."""

from typing import Any

import httpx
import pytest

from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.port import KeyGone
from leaddesk.server.projections import references
from leaddesk.server.projections.attachments import keys_of_files
from leaddesk.server.projections.offers import offers_of_lead
from tests.server.web.partners.test_direct_commissions import assign, partner_id
from tests.support.trade import Person, Trade, new_id

INVITED = {
    "email": "neu@x.example",
    "name": "Neu KG",
    "text": "Moin",
    "tags": ["a"],
    "attributes": {"b": "c"},
}


async def invite(person: Person, **body: Any) -> Any:
    answer = await person.client.post("/sales-partners", json={**INVITED, **body})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def change(
    person: Person, method: str, path: str, serial: int | None = None, **body: Any
) -> httpx.Response:
    headers = {} if serial is None else {"x-serial": str(serial)}
    content = {"json": body} if method == "PATCH" else {}
    return await person.client.request(method, f"/sales-partners/{path}", headers=headers, **content)


def short(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


async def statuses(person: Person, *wanted: str) -> list[str]:
    return [one["status"] for one in await person.get("/sales-partners", status=list(wanted))]


async def test_an_invited_partner_is_a_row_like_any_other(trade: Trade) -> None:
    thomas = await trade.sign_in("Thomas")
    made = await invite(thomas)
    assert made == {
        "salesPartnerId": made["salesPartnerId"],
        "name": "Neu KG",
        "email": "neu@x.example",
        "status": "PENDING:INVITED",
        "tags": ["a"],
        "attributes": {"b": "c"},
        "serial": 1,
    }
    assert await thomas.get(f"/sales-partners/{made['salesPartnerId']}") == made
    assert made in await thomas.get("/sales-partners")
    assert await statuses(thomas, "ACTIVE") == ["ACTIVE", "ACTIVE"]
    assert await statuses(thomas, "PENDING:INVITED", "ENDED") == ["PENDING:INVITED"]
    plain = await thomas.client.post("/sales-partners", json={"email": "nur@x.example"})
    assert plain.json()["name"] == "" and plain.json()["tags"] == [] and plain.json()["attributes"] == {}


async def test_changes_keep_what_is_absent_and_count_the_serial(trade: Trade) -> None:
    thomas = await trade.sign_in("Thomas")
    place = (await invite(thomas))["salesPartnerId"]
    assert (await change(thomas, "PATCH", place, 1, tags=["x", "y"])).status_code == 204
    assert (await change(thomas, "PATCH", place, 1, name="Z")).json()["currentSerial"] == 2
    assert (await change(thomas, "PATCH", place, name="Neu AG", attributes={})).status_code == 204
    assert (await change(thomas, "PATCH", place, name="Neu AG")).status_code == 204
    now = await thomas.get(f"/sales-partners/{place}")
    assert (now["name"], now["tags"], now["attributes"], now["serial"]) == ("Neu AG", ["x", "y"], {}, 3)


async def test_each_state_allows_what_it_allows(trade: Trade) -> None:
    thomas = await trade.sign_in("Thomas")
    active, pending = await partner_id(thomas), (await invite(thomas))["salesPartnerId"]
    assert short(await change(thomas, "DELETE", active)) == (409, "wrong-state")
    assert short(await change(thomas, "POST", f"{pending}/end")) == (409, "wrong-state")
    stale = await change(thomas, "POST", f"{active}/end", 7)
    assert short(stale) == (409, "stale-serial") and stale.json()["currentSerial"] == 1
    assert (await change(thomas, "POST", f"{active}/end", 1)).status_code == 204
    assert short(await change(thomas, "POST", f"{active}/end")) == (409, "wrong-state")
    assert await statuses(thomas, "ENDED") == ["ENDED"]
    assert short(await change(thomas, "DELETE", active, 1)) == (409, "stale-serial")
    for place in (active, pending):
        assert (await change(thomas, "DELETE", place)).status_code == 204
        assert (await thomas.client.get(f"/sales-partners/{place}")).status_code == 404
        assert (await change(thomas, "DELETE", place)).status_code == 404


async def test_nobody_is_invited_twice_at_once(trade: Trade) -> None:
    thomas = await trade.sign_in("Thomas")
    first = (await invite(thomas))["salesPartnerId"]
    twice = await thomas.client.post("/sales-partners", json={"email": "NEU@x.example"})
    assert short(twice) == (409, "wrong-state") and twice.json()["field"] == "email"
    await change(thomas, "DELETE", first)
    await invite(thomas)


async def test_an_invitation_is_accepted_by_who_holds_its_code(trade: Trade) -> None:
    thomas, imke, bjoern = [await trade.sign_in(name) for name in ("Thomas", "Imke", "Björn")]
    old = await partner_id(thomas)
    await change(thomas, "POST", f"{old}/end")
    new = await invite(thomas, name="")
    code = (await thomas.get(f"/sales-partners/{new['salesPartnerId']}/invitation"))["code"]
    assert await bjoern.refused("/invitations/accept", 403, code=code) == "forbidden"
    assert await thomas.refused("/invitations/accept", 400, code=code) == "invalid-input"
    for wrong in (code[:-1], code[:-2] + "AA", "x", "ä" * 60, code.replace(code[3], "_")):
        if wrong != code:
            assert await imke.refused("/invitations/accept", 400, code=wrong) == "invalid-input"
    key = new_id()
    for _ in range(2):
        assert (await imke.post("/invitations/accept", key=key, code=code)).status_code == 204
    now = await thomas.get(f"/sales-partners/{new['salesPartnerId']}")
    assert (now["status"], now["name"], now["serial"]) == ("ACTIVE", "Solar Nord GmbH", 2)
    finn = await trade.sign_in("Finn")
    assert await finn.refused("/invitations/accept", 409, code=code) == "wrong-state"
    assert await imke.refused("/invitations/decline", 409, code=code) == "wrong-state"
    lead_id = trade.add_lead()
    await assign(thomas, lead_id, salesPartnerId=new["salesPartnerId"])
    assert (await bjoern.get(f"/leads/{lead_id}"))["lead"]["leadId"] == lead_id


async def test_an_invitation_is_declined(trade: Trade) -> None:
    thomas, imke = await trade.sign_in("Thomas"), await trade.sign_in("Imke")
    new = await invite(thomas)
    place = f"/sales-partners/{new['salesPartnerId']}"
    code = (await thomas.get(f"{place}/invitation"))["code"]
    for _ in range(2):
        assert (await imke.post("/invitations/decline", code=code)).status_code == 204
    assert (await thomas.get(place))["status"] == "DECLINED"
    assert (await thomas.client.get(f"{place}/invitation")).status_code == 409
    assert await imke.refused("/invitations/accept", 409, code=code) == "wrong-state"
    assert (await thomas.client.delete(place)).status_code == 204


async def test_a_partner_already_is_not_taken_twice(trade: Trade) -> None:
    thomas, imke = await trade.sign_in("Thomas"), await trade.sign_in("Imke")
    new = await invite(thomas)
    code = (await thomas.get(f"/sales-partners/{new['salesPartnerId']}/invitation"))["code"]
    assert await imke.refused("/invitations/accept", 409, code=code) == "wrong-state"


async def test_an_end_closes_offers_commissions_and_grants(trade: Trade) -> None:
    thomas, maren, bjoern, finn = [await trade.sign_in(name) for name in ("Thomas", "Maren", "Björn", "Finn")]
    offered, accepted, assigned, other = (trade.add_lead(minutes_ago=minutes) for minutes in range(10, 14))
    nord, lorenzen = await partner_id(thomas), await partner_id(thomas, "Lorenzen GmbH")
    for lead_id in (offered, accepted):
        await maren.done(f"/markets/{trade.free_market}/brokerages", leadId=lead_id)
    await accept_lead(trade, bjoern, accepted)
    await assign(thomas, assigned, salesPartnerId=nord)
    await assign(thomas, other, salesPartnerId=lorenzen)
    await bjoern.done(f"/leads/{assigned}/commission/step", step="Kontakt")
    assert len(await bjoern.get("/leads")) == 2
    assert (await change(thomas, "POST", f"{nord}/end")).status_code == 204
    assert await bjoern.get("/leads", includeFieldLists="true") == []
    assert sorted(one["status"] for one in await bjoern.get("/offers")) == ["ACCEPTED", "ENDED"]
    assert "Wärmepumpe" not in str(await bjoern.get("/offers"))
    for lead_id in (accepted, assigned):
        assert (await bjoern.client.get(f"/leads/{lead_id}")).status_code == 404
        lead = await thomas.get(f"/leads/{lead_id}")
        assert lead["commission"]["outcome"] == "partnership-ended" and "closedAt" in lead["commission"]
        kinds = [entry["kind"] for entry in await thomas.get(f"/leads/{lead_id}/history")]
        assert kinds[0] == "commission-closed"
    (left,) = [one for one in await finn.get("/offers") if one["status"] == "OPEN"]
    await finn.done(f"/offers/{left['offerId']}/accept")
    assert {row["lead"]["leadId"] for row in await finn.get("/leads")} == {offered, other}


async def accept_lead(trade: Trade, person: Person, lead_id: str) -> None:
    """Accept the offer of one lead; which lead it is, the partner cannot tell before."""
    with trade.services.office.log.for_tenant(Scope(trade.nord)).reading() as unit:
        (offer,) = offers_of_lead(unit, lead_id)
    await person.done(f"/offers/{offer.offer_id}/accept")


async def test_a_lead_comes_back_with_a_new_partnership(trade: Trade) -> None:
    thomas, imke = await trade.sign_in("Thomas"), await trade.sign_in("Imke")
    bjoern, lead_id = await trade.sign_in("Björn"), trade.add_lead()
    nord = await partner_id(thomas)
    await assign(thomas, lead_id, salesPartnerId=nord)
    await change(thomas, "POST", f"{nord}/end")
    new = (await invite(thomas))["salesPartnerId"]
    code = (await thomas.get(f"/sales-partners/{new}/invitation"))["code"]
    await imke.post("/invitations/accept", code=code)
    await assign(thomas, lead_id, salesPartnerId=new)
    lead = await bjoern.get(f"/leads/{lead_id}")
    assert lead["prospect"]["fields"]["Vorname"]["value"] == "Anna"
    assert (await thomas.get(f"/leads/{lead_id}"))["commission"]["responsible"].endswith(new)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": "kein Zeichen"}, "email"),
        ({"email": 7}, "email"),
        ({"email": "a@b", "tags": "x"}, "tags"),
        ({"email": "a@b", "tags": [1]}, "tags.0"),
        ({"email": "a@b", "attributes": {"x": 1}}, "attributes"),
        ({"email": "a@b", "attributes": {str(i): "" for i in range(101)}}, "attributes"),
        ({"email": "a@b", "name": "x" * 201}, "name"),
        ({"email": "a@b", "status": "ACTIVE"}, "body"),
    ],
)
async def test_what_does_not_fit_is_named(trade: Trade, body: Any, field: str) -> None:
    thomas = await trade.sign_in("Thomas")
    answer = await thomas.client.post("/sales-partners", json=body)
    assert answer.status_code == 400 and answer.json()["field"] == field and answer.json()["expected"]
    assert "kein Zeichen" not in answer.text


async def test_only_who_manages_partners_changes_them_and_only_the_own(trade: Trade) -> None:
    thomas, maren, finn = [await trade.sign_in(name) for name in ("Thomas", "Maren", "Finn")]
    nord = await partner_id(thomas)
    assert (await maren.client.get(f"/sales-partners/{nord}")).status_code == 200
    assert (await finn.client.get(f"/sales-partners/{nord}")).status_code == 404
    for method, path in (("PATCH", nord), ("DELETE", nord), ("POST", f"{nord}/end")):
        assert (await change(maren, method, path)).status_code == 403
        assert (await change(finn, method, path)).status_code == 404
    assert (await maren.client.post("/sales-partners", json=INVITED)).status_code == 403


async def test_a_removed_partner_keeps_its_name_in_histories(trade: Trade) -> None:
    thomas, bjoern, lead_id = await trade.sign_in("Thomas"), await trade.sign_in("Björn"), trade.add_lead()
    nord = await partner_id(thomas)
    await assign(thomas, lead_id, salesPartnerId=nord)
    await bjoern.done(f"/leads/{lead_id}/commission/step", step="Kontakt")
    await change(thomas, "POST", f"{nord}/end")
    await change(thomas, "DELETE", nord)
    history = await thomas.get(f"/leads/{lead_id}/history")
    step = next(entry for entry in history if entry["kind"] == "partner-step-changed")
    assert step["originator"]["name"] == "Solar Nord GmbH"


async def test_files_of_the_partner_go_with_the_grant(trade: Trade) -> None:
    thomas, bjoern, lead_id = await trade.sign_in("Thomas"), await trade.sign_in("Björn"), trade.add_lead()
    nord = await partner_id(thomas)
    await assign(thomas, lead_id, salesPartnerId=nord)
    asked = {"filename": "Angebot.pdf", "contentType": "application/pdf"}
    target = (await bjoern.client.post(f"/leads/{lead_id}/attachments", json=asked)).json()
    files = {"file": ("Angebot.pdf", b"%PDF-1.7\n" + b"x" * 999)}
    sent = await bjoern.client.post(target["uploadUrl"], data=target["fields"], files=files)
    assert sent.status_code < 300, sent.text
    log = trade.services.office.log.for_tenant(Scope(trade.nord))
    with log.reading() as unit:
        (key,) = keys_of_files(unit, lead_id)
    await change(thomas, "POST", f"{nord}/end")
    with log.reading() as unit:
        assert keys_of_files(unit, lead_id) == []
        with pytest.raises(KeyGone):
            unit.keys.seal(trade.nord, key, b"", "anywhere")


async def test_what_was_written_of_a_partner_is_erased_with_it(trade: Trade) -> None:
    thomas = await trade.sign_in("Thomas")
    place = (await invite(thomas, email="kanarie@x.example", name="Kanarie KG"))["salesPartnerId"]
    await change(thomas, "PATCH", place, name="Kanarie AG")
    assert (await change(thomas, "DELETE", place)).status_code == 204
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).reading() as unit:
        assert [type(recorded.event).__name__ for recorded in unit.stream(place)] == ["SalesPartnerDeleted"]
        assert unit.version_of(place) == 3
        for kind in (references.SALES_PARTNER, references.FORMER_PARTNER):
            assert references.one_of(unit, kind, place) is None
