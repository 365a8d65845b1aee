"""Sales partners: inviting, reading, changing, ending; and handing leads to them."""

from __future__ import annotations

import uuid
from typing import Any

from tests.contract_suite.target import OURS, Target, check, expect

ROW = {"salesPartnerId", "name", "email", "status", "tags", "attributes", "serial"}


def invited(target: Target) -> dict[str, Any]:
    """Invite a partner that nobody is."""
    body = {"email": f"{uuid.uuid4().hex}@suite.example", "name": target.mark, "tags": ["suite"]}
    made = target.ask("POST", "/sales-partners", (200, 201), json=body).json()
    target.made("/sales-partners/", made["salesPartnerId"])
    partner: dict[str, Any] = target.get(f"/sales-partners/{made['salesPartnerId']}")
    return partner


@check("sales partners")
def an_invited_partner_is_pending_and_listed(target: Target) -> None:
    partner = invited(target)
    expect(set(partner) == ROW, f"a row of {sorted(ROW)}")
    expect(
        partner["status"] == "PENDING:INVITED" and partner["tags"] == ["suite"],
        "PENDING:INVITED, with its tags",
    )
    listed = target.get("/sales-partners")
    expect(
        partner["salesPartnerId"] in [one["salesPartnerId"] for one in listed],
        "it in the list without a filter",
    )
    expect(
        {one["status"] for one in listed} <= {"ACTIVE", "PENDING:INVITED"},
        "active and invited ones by default",
    )


@check("sales partners")
def status_is_a_repeatable_filter(target: Target) -> None:
    invited(target)
    both = target.ask("GET", "/sales-partners?status=ENDED&status=PENDING:INVITED").json()
    expect(both and {one["status"] for one in both} <= {"ENDED", "PENDING:INVITED"}, "those two states alone")


@check("sales partners")
def a_partner_is_changed_with_its_serial(target: Target) -> None:
    partner = invited(target)
    path, seen = f"/sales-partners/{partner['salesPartnerId']}", {"x-serial": str(partner["serial"])}
    target.ask("PATCH", path, (200, 204), json={"tags": ["one", "two"]}, headers=seen)
    after = target.get(path)
    expect(
        after["tags"] == ["one", "two"] and after["name"] == partner["name"],
        "the tags changed, the name as it was",
    )
    target.refused("PATCH", path, 409, json={"tags": []}, headers=seen)


@check("sales partners")
def an_invited_partner_can_be_deleted_and_is_gone(target: Target) -> None:
    path = f"/sales-partners/{invited(target)['salesPartnerId']}"
    target.ask("DELETE", path, (200, 204))
    target.refused("GET", path, 404)


@check("sales partners")
def an_active_partner_cannot_be_deleted(target: Target) -> None:
    active = target.get("/sales-partners", status="ACTIVE")
    if active:
        answer = target.http.delete(f"/sales-partners/{active[0]['salesPartnerId']}")
        expect(400 <= answer.status_code < 500, "a refusal")
        after = target.get("/sales-partners", status="ACTIVE")
        expect(after == active, "the partner as before")


@check("brokerages and commissions", OURS)
def what_is_not_there_is_neither_offered_nor_assigned(target: Target) -> None:
    lead_id = target.new_lead()
    target.refused("POST", f"/markets/{uuid.uuid4()}/brokerages", 400, 404, json={"leadId": lead_id})
    body = {"salesPartnerId": str(uuid.uuid4())}
    target.refused("POST", f"/leads/{lead_id}/commissions", 400, 404, json=body)


@check("brokerages and commissions: with partners")
def a_lead_is_assigned_directly(target: Target) -> None:
    active = target.get("/sales-partners", status="ACTIVE")
    expect(active, "an active partner")
    lead_id = target.new_lead()
    body = {"salesPartnerId": active[0]["salesPartnerId"]}
    told = target.ask("POST", f"/leads/{lead_id}/commissions", (200, 201), json=body).json()
    expect(told.get("commissionId"), "a commissionId")
    commission = target.get(f"/leads/{lead_id}")["commission"]
    urn = f"urn:lt:sales-partners:sales-partner:{active[0]['salesPartnerId']}"
    expect(commission["responsible"] == urn, "the partner as responsible")


@check("brokerages and commissions: with partners")
def a_lead_is_offered_on_a_market(target: Target) -> None:
    markets = target.http.get("/markets")
    if markets.status_code != 200 or not markets.json():
        return
    lead_id = target.new_lead()
    path = f"/markets/{markets.json()[0]['marketId']}/brokerages"
    told = target.ask("POST", path, (200, 201), json={"leadId": lead_id}).json()
    expect(told.get("brokerageId"), "a brokerageId")
