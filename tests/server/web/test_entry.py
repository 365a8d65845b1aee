"""``POST /leads`` and ``PATCH /leads/{id}``: labels, counts, forms of values, whole lists, round trips."""

from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from leaddesk.contract.ids import FormId, tenant_urn
from leaddesk.contract.leads import Form, FormBlock, FormDefinition, FormField
from leaddesk.contract.rows import CommissionPart, FieldContent, FieldList
from leaddesk.server.commands import setup
from leaddesk.server.eventlog.scope import Scope
from tests.support.trade import Person, Trade, new_id

FIELDS = {
    "Vorname": FormField(type="text:singleline:firstname"),
    "Anrede": FormField(type="text:list", items=["Frau", "Herr"]),
    "Quelle": FormField(type="text:list:leadsource", items=["Web"], multi_select_allowed=False),
    "Produkte": FormField(type="text:list", items=["A", "B", "C"], multi_select_allowed=True),
    "Fläche": FormField(type="number:natural"),
    "Preis": FormField(type="number:decimal"),
    "Rückruf": FormField(type="bool:yesno"),
    "Lage": FormField(type="geo:point"),
}


def define(trade: Trade, name: str, prospect: Iterable[str], interest: Iterable[str]) -> FormId:
    """Set a form of those labels behind the ones there are."""
    form_id = FormId(new_id())
    definition = FormDefinition(
        prospect=FormBlock(fields={label: FIELDS[label] for label in prospect}, required=["Vorname"]),
        interest=FormBlock(fields={label: FIELDS[label] for label in interest}, required=[]),
    )
    form = Form(id=form_id, name=name, owner=tenant_urn(trade.wagner), serial=1, definition=definition)
    setup.define_form(trade.services.office, Scope(trade.wagner), form)
    return form_id


def block(order: list[str] | None = None, **values: Any) -> dict[str, Any]:
    """Write a block as a client sends it; ``None`` for a field without a value is sent as such."""
    fields = {label: {"value": value} for label, value in values.items()}
    return {"fields": fields} | ({"fieldOrder": order} if order is not None else {})


async def create(person: Person, **blocks: Any) -> httpx.Response:
    return await person.client.post("/leads", json=blocks)


async def patch(person: Person, lead_id: str, serial: int | None = None, **blocks: Any) -> httpx.Response:
    headers = {} if serial is None else {"x-serial": str(serial)}
    return await person.client.patch(f"/leads/{lead_id}", json=blocks, headers=headers)


def values(lead: Any, name: str = "prospect") -> dict[str, Any]:
    return {label: entry.get("value") for label, entry in lead[name]["fields"].items()}


async def test_a_new_lead_is_there_with_its_id(trade: Trade) -> None:
    define(trade, "Zweites", FIELDS, FIELDS)
    maren = await trade.sign_in("Maren")
    answer = await create(
        maren,
        prospect=block(["Anrede", "Vorname"], Vorname="Anna", Anrede="Frau"),
        interest=block(Produkte=["A", "B"], Fläche="142", Rückruf=True, Lage="54.3,10.1", Quelle=["Web"]),
    )
    made = answer.json()
    assert answer.status_code == 201 and made["leadId"] == made["lead"]["leadId"]
    lead = await maren.get(f"/leads/{made['leadId']}")
    assert lead == {key: value for key, value in made.items() if key != "leadId"}
    assert lead["lead"]["serial"] == 1 and lead["lead"]["owner"] == tenant_urn(trade.wagner)
    assert lead["prospect"] == {
        "fields": {
            "Vorname": {"type": "text:singleline:firstname", "value": "Anna"},
            "Anrede": {"type": "text:singleline", "value": "Frau"},
        },
        "fieldOrder": ["Anrede", "Vorname"],
        "required": ["Vorname"],
    }
    assert lead["interest"]["fields"] == {
        "Produkte": {"type": "text:list", "value": ["A", "B"]},
        "Fläche": {"type": "number:natural", "value": "142"},
        "Rückruf": {"type": "bool:yesno", "value": True},
        "Lage": {"type": "geo:point", "value": "54.3,10.1"},
        "Quelle": {"type": "text:singleline", "value": "Web"},
    }
    assert lead["interest"]["fieldOrder"] == list(lead["interest"]["fields"])
    (row,) = [row for row in await maren.get("/leads") if row["lead"]["leadId"] == made["leadId"]]
    assert "commission" not in row and row["modifiedAt"] == "2026-11-19T12:00:00.000Z"
    history = await maren.get(f"/leads/{made['leadId']}/history")
    assert [entry["kind"] for entry in history] == ["created"]


