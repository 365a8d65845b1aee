"""Leads: entering, reading, replacing lists, listing."""

from __future__ import annotations

import re
import uuid

from tests.contract_suite.target import FACT, OURS, Target, check, expect, is_plain_text, pages

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
HEAD = {"leadId", "serial", "owner", "createdAt", "modifiedAt"}
COMMISSION = {"commissionId", "responsible", "startedAt", "closedAt", "outcome", "step", "salesPipelineId"}


@check("GET /forms")
def forms_define_fields_by_label(target: Target) -> None:
    for form in target.forms():
        expect(
            {"id", "name", "owner", "serial", "definition"} <= set(form),
            "a form with id, name, owner, serial",
        )
        for name in ("prospect", "interest"):
            block = form["definition"][name]
            expect(isinstance(block["fields"], dict), f"the fields of {name} by label")
            for field in block["fields"].values():
                expect("type" in field, "a type for every field")
                expect(
                    all(isinstance(item, str) for item in field.get("items") or []), "items that are texts"
                )


@check("POST /leads")
def a_lead_is_entered_and_read_back(target: Target) -> None:
    blocks = target.blocks("Zoë Ångström 🌡")
    lead = target.get(f"/leads/{target.new_lead(**blocks)}")
    for name, block in blocks.items():
        (label,) = block["fields"]
        expect(lead[name]["fields"][label]["value"] == "Zoë Ångström 🌡", f"{label} as it was sent")


@check("POST /leads")
def a_label_of_no_form_is_refused(target: Target) -> None:
    blocks = target.blocks()
    blocks["prospect"] = {"fields": {"No such label": {"type": "text:singleline", "value": "x"}}}
    target.refused("POST", "/leads", 400, json=blocks)


@check("POST /leads")
def several_values_where_one_is_allowed_are_refused(target: Target) -> None:
    for form in target.forms():
        for name in ("prospect", "interest"):
            for label, field in form["definition"][name]["fields"].items():
                if field.get("items") and not field.get("multiSelectAllowed") and len(field["items"]) > 1:
                    several = {"type": field["type"], "value": field["items"][:2]}
                    target.refused("POST", "/leads", 400, json={name: {"fields": {label: several}}})
                    return


@check("GET /leads/{id}")
def one_lead_has_both_blocks(target: Target) -> None:
    lead = target.get(f"/leads/{target.new_lead()}")
    for name in ("prospect", "interest"):
        expect({"fields", "required"} <= set(lead[name]), f"{name} with fields and required")


@check("GET /leads/{id}", OURS)
def a_lead_that_is_not_there_is_404(target: Target) -> None:
    target.refused("GET", f"/leads/{uuid.uuid4()}", 404)


@check("PATCH /leads/{id}")
def a_list_replaces_the_whole_list_and_the_other_stays(target: Target) -> None:
    form = target.forms()[0]["definition"]["prospect"]["fields"]
    first, *others = (label for label, field in form.items() if is_plain_text(field))
    expect(others, "a form with two text fields")
    blocks = target.blocks()
    both = {label: {"type": "text:singleline", "value": label} for label in (first, others[0])}
    lead_id = target.new_lead(prospect={"fields": both}, interest=blocks["interest"])
    changed = {first: {"type": "text:singleline", "value": "new"}}
    target.ask("PATCH", f"/leads/{lead_id}", 204, json={"prospect": {"fields": changed}})
    lead = target.get(f"/leads/{lead_id}")
    held = {label: entry.get("value") for label, entry in lead["prospect"]["fields"].items()}
    expect({label: value for label, value in held.items() if value} == {first: "new"}, "only the sent fields")
    (label,) = blocks["interest"]["fields"]
    expect(lead["interest"]["fields"][label]["value"] == target.mark, "the other list as it was")


@check("PATCH /leads/{id}")
def unknown_types_and_their_order_survive(target: Target) -> None:
    blocks = target.blocks()
    (label,) = blocks["prospect"]["fields"]
    blocks["prospect"]["fields"][label] = {"type": "future:kind", "value": "kept"}
    lead = target.get(f"/leads/{target.new_lead(**blocks)}")
    target.ask("PATCH", f"/leads/{lead['lead']['leadId']}", 204, json={"prospect": lead["prospect"]})
    after = target.get(f"/leads/{lead['lead']['leadId']}")
    expect(after["prospect"]["fields"] == lead["prospect"]["fields"], "every field as it was read")
    expect(after["prospect"].get("fieldOrder") == lead["prospect"].get("fieldOrder"), "their order")


@check("PATCH /leads/{id}", OURS)
def a_stale_serial_is_409_with_the_current_one(target: Target) -> None:
    lead_id, blocks = target.new_lead(), target.blocks("changed")
    serial = target.get(f"/leads/{lead_id}")["lead"]["serial"]
    path = f"/leads/{lead_id}"
    target.ask("PATCH", path, 204, json={"prospect": blocks["prospect"]}, headers={"x-serial": str(serial)})
    stale = {"x-serial": str(serial)}
    answer = target.refused(
        "PATCH", path, 409, json={"prospect": target.blocks("again")["prospect"]}, headers=stale
    )
    expect(answer.json()["currentSerial"] > serial, "currentSerial")


