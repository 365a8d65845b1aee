"""What of a brand may be shown at all: a plain name and a plain colour (measure B4; ADR 67)."""

from __future__ import annotations

import re
import unicodedata

from leaddesk.contract.brand import LONGEST_NAME

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_KINDS = frozenset({"L", "N"})
_SIGNS = frozenset(" &+-.,'’()/!|·")
_LETTERS_LIKE = str.maketrans({"0": "o", "1": "l", "|": "l", "i": "l", "3": "e", "5": "s"})
_LATIN_LOOKING = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})


def plain_name(said: str | None) -> str:
    """Return a name of letters, digits and a few signs, or nothing at all; it is never mended.

    What turns the direction of writing, hides, stacks or marks up is no name (guarantee D4).
    """
    name = unicodedata.normalize("NFC", (said or "").strip())
    allowed = all(unicodedata.category(sign)[0] in _KINDS or sign in _SIGNS for sign in name)
    if not 0 < len(name) <= LONGEST_NAME or not allowed or not any(sign.isalpha() for sign in name):
        return ""
    return "" if _bare(name) in _OURS or _turns(name) or _poses(name) else name


def plain_colour(said: str | None) -> str:
    """Return ``#rrggbb`` in small letters, or nothing."""
    colour = (said or "").lower()
    return colour if _COLOUR.fullmatch(colour) else ""


def _bare(name: str) -> str:
    """Spell a name so that those that look like ours are ours: accents, signs, digits for letters."""
    parts = unicodedata.normalize("NFKD", name).casefold().translate(_LETTERS_LIKE)
    return "".join(sign for sign in parts if sign.isalpha())


_OURS = frozenset(map(_bare, ("live", "demo", "leaddesk", "leadtributor")))
"""Names of the platform itself: nobody else is called so here."""


def _poses(name: str) -> bool:
    """Letters of two alphabets that look alike, in one name, are there to be taken for others."""
    scripts = {unicodedata.name(sign, "").partition(" ")[0] for sign in name if sign.isalpha()}
    return "LATIN" in scripts and bool(scripts & _LATIN_LOOKING)


def _turns(name: str) -> bool:
    """Letters of both directions in one name could be read in another order than they are written."""
    ways = {unicodedata.bidirectional(sign) for sign in name}
    return bool(ways & {"R", "AL"}) and "L" in ways
