"""Makes links of what people wrote into a lead's fields: number, mailbox, address of a known host (D5).

What cannot be turned into a link of the grammar without guessing gives none, and is shown as the text it is.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from leaddesk.guard.links.grammar import may_open

_SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{FIGURE SPACE}\N{THIN SPACE}"
_DIALLED = re.compile(rf"\+?[0-9][0-9{_SPACES}()./\-\N{{EN DASH}}\N{{NON-BREAKING HYPHEN}}]*", re.ASCII)
_TRUNK_ZERO = re.compile(r"(?<=[0-9])[^0-9]*\(0\)")
"""``+49 (0)431``: the zero is dialled inside the country alone."""
_LEAST_DIGITS, _MOST_DIGITS = 3, 15
"""ITU-T E.164 ends at 15 digits."""


def call(written: str) -> str | None:
    """Return what dials a number as people write it, or None where it is not surely one number."""
    number = written.strip()
    if number.startswith("("):
        number = number.replace("(", "", 1).replace(")", "", 1)
    if _DIALLED.fullmatch(number) is None:
        return None
    abroad = number.startswith("+")
    number = _TRUNK_ZERO.sub("", number) if abroad else number
    digits = "".join(char for char in number if char.isdecimal())
    if not _LEAST_DIGITS <= len(digits) <= _MOST_DIGITS:
        return None
    return _checked(f"tel:{'+' if abroad else ''}{digits}")


def mail(written: str) -> str | None:
    """Return what writes to a mailbox: one address, whose domain is ASCII."""
    local, at, domain = written.strip().rpartition("@")
    return _checked(f"mailto:{local}{at}{domain.lower()}")


def web(written: str, hosts: frozenset[str]) -> str | None:
    """Return an https address of one of the known hosts, as it was written."""
    address = written.strip()
    if not address.startswith("https://"):
        return None
    link = _checked(address)
    return link if link is not None and urlsplit(link).hostname in hosts else None


def _checked(link: str) -> str | None:
    return link if may_open(link) else None
