"""What the doctor says, in German: its English sentences are the keys, ``{gaps}`` and all.

English stays for machines and for support (``--json``, ``--report``). A sentence without a German one is said
in English; a test holds that there is none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache

from leaddesk.settings.resources import resource_dir

_GAP = re.compile(r"\\{(\w+)\\}")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+")
_JOINTS = {", ": ", ", " and ": " und "}


def speaks_german(environment: Mapping[str, str], chosen: str | None = None) -> bool:
    """Tell what to speak: what was chosen, else what the environment says as every program's."""
    said = (chosen, *map(environment.get, ("LEADDESK_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")))
    return next((word for word in said if word), "en").lower().startswith("de")


def in_german(sentence: str) -> str:
    """Return a sentence, a list of them or a number in German; what is not known stays."""
    if _NUMBER.fullmatch(sentence):
        return sentence.replace(",", ".")
    return _known(sentence) or sentence


def _known(sentence: str) -> str | None:
    for pattern, german in _templates():
        found = pattern.fullmatch(sentence)
        if found is not None:
            return german.format(**{name: in_german(word) for name, word in found.groupdict().items()})
    for joint, joined in _JOINTS.items():
        parts = sentence.split(joint)
        if len(parts) > 1:
            return joined.join(map(in_german, parts))
    return None


@cache
def _templates() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Those with fewer gaps and more words first: a whole sentence is itself before anything else."""
    table: dict[str, str] = json.loads((resource_dir() / "doctor" / "de.json").read_text("utf-8"))
    found = sorted(table.items(), key=lambda entry: (entry[0].count("{"), -len(entry[0])))
    return tuple((re.compile(_GAP.sub(r"(?P<\1>.+?)", re.escape(key))), german) for key, german in found)
