"""The design tokens: the only colours and lengths of the program (resources/theme/tokens.json)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from PySide6.QtGui import QColor

from leaddesk.settings.resources import resource_dir


class Scheme(StrEnum):
    """The three sets of colours; the values are their names in the token file."""

    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "highContrast"


@cache
def load() -> Mapping[str, Any]:
    """Return the whole token file, read once."""
    loaded: Mapping[str, Any] = json.loads((resource_dir() / "theme" / "tokens.json").read_text("utf-8"))
    return loaded


def token(path: str) -> Any:
    """Return the value at a dotted path such as ``layout.nav.default``. Raises KeyError if there is none."""
    value: Any = load()
    for part in path.split("."):
        value = value[part]
    return value


def _parse(value: str) -> QColor:
    """Turn ``#RRGGBB`` or ``#RRGGBBAA`` into a colour (Qt itself would read the latter as ARGB)."""
    color = QColor(value[:7])
    if len(value) == 9:
        color.setAlpha(int(value[7:], 16))
    return color


@dataclass(frozen=True)
class Theme:
    """One set of colours at one text scale.

    Invariant: never changes; a new look is a new Theme. ``scale`` multiplies every length and type size
    (1.0 = 100 %), so a person who needs 200 % gets all of it and not only the letters.
    ``system`` replaces colours by those of the system's contrast theme (``highContrastRule``).
    """

    scheme: Scheme
    scale: float = 1.0
    system: Mapping[str, str] = field(default_factory=dict, hash=False)

    def hex(self, name: str) -> str:
        """Return a colour as the token file writes it. Raises KeyError for an unknown name."""
        if name in self.system:
            return self.system[name]
        value: str = load()["color"][self.scheme.value][name]
        return value

    def color(self, name: str) -> QColor:
        """Return a fresh colour object. Raises KeyError for an unknown name."""
        return QColor.fromRgba(_rgba(self.hex(name)))  # copying would ask for the enumerations of Qt (P1)

    def css(self, name: str) -> str:
        """Return a colour the way Qt style sheets read it, transparency included."""
        color = self.color(name)
        return f"rgba({color.red()},{color.green()},{color.blue()},{color.alpha()})"

    def px(self, length: float) -> int:
        """Return logical pixels for a length given at 100 %; at least 1 for anything above 0."""
        return 0 if length == 0 else max(1, round(length * self.scale))

    def length(self, path: str) -> int:
        """Return the scaled length at a dotted path of the token file. Raises KeyError if there is none."""
        return self.px(float(token(path)))

    def shadow(self, name: str) -> QColor:
        """Return the shadow colour of a floating thing: popup, dialog or slideOver."""
        return _parse(token(f"shadow.{name}")["light" if self.scheme is Scheme.LIGHT else "dark"])


@cache
def _rgba(value: str) -> int:
    return _parse(value).rgba()


_in_force: list[Theme] = [Theme(Scheme.LIGHT)]


def current() -> Theme:
    """Return the theme in force. Ask while painting; never keep it, it is replaced at run time."""
    return _in_force[0]


def put_in_force(theme: Theme) -> None:
    """Replace the theme in force. Only ``Style`` calls this, and ``first_look`` before it."""
    _in_force[0] = theme