@check("POST /leads", OURS)
def an_idempotency_key_is_taken_once(target: Target) -> None:
    key = {"idempotency-key": str(uuid.uuid4())}
    first = target.ask("POST", "/leads", (200, 201), json=target.blocks(), headers=key).json()
    target.made("/leads/", first["leadId"])
    again = target.ask("POST", "/leads", (200, 201), json=target.blocks(), headers=key).json()
    expect(again["leadId"] == first["leadId"], "the same lead for the same key")
    target.refused("POST", "/leads", 422, json=target.blocks("other"), headers=key)


@check("GET /leads")
def rows_have_the_core_s_shape(target: Target) -> None:
    target.new_lead()
    rows = target.get("/leads", maxResults=100)
    expect(isinstance(rows, list) and rows, "an array of rows")
    for row in rows:
        expect(set(row) <= {"modifiedAt", "lead", "commission"}, "modifiedAt, lead and commission alone")
        expect(set(row["lead"]) == HEAD, f"a lead with {sorted(HEAD)} alone")
        expect(set(row.get("commission", {})) <= COMMISSION, "a commission of known names")
        times = (row["modifiedAt"], row["lead"]["createdAt"], row["lead"]["modifiedAt"])
        expect(all(TIME.fullmatch(time) for time in times), "UTC with three decimals")
        expect(row["lead"]["owner"].startswith("urn:lt:"), "a URN for the owner")


@check("GET /leads")
def field_lists_come_when_asked_for(target: Target) -> None:
    target.new_lead()
    for row in target.get("/leads", includeFieldLists="true", maxResults=20):
        expect({"prospect", "interest"} <= set(row["lead"]), "both lists in every row")


@check("GET /leads")
def pages_hold_every_lead_once_and_the_total_counts_them(target: Target) -> None:
    for _ in range(3):
        target.new_lead()
    seen, total = [], 0
    answers = list(pages(target, "/leads", 1 if len(target.get("/leads")) < 10 else 100))
    for answer in answers:
        seen += [row["lead"]["leadId"] for row in answer.json()]
        total = int(answer.headers["x-total"])
    expect(len(seen) == len(set(seen)), "no lead twice")
    expect(len(seen) == total, f"X-Total to be {len(seen)}, not {total}")


@check("GET /leads")
def filters_by_time_with_every_operator(target: Target) -> None:
    at = target.get(f"/leads/{target.new_lead()}")["lead"]["createdAt"]
    tests = {
        "gte": lambda time: time >= at,
        "gt": lambda time: time > at,
        "lte": lambda time: time <= at,
        "lt": lambda time: time < at,
        "eq": lambda time: time == at,
    }
    for operator, good in tests.items():
        rows = target.get("/leads", **{"lead.createdAt": f"{operator}:{at}"})
        expect(all(good(row["lead"]["createdAt"]) for row in rows), f"only what is {operator}:{at}")
    found = target.get("/leads", **{"lead.createdAt": at})
    expect(found == target.get("/leads", **{"lead.createdAt": f"eq:{at}"}), "eq where no operator stands")
    day = target.get("/leads", **{"lead.createdAt": f"eq:{at[:10]}", "sort": "-lead.createdAt"})
    expect(
        day and all(row["lead"]["createdAt"].startswith(at[:10]) for row in day),
        "eq: with a date is that day",
    )


@check("GET /leads")
def sorts_with_minus_and_with_a_plus_nobody_escaped(target: Target) -> None:
    target.new_lead()
    for sort, reverse in (("-modifiedAt", True), ("+modifiedAt", False), ("modifiedAt", False)):
        rows = target.ask("GET", f"/leads?sort={sort}").json()
        times = [row["modifiedAt"] for row in rows]
        expect(times == sorted(times, reverse=reverse), f"the order of sort={sort}")


@check("GET /leads", OURS)
def what_is_not_understood_is_400(target: Target) -> None:
    wrong = ("maxResults=0", "maxResults=101", "maxResults=x", "sort=name", "modifiedAt=yesterday")
    for query in (*wrong, "includeFieldLists=maybe", "noSuchName=1", "continuation=forged"):
        target.refused("GET", f"/leads?{query}", 400)


@check("duplicates", OURS)
def leads_with_the_same_address_are_duplicates(target: Target) -> None:
    fields = target.forms()[0]["definition"]["prospect"]["fields"]
    mail = next((label for label in fields if "mail" in label.lower()), None)
    if mail is None:
        return
    address = {"type": fields[mail]["type"], "value": f"{target.mark}@suite.example"}
    one, other = (target.new_lead(prospect={"fields": {mail: address}}) for _ in range(2))
    found = [lead["leadId"] for lead in target.get(f"/leads/{one}/duplicates")]
    expect(found == [other], "the other lead alone")


@check("GET /leads", FACT)
def a_new_lead_is_found_by_the_time_of_its_change(target: Target) -> None:
    lead_id = target.new_lead()
    at = target.get(f"/leads/{lead_id}")["modifiedAt"]
    rows = target.get("/leads", modifiedAt=f"gte:{at}")
    expect(lead_id in [row["lead"]["leadId"] for row in rows], "the new lead")
