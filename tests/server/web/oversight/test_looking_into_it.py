"""Reading the access log, resolving a pseudonym by two people, disclosures by partner, interventions."""

import re
from datetime import timedelta
from typing import Any

import pytest

from leaddesk.contract.people import Right
from leaddesk.personal.masked import Secret
from leaddesk.server.commands.interventions import WithoutInstruction, intervene
from leaddesk.server.domain.events import OperatorIntervened
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.api_keys import ApiKeyRecord
from leaddesk.server.oversight.pseudonyms import month_of
from tests.support.trade import Person, Trade, new_id

REASON = "Complaint of a prospect, file 4711"
LOG, ASKED = "/access-log", "/access-log/resolutions"


async def test_the_log_is_read_in_pages_with_pseudonyms_only(trade: Trade) -> None:
    lead = trade.add_lead()
    maren, thomas = await trade.sign_in("Maren"), await trade.sign_in("Thomas")
    for _ in range(5):
        await maren.get(f"/leads/{lead}")
    first = await thomas.client.get(LOG, params={"maxResults": 3})
    second = await thomas.client.get(
        LOG, params={"maxResults": 3, "continuation": first.headers["x-continuation"]}
    )
    positions = [entry["position"] for entry in [*first.json(), *second.json()]]
    assert positions == [5, 4, 3, 2, 1] and "x-continuation" not in second.headers
    assert not any(name in first.text for name in ("Maren", trade.urn("Maren"), lead))
    newest = (await thomas.get(LOG, maxResults=1))[0]
    assert newest["action"] == "access-log.read" and newest["detail"]["count"] == 2


async def test_filters_narrow_it(trade: Trade) -> None:
    one, other = trade.add_leads(2)
    maren, jens = await trade.sign_in("Maren"), await trade.sign_in("Jens")
    thomas = await trade.sign_in("Thomas")
    await maren.get(f"/leads/{one}")
    await jens.get(f"/leads/{other}")
    await jens.get("/leads")
    about = await thomas.get(LOG, leadId=one)
    assert [entry["action"] for entry in about] == ["lead.read"]
    assert await thomas.get(LOG, object=about[0]["object"]) == about
    assert await thomas.get(LOG, person=about[0]["person"]) == about
    assert len(await thomas.get(LOG, action="lead.read")) == 2
    assert len(await thomas.get(LOG, purpose="lead-work", role="rep", result="done")) == 3
    assert await thomas.get(LOG, at="gt:2030-01-01") == []
    assert await thomas.get(LOG, leadId=new_id()) == []


async def test_wrong_filters_are_named(trade: Trade) -> None:
    thomas = await trade.sign_in("Thomas")
    wrong = {"person": "Maren", "object": "x", "at": "soon", "leadId": "7", "continuation": "AAAA"}
    for name, value in wrong.items():
        answer = await thomas.client.get(LOG, params={name: value})
        assert (answer.status_code, answer.json()["field"]) == (400, name)


async def test_reps_do_not_read_it_and_auditors_do(trade: Trade) -> None:
    maren, svea = await trade.sign_in("Maren"), await trade.sign_in("Svea")
    for path in (LOG, ASKED, f"/disclosures?salesPartnerId={new_id()}", "/operator-interventions"):
        assert (await maren.client.get(path)).status_code == 403, path
    assert (await svea.client.get(LOG)).status_code == 200


async def test_another_tenants_log_is_another_log(trade: Trade) -> None:
    lead = trade.add_lead()
    maren, imke = await trade.sign_in("Maren"), await trade.sign_in("Imke")
    await maren.get(f"/leads/{lead}")
    assert await imke.get(LOG) == []
    assert await imke.get(LOG, leadId=lead) == []


async def opened(trade: Trade) -> tuple[Person, Person, dict[str, Any]]:
    """Maren opens a lead; two people who may look into it, and the entry."""
    lead = trade.add_lead()
    maren = await trade.sign_in("Maren")
    await maren.get(f"/leads/{lead}")
    thomas, ayse = await trade.sign_in("Thomas"), await trade.sign_in("Ayse")
    return thomas, ayse, (await thomas.get(LOG, leadId=lead))[0]


@pytest.fixture
def four_eyes(trade: Trade) -> Trade:
    trade.add_admin(trade.wagner, "Ayse Demir")
    return trade


