from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from leaddesk.contract.rows import FieldContent, FieldList, LeadPart, LeadRow
from leaddesk.store.leads.shelf import LeadShelf
from leaddesk.store.leads.view import LeadView
from leaddesk.store.roles import Role
from tests.store.leads.lead_rows import MAREN, OWNER, lead_id, row, sealed, time

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = texts | st.booleans() | st.none() | st.lists(texts, max_size=3) | st.integers(-9, 9)
contents = st.builds(FieldContent, texts, values)
blocks = st.none() | st.builds(
    FieldList, st.dictionaries(texts, contents, max_size=4), st.none() | st.lists(texts)
)


def view_of(fields: dict[str, Any], **facts: Any) -> LeadView:
    shelf = LeadShelf()
    shelf.upsert(row(1, fields=fields, **facts))
    return shelf.get(0)


@given(st.lists(st.tuples(blocks, blocks), min_size=1, max_size=4))
def test_blocks_come_back_exactly_as_received(pairs: list[tuple[FieldList | None, FieldList | None]]) -> None:
    shelf = LeadShelf()
    rows = []
    for number, pair in enumerate(pairs):
        part = LeadPart(lead_id(number), 1, OWNER, time(0), time(0), *pair)
        rows.append(LeadRow(time(0), part))
    shelf.load(sealed(rows))
    for number, pair in enumerate(pairs):
        slot = shelf.slot_of(lead_id(number))
        assert slot is not None
        assert shelf.get(slot).field_lists() == pair


def test_the_head_of_a_lead() -> None:
    lead = view_of(
        {
            "Vorname": "Anna",
            "Nachname": "Meyer",
            "Firma": "Praxis am Nordmarkt",
            "E-Mail": "anna.meyer@example.de",
            "Telefon": "0171 39200 42",
            "PLZ": "24103",
            "Ort": " Kiel ",
            "Interesse": ["Wärmepumpe", "Speicher"],
            "Budget": "12.000",
        },
        step="Kontakt",
        minute=5,
    )
    assert (lead.name, lead.company, lead.place) == ("Anna Meyer", "Praxis am Nordmarkt", "24103 Kiel")
    assert (lead.topic, lead.value) == ("Wärmepumpe, Speicher", Decimal(12000))
    assert (lead.owner, lead.responsible, lead.step) == (OWNER, MAREN, "Kontakt")
    assert lead.created_at == datetime(2026, 11, 19, 0, 1, tzinfo=UTC)
    assert lead.modified_at == datetime(2026, 11, 19, 0, 5, tzinfo=UTC)
    assert lead.text(Role.PHONE) == "0171 39200 42"


def test_a_lead_nobody_works_has_no_standing() -> None:
    lead = view_of({})
    assert (lead.responsible, lead.step, lead.outcome) == (None, None, None)
    assert (lead.name, lead.place, lead.value) == ("", "", None)


def test_of_several_fields_the_surer_one_counts_then_the_first() -> None:
    lead = view_of(
        {"Telefon geschäftlich": "0431 1", "Mobil": "0171 1", "Handy": "0172 1", "Interesse an": "Dach"}
    )
    assert (lead.text(Role.PHONE), lead.topic) == ("0171 1", "Dach")


def test_a_lead_without_a_person_is_called_by_its_firm_or_mail() -> None:
    assert view_of({"Name": "Familie Öztürk", "Firma": "GbR"}).name == "Familie Öztürk"
    assert view_of({"Vorname": "", "Firma": "Lühe GbR"}).name == "Lühe GbR"
    assert view_of({"E-Mail": "a@example.de"}).name == "a@example.de"


def test_mail_phone_and_postcode_are_found_by_their_look() -> None:
    lead = view_of(
        {"Kontaktweg 1": "a.b@example.de", "Kontaktweg 2": "0431 555 12", "Lage": "24103", "Ort": "Kiel"}
    )
    assert (lead.text(Role.EMAIL), lead.text(Role.PHONE)) == ("a.b@example.de", "0431 555 12")
    assert lead.place == "24103 Kiel"


def test_lines_stand_in_display_order_with_labels_and_types() -> None:
    part = LeadPart(
        lead_id(1),
        1,
        OWNER,
        time(0),
        time(0),
        FieldList({"b": FieldContent("text", "1"), "a": FieldContent("x:y", True)}, ["a"]),
    )
    shelf = LeadShelf()
    shelf.upsert(LeadRow(time(0), part))
    prospect, interest = shelf.get(0).fields()
    assert [(line.label, line.type, line.value, line.text) for line in prospect] == [
        ("a", "x:y", True, ""),
        ("b", "text", "1", "1"),
    ]
    assert interest == []


def test_nothing_shows_in_a_repr() -> None:
    lead = view_of({"Vorname": "Anna"})
    assert "Anna" not in repr(lead) + repr(lead.fields())
