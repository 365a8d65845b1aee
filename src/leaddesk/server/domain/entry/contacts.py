"""By which e-mail addresses and phone numbers a lead is recognised when it comes a second time.

A field is found by its subtype, else by its label, else an e-mail address by its value (contract, "Fields").
Both are brought into one form first: ``+49 (0)431 555-0142`` and ``0431/5550142`` are one number.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from leaddesk.contract.rows import FieldList, LeadRow

Kind = Literal["email", "phone"]

_EMAIL_LABELS = ("e-mail", "email", "mail", "e-mail-adresse")
_PHONE_LABELS = ("telefon", "tel", "tel.", "phone", "mobil", "handy", "rufnummer", "telefonnummer", "mobile")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_FEWEST, _MOST = 6, 20
_HOME = ("0049", "49")


def contacts_of(row: LeadRow) -> set[tuple[Kind, str]]:
    """Return what a lead can be recognised by, in the form in which it is compared."""
    blocks = (row.lead.prospect, row.lead.interest)
    return {contact for block in blocks if block for contact in _contacts(block)}


def _contacts(block: FieldList) -> Iterator[tuple[Kind, str]]:
    for label, content in block.fields.items():
        kind = _kind(content.type, label)
        values = content.value if isinstance(content.value, list) else (content.value,)
        for value in values:
            if isinstance(value, str) and (kind == "phone" or "@" in value):
                yield from _recognised(kind, value)


@lru_cache(maxsize=4_096)
def _kind(type_: str, named: str) -> Kind | None:
    subtype, label = type_.rpartition(":")[2], named.casefold().strip()
    if subtype in ("email", "mail") or label in _EMAIL_LABELS:
        return "email"
    if subtype in ("phone", "mobile", "tel") or label in _PHONE_LABELS:
        return "phone"
    return None


def _recognised(kind: Kind | None, value: str) -> Iterator[tuple[Kind, str]]:
    if kind == "phone":
        number = _number(value)
        if _FEWEST <= len(number) <= _MOST:
            yield "phone", number
        return
    address = unicodedata.normalize("NFC", value.strip()).casefold()
    if _EMAIL.fullmatch(address):
        yield "email", address


def _number(value: str) -> str:
    """Write a phone number as digits, in the country's own form where the country is named."""
    abroad = value.strip().startswith("+")
    digits = "".join(letter for letter in value.replace("(0)", "") if letter.isascii() and letter.isdigit())
    home = next((code for code in _HOME if digits.startswith(code) and (abroad or code == "0049")), None)
    if home is not None:
        return "0" + digits[len(home) :]
    return "00" + digits if abroad else digits