async def test_two_people_and_one_reason_resolve_a_person_and_it_is_on_record(four_eyes: Trade) -> None:
    trade = four_eyes
    thomas, ayse, entry = await opened(trade)
    asked = await thomas.done(ASKED, pseudonym=entry["person"], reason=REASON)
    assert asked["status"] == "PENDING" and "meaning" not in asked
    one = f"{ASKED}/{asked['resolutionId']}"
    assert await thomas.refused(f"{one}/approve", 403) == "own-request"
    agreed = await ayse.done(f"{one}/approve")
    assert agreed["meaning"] == {"kind": "person", "id": trade.urn("Maren"), "name": "Maren Boysen"}
    assert agreed["approvedByName"] == "Ayse Demir" and agreed["reason"] == REASON
    assert (await thomas.get(one))["meaning"] == agreed["meaning"]
    assert await ayse.refused(f"{one}/approve", 409) == "already-decided"
    assert all("meaning" not in request for request in await thomas.get(ASKED))
    acts = [(told["action"], told["result"]) for told in await thomas.get(LOG, purpose="oversight")]
    for act in ("ask", "approve", "read", "list"):
        assert (f"pseudonym.{act}", "done") in acts
    assert ("pseudonym.approve", "own-request") in acts


async def test_things_are_resolved_too_and_what_nobody_is_means_nobody(four_eyes: Trade) -> None:
    trade = four_eyes
    thomas, ayse, entry = await opened(trade)
    nobody = entry["person"][:-32] + "a" * 32
    meant = {}
    for pseudonym in (entry["object"], nobody, "nonsense-202611-" + "a" * 32):
        asked = await thomas.done(ASKED, pseudonym=pseudonym, reason=REASON)
        agreed = await ayse.done(f"{ASKED}/{asked['resolutionId']}/approve")
        meant[pseudonym] = agreed.get("meaning")
    assert meant[entry["object"]]["kind"] == "lead" and "name" not in meant[entry["object"]]
    assert [meant[pseudonym] for pseudonym in meant][1:] == [None, None]


async def test_a_third_person_learns_nothing(four_eyes: Trade) -> None:
    trade = four_eyes
    trade.add_admin(trade.wagner, "Nils Third")
    thomas, ayse, entry = await opened(trade)
    asked = await thomas.done(ASKED, pseudonym=entry["person"], reason=REASON)
    one = f"{ASKED}/{asked['resolutionId']}"
    await ayse.done(f"{one}/approve")
    nils, imke = await trade.sign_in("Nils"), await trade.sign_in("Imke")
    assert "meaning" not in await nils.get(one)
    assert (await imke.client.get(one)).status_code == 404
    assert await imke.refused(f"{one}/approve", 404) == "not-found"


async def test_machines_neither_ask_nor_agree(four_eyes: Trade) -> None:
    trade = four_eyes
    thomas, ayse, entry = await opened(trade)
    rights = frozenset({Right.OVERSIGHT_READ, Right.OVERSIGHT_RESOLVE})
    trade.people.api_keys.add(ApiKeyRecord(trade.wagner, new_id(), "Robot", rights), Secret("robot"))
    asked = await thomas.done(ASKED, pseudonym=entry["person"], reason=REASON)
    ayse.client.headers["authorization"] = "robot"
    assert await ayse.refused(ASKED, 403, pseudonym=entry["person"], reason=REASON) == "step-up-needed"
    assert await ayse.refused(f"{ASKED}/{asked['resolutionId']}/approve", 403) == "step-up-needed"


async def test_a_request_without_a_reason_is_none(trade: Trade) -> None:
    thomas = await trade.sign_in("Thomas")
    pseudonym = "person-202611-" + "a" * 32
    for body in ({"reason": ""}, {"reason": " " * 20}, {}, {"reason": REASON, "pseudonym": "Maren Boysen"}):
        answer = await thomas.post(ASKED, **{"pseudonym": pseudonym, **body})
        assert answer.status_code == 400 and "Maren" not in answer.text


async def test_the_same_key_asks_once(trade: Trade) -> None:
    thomas, key = await trade.sign_in("Thomas"), new_id()
    body = {"pseudonym": "person-202611-" + "a" * 32, "reason": REASON}
    first, again = await thomas.post(ASKED, key, **body), await thomas.post(ASKED, key, **body)
    assert first.json() == again.json() and (first.status_code, again.status_code) == (201, 201)
    assert len(await thomas.get(ASKED)) == 1


async def test_what_was_resolved_is_shown_for_a_day_and_a_request_waits_as_long(four_eyes: Trade) -> None:
    trade = four_eyes
    thomas, ayse, entry = await opened(trade)
    waiting = await thomas.done(ASKED, pseudonym=entry["person"], reason=REASON)
    agreed = await thomas.done(ASKED, pseudonym=entry["object"], reason=REASON)
    await ayse.done(f"{ASKED}/{agreed['resolutionId']}/approve")
    trade.now += timedelta(hours=25)
    thomas, ayse = await trade.sign_in("Thomas"), await trade.sign_in("Ayse")
    told = await thomas.get(f"{ASKED}/{agreed['resolutionId']}")
    assert told["status"] == "EXPIRED" and "meaning" not in told
    assert await ayse.refused(f"{ASKED}/{waiting['resolutionId']}/approve", 409) == "already-decided"


