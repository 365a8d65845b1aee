"""Text of strangers among ours: controls made visible, directions kept to themselves (guarantee D4).

A name may turn what stands beside it around (U+202E), hide (U+200B) or end what we began (U+2069). What is
shown passes :func:`visible`; what is put into a sentence or a list passes :func:`isolated`. The value itself
stays as it is: search, sorting and copying know nothing of this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

FSI, PDI = "\u2068", "\u2069"
_OPENERS = "\u2066\u2067" + FSI
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]|\r(?!\n)"
)
"""Controls and what has no width; not the joiners and selectors that scripts and emoji are made of."""
_NAMES = {
    0x00: "NUL",
    0xAD: "SHY",
    0x61C: "ALM",
    0x200B: "ZWSP",
    0x200E: "LRM",
    0x200F: "RLM",
    **dict(enumerate(("LRE", "RLE", "PDF", "LRO", "RLO"), 0x202A)),
    0x2060: "WJ",
    **dict(enumerate(("LRI", "RLI", "FSI", "PDI"), 0x2066)),
    0xFEFF: "BOM",
}


def visible(value: str) -> str:
    """Return a text as it is painted: each control as its name, ``‹RLO›``; our own isolates stay.

    Ours are those that hold right-to-left text, in pairs: :func:`isolated` makes no others, and a stranger's
    does no more than they do.
    """
    if value.isascii() and value.isprintable():
        return value
    if _UNSEEN.search(value) is None:
        return value
    kept = _pairs(value) if FSI in value else frozenset()
    return _UNSEEN.sub(lambda found: found[0] if found.start() in kept else _named(found[0]), value)


def isolated(value: str) -> str:
    """Return a text to be put among others: visible, and turning none of them around."""
    shown = visible(value)
    return f"{FSI}{shown}{PDI}" if not shown.isascii() and _RTL.search(shown) else shown


def listed(separator: str, parts: Iterable[str | None]) -> str:
    """Join what there is of some texts; each reads in its own direction."""
    return separator.join([isolated(part) for part in parts if part])


def _named(control: str) -> str:
    return f"‹{_NAMES.get(ord(control), f'U+{ord(control):04X}')}›"


def _pairs(value: str) -> frozenset[int]:
    """Where the first-strong isolates begin and end that hold right-to-left text."""
    kept: set[int] = set()
    begun: list[int] = []
    for place, char in enumerate(value):
        if char in _OPENERS:
            begun.append(place)
        elif char == PDI and begun:
            start = begun.pop()
            if value[start] == FSI and _RTL.search(value, start, place):
                kept |= {start, place}
    return frozenset(kept)
