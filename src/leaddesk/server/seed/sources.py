"""The seed's data files, and names written with the letters of an e-mail address."""

import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "ł": "l", "ı": "i", "đ": "d", "æ": "ae"}
)


@cache
def source(name: str) -> Any:
    """Read one of the data files beside this module."""
    return json.loads((Path(__file__).parent / "data" / f"{name}.json").read_bytes())


def folded(name: str) -> str:
    """Write a name with the letters an e-mail address takes: ``Yıldırım-Groß`` → ``yildirim-gross``."""
    if name.isascii() and name.isalnum():
        return name.lower()
    plain = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    return "".join(letter for letter in plain if letter.isascii() and (letter.isalnum() or letter == "-"))