async def test_the_first_form_that_holds_every_label_is_taken(trade: Trade) -> None:
    define(trade, "Nur Produkte", ["Vorname"], ["Produkte"])
    wide = define(trade, "Weit", ["Vorname", "Anrede"], ["Produkte", "Fläche"])
    define(trade, "Weiter", FIELDS, FIELDS)
    maren = await trade.sign_in("Maren")
    made = (
        await create(maren, prospect=block(Vorname="A"), interest=block(Produkte=["A"], Fläche="1"))
    ).json()
    scope = Scope(trade.wagner)
    with trade.services.office.log.for_tenant(scope).reading() as unit:
        (first,) = unit.stream(made["leadId"])
    assert first.event.form_id == wide  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("blocks", "field"),
    [
        ({"prospect": block(Lieblingsfarbe="rot")}, "prospect.fields.Lieblingsfarbe"),
        ({"prospect": block(Anrede="A"), "interest": block(Gebäude="x")}, "prospect.fields.Anrede"),
        ({"prospect": block(**{"anna@example.de": "x"})}, "prospect.fields[0]"),
        ({"prospect": block(**{"0171 3920042": "x"})}, "prospect.fields[0]"),
        ({"prospect": block(Vorname=["A", "B"])}, "prospect.fields.Vorname"),
        ({"prospect": block(Anrede=["Frau", "Herr"])}, "prospect.fields.Anrede"),
        ({"interest": block(Fläche=142)}, "interest.fields.Fläche"),
        ({"interest": block(Fläche="142 m²")}, "interest.fields.Fläche"),
        ({"interest": block(Fläche="-1")}, "interest.fields.Fläche"),
        ({"interest": block(Fläche="٣")}, "interest.fields.Fläche"),
        ({"interest": block(Preis="1e5")}, "interest.fields.Preis"),
        ({"interest": block(Rückruf="true")}, "interest.fields.Rückruf"),
        ({"interest": block(Rückruf=1)}, "interest.fields.Rückruf"),
        ({"interest": block(Produkte=[1])}, "interest.fields.Produkte"),
        ({"interest": block(Produkte={"a": "b"})}, "interest.fields.Produkte"),
        ({"interest": block(Lage="x" * 20_001)}, "interest.fields.Lage"),
        ({"colour": block()}, "body"),
        ({"prospect": {"fields": {"Vorname": "Anna"}}}, "prospect.fields"),
        ({"prospect": {"fields": {"Vorname": {"value": "A", "colour": 1}}}}, "prospect.fields"),
        ({"prospect": {"fields": [], "fieldOrder": []}}, "prospect.fields"),
        ({"prospect": {"fields": {}, "fieldOrder": "Vorname"}}, "prospect.fieldOrder"),
        ({"prospect": {"fieldOrder": []}}, "prospect.fields"),
        ({"prospect": {"fields": {"": {"value": "x"}}}}, "prospect.fields"),
    ],
)
async def test_what_does_not_fit_is_named(trade: Trade, blocks: Any, field: str) -> None:
    define(trade, "Zweites", FIELDS, FIELDS)
    maren = await trade.sign_in("Maren")
    answer = await create(maren, **blocks)
    problem = answer.json()
    assert answer.status_code == 400 and problem["field"] == field and problem["expected"], problem
    assert "Anna" not in answer.text and "@" not in answer.text and "3920042" not in answer.text
    assert await maren.get("/leads") == []


