"""Every sentence a person reads: catalogues ``i18n/<language>/<feature>.json`` and the one look-up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Literal

from leaddesk.settings.resources import resource_dir
from leaddesk.ui.kit.isolation import isolated

Language = Literal["de", "en", "pseudo"]
Entry = str | Mapping[str, str]

_language: list[Language] = ["de"]
_ACCENTED = str.maketrans("aeiouAEIOUncsyz", "áéíóúÁÉÍÓÚñçšýž")
_LONGER = 0.4


def set_language(language: Language) -> None:
    """Choose the language of all look-ups from now on; ``pseudo`` is lengthened, accented German."""
    if language not in ("de", "en", "pseudo"):
        raise ValueError("the languages are de, en and pseudo")
    _language[0] = language


def language() -> Language:
    """Return the language in force."""
    return _language[0]


def text(key: str, /, **values: object) -> str:
    """Return the sentence of a key such as ``leads.count`` with its ``{placeholders}`` filled and isolated.

    An entry with ``one`` and ``other`` is chosen by the value ``n`` (1 is one, everything else other). Whole
    numbers are grouped the language's way; pass years and codes as text.
    Raises KeyError for a missing key, file or value: catalogues are complete, tests hold them so.
    """
    feature, _, rest = key.partition(".")
    spoken = _language[0]
    entry = _catalogue("de" if spoken == "pseudo" else spoken, feature)[rest]
    if not isinstance(entry, str):
        entry = entry["one" if values["n"] == 1 else "other"]
    shown = {name: _shown(value) for name, value in values.items()}
    if spoken == "pseudo" and feature != "phrases":  # dates stand inside other sentences: once is enough
        return f"[{_lengthen(entry).format_map(shown)}]"
    return entry.format_map(shown)


def _shown(value: object) -> object:
    if isinstance(value, str):
        return isolated(value)  # whatever it is, it turns no word of the sentence around
    return grouped(value) if type(value) is int else value


def has_text(key: str) -> bool:
    """Return whether a key exists: for codes of the wire that may be newer than this program."""
    feature, _, rest = key.partition(".")
    return rest in _catalogue("en" if _language[0] == "en" else "de", feature)


def grouped(value: int) -> str:
    """Return a whole number with the language's grouping: ``12.480``, ``12,480``."""
    commas = f"{value:,}"
    return commas if _language[0] == "en" else commas.replace(",", ".")


@cache
def _catalogue(spoken: str, feature: str) -> Mapping[str, Entry]:
    path = resource_dir() / "i18n" / spoken / f"{feature}.json"
    try:
        loaded: Mapping[str, Entry] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise KeyError(f"no texts of {feature} in {spoken}") from None
    return loaded


def _lengthen(sentence: str) -> str:
    """Accent the letters outside placeholders and add 40 % of length, in words so that lines can break."""
    parts = sentence.replace("{", "\0{").replace("}", "}\0").split("\0")
    accented = "".join(part if part.startswith("{") else part.translate(_ACCENTED) for part in parts)
    visible = sum(len(part) for part in parts if not part.startswith("{"))
    wanted = round(visible * _LONGER)
    return accented + (" " + ("ööö " * wanted)[: wanted - 1].rstrip() if wanted > 1 else "ö" * wanted)