async def test_a_month_whose_key_is_gone_resolves_to_nobody(four_eyes: Trade) -> None:
    trade = four_eyes
    thomas, ayse, entry = await opened(trade)
    asked = await thomas.done(ASKED, pseudonym=entry["person"], reason=REASON)
    one = f"{ASKED}/{asked['resolutionId']}"
    assert (await ayse.done(f"{one}/approve"))["meaning"]["name"] == "Maren Boysen"
    trade.services.access_log.pseudonyms.destroy_before(month_of(trade.now + timedelta(days=31)))
    assert "meaning" not in await thomas.get(one)


async def test_a_partner_is_told_with_everything_it_received_lead_by_lead(trade: Trade) -> None:
    leads = trade.add_leads(3)
    maren, thomas = await trade.sign_in("Maren"), await trade.sign_in("Thomas")
    for lead in leads:
        await maren.done("/share-requests", leadId=lead, marketId=trade.free_market)
    bjoern = await trade.sign_in("Björn")
    await bjoern.done(f"/offers/{(await bjoern.get('/offers'))[0]['offerId']}/accept")
    partners = {one["name"]: one["salesPartnerId"] for one in await thomas.get("/sales-partners")}
    nord = await thomas.get("/disclosures", salesPartnerId=partners["Solar Nord GmbH"])
    lorenzen = await thomas.get("/disclosures", salesPartnerId=partners["Lorenzen GmbH"])
    assert {one["leadId"] for one in nord} == {one["leadId"] for one in lorenzen} == set(leads)
    assert [one["stage"] for one in nord].count("after-acceptance") == 1
    assert all(one["stage"] == "before-acceptance" and one["fields"] for one in lorenzen)
    pages: list[Any] = []
    params = {"salesPartnerId": partners["Lorenzen GmbH"], "maxResults": 1}
    while True:
        answer = await thomas.client.get("/disclosures", params=params)
        pages += answer.json()
        if "x-continuation" not in answer.headers:
            break
        params["continuation"] = answer.headers["x-continuation"]
    assert pages == lorenzen
    foreign = {**params, "salesPartnerId": partners["Solar Nord GmbH"]}
    assert (await thomas.client.get("/disclosures", params=foreign)).status_code == 400


async def test_of_an_erased_lead_it_stays_known_that_a_partner_received_it(trade: Trade) -> None:
    lead = trade.add_lead()
    maren, jens, thomas = [await trade.sign_in(name) for name in ("Maren", "Jens", "Thomas")]
    await maren.done("/share-requests", leadId=lead, marketId=trade.free_market)
    partner = (await thomas.get("/sales-partners"))[0]["salesPartnerId"]
    assert (await jens.delete(f"/leads/{lead}")).status_code == 204
    (told,) = await thomas.get("/disclosures", salesPartnerId=partner)
    assert told["leadId"] == lead and told["erased"] and told["fields"] == []


async def test_unknown_partners_are_not_there(trade: Trade) -> None:
    thomas = await trade.sign_in("Thomas")
    assert (await thomas.client.get("/disclosures")).json()["field"] == "salesPartnerId"
    answer = await thomas.client.get("/disclosures", params={"salesPartnerId": new_id()})
    assert answer.status_code == 404


async def test_an_intervention_is_an_event_of_the_tenant_with_reason_and_reference(trade: Trade) -> None:
    thomas, imke = await trade.sign_in("Thomas"), await trade.sign_in("Imke")
    done = OperatorIntervened("h.petersen", "member.unlock", REASON, "TICKET-815")
    intervene(trade.services.office, Scope(trade.wagner), done)
    (told,) = await thomas.get("/operator-interventions")
    assert {key: told[key] for key in ("operator", "act", "reason", "reference")} == {
        "operator": "h.petersen",
        "act": "member.unlock",
        "reason": REASON,
        "reference": "TICKET-815",
    }
    assert await imke.get("/operator-interventions") == []
    for wrong in (("", REASON, "T"), ("h.p", "short", "T"), ("h.p", REASON, " "), ("H P", REASON, "T")):
        with pytest.raises(WithoutInstruction):
            event = OperatorIntervened(wrong[0], "x", wrong[1], wrong[2])
            intervene(trade.services.office, Scope(trade.wagner), event)


def test_pseudonyms_have_one_form_everywhere() -> None:
    from leaddesk.contract.oversight import Pseudonym
    from leaddesk.server.oversight.pseudonyms import PATTERN

    wire = Pseudonym.__metadata__[0].pattern
    ends = ("a" * 32, "2" * 32, "A" * 32, "a" * 31, "g" * 32)
    for text in [f"{kind}-202611-{end}" for kind in ("person", "share-request", "x1") for end in ends]:
        assert bool(re.fullmatch(PATTERN, text)) == bool(re.search(wire, text))