@pytest.mark.parametrize(
    "blocks",
    [
        {"prospect": block(Vorname="kein Mailformat @@"), "interest": block(Fläche="")},
        {"interest": block(Preis="-1,50", Fläche=None, Rückruf=None, Produkte="A")},
        {"interest": block(Produkte=[], Anrede="gibt es nicht")},
        {},
        {"prospect": block(["Vorname", "weg", "Vorname"], Vorname="A")},
        {"prospect": {"fields": {"Anrede": FIELDS["Anrede"].model_dump(by_alias=True) | {"value": "Frau"}}}},
    ],
)
async def test_what_is_not_checked_passes(trade: Trade, blocks: Any) -> None:
    define(trade, "Zweites", FIELDS, FIELDS)
    maren = await trade.sign_in("Maren")
    answer = await create(maren, **blocks)
    assert answer.status_code == 201, answer.text


async def test_the_same_key_enters_one_lead(trade: Trade) -> None:
    maren, key, body = await trade.sign_in("Maren"), new_id(), {"prospect": block(Vorname="Anna")}
    first = await maren.post("/leads", key=key, **body)
    again = await maren.post("/leads", key=key, **body)
    other = await maren.post("/leads", key=key, prospect=block(Vorname="Berta"))
    assert first.json() == again.json() and other.status_code == 422
    assert len(await maren.get("/leads")) == 1
    jens = await trade.sign_in("Jens")
    await jens.delete(f"/leads/{first.json()['leadId']}")
    assert (await maren.post("/leads", key=key, **body)).status_code == 410


async def test_a_list_that_is_sent_replaces_the_whole_list(trade: Trade) -> None:
    maren, lead_id = await trade.sign_in("Maren"), trade.add_lead()
    before = await maren.get(f"/leads/{lead_id}")
    assert (await patch(maren, lead_id, 1, prospect=block(Telefon="1", Vorname="Berta"))).status_code == 204
    after = await maren.get(f"/leads/{lead_id}")
    assert values(after) == {"Telefon": "1", "Vorname": "Berta"}
    assert after["prospect"]["fieldOrder"] == ["Telefon", "Vorname"]
    assert after["interest"] == before["interest"] and after["lead"]["serial"] == 2
    (row,) = await maren.get("/leads", includeFieldLists="true")
    assert list(row["lead"]["prospect"]["fields"]) == ["Telefon", "Vorname"]
    entry = (await maren.get(f"/leads/{lead_id}/history"))[0]
    told = {change["label"]: (change.get("before"), change.get("after")) for change in entry["changes"]}
    assert entry["kind"] == "fields-changed" and entry["originator"]["name"] == "Maren Boysen"
    assert told["Vorname"] == ("Anna", "Berta") and told["Ort"] == ("Kiel", None)


async def test_what_was_read_goes_back_unchanged(trade: Trade) -> None:
    """Old data: an array of one for a single choice, types no form knows, values that are no number."""
    old = FieldList(
        {
            "Anrede": FieldContent("text:list", ["Frau"]),
            "Gelöschtes Feld": FieldContent("hologram:3d", {"x": [1, None]}),
            "Fläche": FieldContent("number:natural", "ca. 140"),
            "Rückruf": FieldContent("bool:yesno", "ja"),
            "Zahl": FieldContent("number:natural", 7),
        },
        ["Fläche", "Anrede", "Zahl", "Rückruf", "Gelöschtes Feld"],
    )
    define(trade, "Zweites", FIELDS, FIELDS)
    maren, lead_id = await trade.sign_in("Maren"), enter_old(trade, old)
    lead = await maren.get(f"/leads/{lead_id}")
    again = {"prospect": lead["prospect"], "interest": lead["interest"]}
    assert (await patch(maren, lead_id, **again)).status_code == 204
    assert await maren.get(f"/leads/{lead_id}") == lead
    lead["prospect"]["fields"]["Anrede"]["value"] = "Herr"
    assert (await patch(maren, lead_id, prospect=lead["prospect"])).status_code == 204
    after = await maren.get(f"/leads/{lead_id}")
    assert after["prospect"] == lead["prospect"] and after["lead"]["serial"] == 2
    lead["prospect"]["fields"]["Fläche"]["value"] = "ca. 150"
    refused = await patch(maren, lead_id, prospect=lead["prospect"])
    assert refused.status_code == 400 and refused.json()["field"] == "prospect.fields.Fläche"


