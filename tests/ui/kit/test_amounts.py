"""Amounts are grouped where a field surely holds one, and only bare digits are touched."""

import pytest

from leaddesk.contract.markets import DisclosedDocument, DisclosedField
from leaddesk.ui.kit.presenting.amounts import shown_document, shown_value
from leaddesk.ui.kit.wording import Language, set_language
from tests.stories.stage import Stage


@pytest.mark.parametrize(
    ("label", "kind", "value", "shown"),
    [
        ("Budget", "number:natural", "12000", "12.000\u00a0€"),
        ("Auftragswert", "", "900", "900\u00a0€"),
        ("Irgendwas", "number:natural:budget", "86000", "86.000\u00a0€"),
        ("Budget", "text:singleline", "10.000 bis 15.000", "10.000 bis 15.000"),
        ("Budget", "text:singleline", "nach Angebot", "nach Angebot"),
        ("Budget", "", "", ""),
        ("Budget", "", "١٢٠٠٠", "١٢٠٠٠"),
        ("Baujahr", "number:natural", "1978", "1978"),
        ("PLZ", "text:singleline", "24103", "24103"),
        ("Wert der Dämmung", "number:natural", "1400", "1400"),
    ],
)
def test_an_amount_is_grouped(stage: Stage, label: str, kind: str, value: str, shown: str) -> None:
    assert shown_value(label, value, kind) == shown


@pytest.mark.parametrize(("spoken", "shown"), [("de", "12.000\u00a0€"), ("en", "€12,000")])
def test_a_document_keeps_its_fields_and_groups_its_amounts(
    stage: Stage, spoken: Language, shown: str
) -> None:
    set_language(spoken)
    fields = [
        DisclosedField(label="PLZ", state="masked", value="241••"),
        DisclosedField(label="Budget", state="visible", value="12000"),
        DisclosedField(label="Telefon", state="hidden"),
    ]
    document = DisclosedDocument(title="Wärmepumpe", place=None, fields=fields)
    told = shown_document(document)
    assert [(field.label, field.state, field.value) for field in told.fields] == [
        ("PLZ", "masked", "241••"),
        ("Budget", "visible", shown),
        ("Telefon", "hidden", None),
    ]
