"""Which language somebody reads, and the pages' words in it."""

import json
import re
from functools import cache
from pathlib import Path

LANGUAGES = ("de", "en")
_WEIGHT = re.compile(r"q=(0(\.[0-9]{0,3})?|1(\.0{0,3})?)")


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._entries = _entries(language)

    def __call__(self, key: str, **values: str | int) -> str:
        """Look an entry up. Raises ``KeyError``."""
        return self._entries[key].format(**values)

    @property
    def other(self) -> str:
        """The other language."""
        return next(one for one in LANGUAGES if one != self.language)


def words_in(asked: str | None, accepted: str) -> Words:
    """Take the language that was asked for by name, else what the browser accepts (RFC 9110, 12.5.4)."""
    named = next((one for one in (asked or "").lower().split() if one[:2] in LANGUAGES), None)
    return Words(named[:2] if named else _best(accepted))


def _best(accepted: str) -> str:
    """Weigh German against English; who reads neither gets English, who says nothing German."""
    weights = dict.fromkeys(LANGUAGES, 0.0)
    for part in accepted.lower().split(",")[:20]:
        tag, *parameters = (piece.strip() for piece in part.split(";"))
        found = _WEIGHT.fullmatch(parameters[0]) if parameters else None
        weight = float(found[1]) if found else 1.0
        if tag[:2] in weights:
            weights[tag[:2]] = max(weights[tag[:2]], weight)
    if not accepted.strip():
        return "de"
    return "de" if weights["de"] > weights["en"] else "en"


@cache
def _entries(language: str) -> dict[str, str]:
    file = Path(__file__).parent / "words" / f"{language}.json"
    entries: dict[str, str] = json.loads(file.read_text("utf-8"))
    return entries
