"""Amounts as people read them, wherever a field of a lead is shown."""

from __future__ import annotations

from decimal import Decimal

from leaddesk.contract.markets import DisclosedDocument
from leaddesk.store.roles import Role, role_of
from leaddesk.ui.kit.phrases import money

_SURE = 1


def shown_value(label: str, value: str, kind: str = "") -> str:
    """Return bare digits of a field that surely holds an amount as money, anything else as it was written.

    ``kind`` is the field's form type, where it is known. A year or a postcode is no amount.
    """
    if not (value.isascii() and value.isdecimal()):
        return value
    found = role_of(label, kind)
    is_amount = found is not None and found[0] is Role.VALUE and found[1] <= _SURE
    return money(Decimal(value)) if is_amount else value


def shown_document(document: DisclosedDocument) -> DisclosedDocument:
    """Return a document with its amounts as people read them; which fields it has does not change."""
    fields = [
        field.model_copy(update={"value": shown_value(field.label, field.value)}) if field.value else field
        for field in document.fields
    ]
    return document.model_copy(update={"fields": fields})
