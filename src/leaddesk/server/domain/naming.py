"""How a lead is called in lists, cards and requests: name, title, place; by subtype, else by label."""

from leaddesk.contract.rows import FieldList

_FIRST = ("vorname", "first name")
_LAST = ("nachname", "name", "ansprechpartner", "last name")
_COMPANY = ("firma", "company", "unternehmen")
_POSTCODE = ("plz", "postleitzahl", "plz/ort", "postcode", "zip")
_TOWN = ("ort", "stadt", "town", "city")
_TITLE = ("interesse", "produkt", "gewünschte leistung", "anfrage", "thema", "interest")


def shown(value: object) -> str:
    """Write a field's value as one line of text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(value)


def lead_name(prospect: FieldList | None) -> str:
    """Name the prospect: first and last name, else the company, else nothing."""
    first = _by_subtype(prospect, ":firstname") or _by_label(prospect, _FIRST)
    last = _by_subtype(prospect, ":lastname") or _by_label(prospect, _LAST)
    return " ".join(part for part in (first, last) if part) or _by_label(prospect, _COMPANY)


def lead_title(interest: FieldList | None) -> str:
    """Say what is wanted: the interest's title, else its first single line."""
    named = _by_label(interest, _TITLE)
    if named or interest is None:
        return named
    lines = (interest.fields[label] for label in interest.labels())
    return next((shown(line.value) for line in lines if line.type.startswith("text:singleline")), "")


def lead_place(prospect: FieldList | None) -> str | None:
    """Say where: postcode and town, as far as they are there."""
    parts = (_by_label(prospect, _POSTCODE), _by_label(prospect, _TOWN))
    return " ".join(part for part in parts if part) or None


def is_postcode(label: str) -> bool:
    """Tell whether a label holds a postcode, alone or before the town."""
    return label.casefold() in _POSTCODE


def _by_subtype(block: FieldList | None, ending: str) -> str:
    fields = block.fields.values() if block else ()
    return next((shown(content.value) for content in fields if content.type.endswith(ending)), "")


def _by_label(block: FieldList | None, labels: tuple[str, ...]) -> str:
    if block is None:
        return ""
    by_label = {label.casefold(): content for label, content in block.fields.items()}
    return next((shown(by_label[name].value) for name in labels if name in by_label), "")
