from decimal import Decimal

import pytest

from leaddesk.store.roles import Role, amount_of, looks_like, role_of


@pytest.mark.parametrize(
    ("label", "kind", "role"),
    [
        ("Vorname", "text:singleline:firstname", (Role.FIRST_NAME, 0)),
        ("Wie heißen Sie?", "text:singleline:firstname", (Role.FIRST_NAME, 0)),
        ("Nachname", "text:singleline", (Role.LAST_NAME, 1)),
        ("E-Mail-Adresse", "text:singleline", (Role.EMAIL, 1)),
        ("Straße / Hausnr.", "text:singleline", (Role.STREET, 1)),
        ("Postcode", "text:singleline", (Role.POSTCODE, 1)),
        ("Budget (Euro)", "number:natural", (Role.VALUE, 2)),
        ("Telefon geschäftlich", "text:singleline", (Role.PHONE, 2)),
        ("Name der Firma", "text:singleline", (Role.COMPANY, 2)),
        ("Rückruf an Telefon", "bool:yesno", None),
        ("Dachneigung", "text:singleline", None),
        ("Kampagne", "text:list:campaign", None),
    ],
)
def test_a_role_is_found_by_subtype_else_by_label_else_by_a_word(
    label: str, kind: str, role: tuple[Role, int] | None
) -> None:
    assert role_of(label, kind) == role


@pytest.mark.parametrize(
    ("role", "value", "fits"),
    [
        (Role.EMAIL, " anna.meyer@example.de ", True),
        (Role.EMAIL, "anna at example", False),
        (Role.PHONE, "+49 (0)431 12345-67", True),
        (Role.PHONE, "0171 39200 42", True),
        (Role.PHONE, "2026", False),
        (Role.PHONE, "1.000.000.000.000.000.000", False),
        (Role.POSTCODE, "24103", True),
        (Role.POSTCODE, "D-24103", True),
        (Role.POSTCODE, "2410", False),
        (Role.TOWN, "Kiel", False),
    ],
)
def test_mail_phone_and_postcode_are_known_by_their_look(role: Role, value: str, fits: bool) -> None:
    assert looks_like(role, value) is fits


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12000", "12000"),
        ("12.000 €", "12000"),
        ("EUR 12.000,50", "12000.50"),
        ("$12,500.75", "12500.75"),
        ("1.234.567", "1234567"),
        ("12,5", "12.5"),
        ("900,-", "900"),
        ("12 000 €", "12000"),
        ("12'000", "12000"),
        ("-5", "-5"),
        ("", None),
        ("–", None),
        ("auf Anfrage", None),
        ("10.000 bis 15.000", None),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: str | None) -> None:
    assert amount_of(text) == (None if amount is None else Decimal(amount))
