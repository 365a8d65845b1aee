"""Column roles: which field of a form is the name, the town, the phone (contract, "Fields").

Fields are keyed by visible labels, so a role is found by the form's subtype, else by the label, else –
for e-mail, phone and postcode – by how a value looks.
"""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache


class Role(StrEnum):
    """What a field is to the list and the head of the detail."""

    FIRST_NAME = "first-name"
    LAST_NAME = "last-name"
    FULL_NAME = "full-name"
    COMPANY = "company"
    EMAIL = "email"
    PHONE = "phone"
    STREET = "street"
    POSTCODE = "postcode"
    TOWN = "town"
    TOPIC = "topic"
    VALUE = "value"


_SUBTYPES = {
    "firstname": Role.FIRST_NAME,
    "lastname": Role.LAST_NAME,
    "surname": Role.LAST_NAME,
    "name": Role.FULL_NAME,
    "fullname": Role.FULL_NAME,
    "company": Role.COMPANY,
    "organization": Role.COMPANY,
    "email": Role.EMAIL,
    "mail": Role.EMAIL,
    "phone": Role.PHONE,
    "mobile": Role.PHONE,
    "telephone": Role.PHONE,
    "street": Role.STREET,
    "address": Role.STREET,
    "zip": Role.POSTCODE,
    "zipcode": Role.POSTCODE,
    "postalcode": Role.POSTCODE,
    "postcode": Role.POSTCODE,
    "city": Role.TOWN,
    "town": Role.TOWN,
    "product": Role.TOPIC,
    "topic": Role.TOPIC,
    "budget": Role.VALUE,
    "amount": Role.VALUE,
}

_LABELS = {
    Role.FIRST_NAME: "vorname firstname givenname rufname",
    Role.LAST_NAME: "nachname lastname surname familyname familienname zuname",
    Role.FULL_NAME: "name fullname ansprechpartner ansprechpartnerin kontaktperson contactperson contact",
    Role.COMPANY: "firma firmenname unternehmen betrieb organisation company companyname organization",
    Role.EMAIL: "email emailadresse mail mailadresse emailaddress",
    Role.PHONE: """telefon telefonnummer tel rufnummer festnetz mobil mobiltelefon mobilnummer
        handy handynummer phone phonenumber telephone mobile mobilephone cell cellphone""",
    Role.STREET: """strasse strasseundhausnummer strassehausnummer strassehausnr strasseundnr
        anschrift adresse street streetaddress address addressline1""",
    Role.POSTCODE: "plz postleitzahl zip zipcode postcode postalcode",
    Role.TOWN: "ort stadt wohnort gemeinde town city place",
    Role.TOPIC: """interesse interessean anfrage thema produkt produktinteresse betreff anliegen
        leistung gewunschteleistung
        interest interestedin product topic subject enquiry inquiry""",
    Role.VALUE: """budget budgeteur budgetineur wert wertineuro auftragswert volumen auftragsvolumen
        investition investitionsrahmen summe betrag value amount dealvalue ordervalue price""",
}
_BY_LABEL = {name: role for role, names in _LABELS.items() for name in names.split()}

_LOOKS = {
    Role.EMAIL: re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+"),
    Role.PHONE: re.compile(r"\+?[0-9(][0-9 ()/.\-]{5,}"),
    Role.POSTCODE: re.compile(r"(?:[A-Z]{1,2}-)?[0-9]{5}"),
}
_DIGITS = 15
LABELS_KEPT = 2_048
_NUMBER = re.compile(r"[-+]?\d[\d.,' \u00a0\u202f]*")


def _plain(label: str) -> str:
    spread = unicodedata.normalize("NFKD", label.casefold())
    return "".join(char for char in spread if char.isalnum())


@lru_cache(maxsize=LABELS_KEPT)
def role_of(label: str, kind: str) -> tuple[Role, int] | None:
    """Return the role of a field and how surely it plays it: 0 by type, 1 by label, 2 by a word of the label.

    Of several fields the surer one counts, then the first. A yes or no plays no role.
    """
    if kind.startswith("bool"):
        return None
    by_type = _SUBTYPES.get(kind.rsplit(":", 1)[-1].lower()) if kind.count(":") > 1 else None
    by_label = _BY_LABEL.get(_plain(label))
    for rank, role in enumerate((by_type, by_label, _in_words(label))):
        if role is not None:
            return role, rank
    return None


def _in_words(label: str) -> Role | None:
    """Return the role one word names: ``Telefon geschäftlich``, ``Name der Firma``."""
    named = [_BY_LABEL[word] for word in map(_plain, re.split(r"[\s/,()]+", label)) if word in _BY_LABEL]
    return next((role for role in named if role is not Role.FULL_NAME), named[0] if named else None)


def looks_like(role: Role, value: str) -> bool:
    """Whether a value looks like an e-mail address, a phone number or a postcode."""
    pattern = _LOOKS.get(role)
    text = value.strip()
    if pattern is None or pattern.fullmatch(text) is None:
        return False
    return role is not Role.PHONE or 6 <= sum(char.isdigit() for char in text) <= _DIGITS


def amount_of(text: str) -> Decimal | None:
    """Read an amount as people and forms write it: ``12000``, ``12.000 €``, ``12,500.50``, ``EUR 900,-``.

    A single separator followed by exactly three digits parts thousands. ``None`` when there is no number
    or more than one ("10.000 bis 15.000").
    """
    if text.isdecimal() and text.isascii():
        return Decimal(text)
    found = _NUMBER.findall(text)
    if len(found) != 1:
        return None
    digits = re.sub("[' \u00a0\u202f]", "", found[0]).rstrip(".,")
    point = max(digits.rfind("."), digits.rfind(","))
    mixed = "." in digits and "," in digits
    tail = len(digits) - point - 1
    if point >= 0 and (digits.count(digits[point]) > 1 or (tail == 3 and not mixed)):
        whole, fraction = digits, ""
    else:
        whole, fraction = (digits[:point], digits[point + 1 :]) if point >= 0 else (digits, "")
    try:
        return Decimal(re.sub("[.,]", "", whole) + ("." + fraction if fraction else ""))
    except InvalidOperation:
        return None