def enter_old(trade: Trade, prospect: FieldList) -> str:
    """Write a lead as an import of old data would."""
    from msgspec.structs import replace

    from leaddesk.contract.rows import decode_row, encode_row
    from leaddesk.server.eventlog.bulk import SeedLead, write_leads

    lead = trade._lead(60, None, "")
    row = decode_row(lead.doc)
    doc = encode_row(replace(row, lead=replace(row.lead, prospect=prospect)))
    made: SeedLead = replace(lead, doc=doc)
    write_leads(trade.services.office.log.for_tenant(Scope(trade.wagner)), [made])
    assert row.commission is None or isinstance(row.commission, CommissionPart)
    return made.lead_id


async def test_a_new_order_is_a_change(trade: Trade) -> None:
    maren, lead_id = await trade.sign_in("Maren"), trade.add_lead()
    lead = await maren.get(f"/leads/{lead_id}")
    order = lead["prospect"]["fieldOrder"][::-1]
    assert (await patch(maren, lead_id, prospect=lead["prospect"] | {"fieldOrder": order})).status_code == 204
    after = await maren.get(f"/leads/{lead_id}")
    assert after["prospect"]["fieldOrder"] == order and after["lead"]["serial"] == 2


async def test_who_saw_an_older_serial_is_told(trade: Trade) -> None:
    maren, jens, lead_id = await trade.sign_in("Maren"), await trade.sign_in("Jens"), trade.add_lead()
    assert (await patch(maren, lead_id, 1, prospect=block(Vorname="B"))).status_code == 204
    stale = await patch(jens, lead_id, 1, prospect=block(Vorname="C"))
    assert stale.status_code == 409 and stale.json()["currentSerial"] == 2
    assert (await patch(jens, lead_id, prospect=block(Vorname="C"))).status_code == 204
    assert values(await maren.get(f"/leads/{lead_id}")) == {"Vorname": "C"}


async def test_who_may_not_write_is_refused_and_who_may_not_see_finds_nothing(trade: Trade) -> None:
    lead_id = trade.add_lead(keeper="Maren")
    body = {"prospect": block(Vorname="B")}
    svea, finn = await trade.sign_in("Svea"), await trade.sign_in("Finn")
    assert (await patch(svea, lead_id, **body)).status_code == 403
    assert (await patch(finn, lead_id, **body)).status_code == 404
    assert (await patch(finn, new_id(), **body)).status_code == 404
    trade.policy(trade.wagner, "own-and-unassigned")
    jens = await trade.sign_in("Jens")
    assert (await patch(jens, lead_id, **body)).status_code == 404
    assert (await create(svea, **body)).status_code == 403


async def test_a_granted_lead_is_not_the_partners_to_change(trade: Trade) -> None:
    maren, bjoern, lead_id = await trade.sign_in("Maren"), await trade.sign_in("Björn"), trade.add_lead()
    await maren.done("/share-requests", leadId=lead_id, marketId=trade.free_market)
    (offer,) = await bjoern.get("/offers")
    await bjoern.done(f"/offers/{offer['offerId']}/accept")
    assert (await patch(bjoern, lead_id, prospect=block(Vorname="B"))).status_code == 403
