"""The type scale: one family, two weights, sizes and line heights from the tokens."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase

from leaddesk.ui.theme.tokens import current, token


class TextStyle(StrEnum):
    """The eight sizes of text; the values are their names in the token file."""

    MICRO = "micro"
    CAPTION = "caption"
    BODY = "body"
    ROW_NAME = "rowName"
    PANE_TITLE = "paneTitle"
    TITLE = "title"
    HERO = "hero"
    FIGURE = "figure"


@cache
def family() -> str:
    """Return Inter where it is installed, else the system's own UI family; nothing is bundled."""
    wanted: str = token("font.family")
    if QFontDatabase.hasFamily(wanted):
        return wanted
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


def font(style: TextStyle, *, bold: bool | None = None) -> QFont:
    """Return the font of a style at the scale in force; ``bold`` overrides the style's weight."""
    return QFont(_font(style, bold, current().scale))


def line_height(style: TextStyle) -> int:
    """Return the height of one line of a style in scaled pixels."""
    return current().length(f"font.scale.{style.value}.line")


@cache
def _font(style: TextStyle, bold: bool | None, scale: float) -> QFont:
    entry = token(f"font.scale.{style.value}")
    heavy = entry["weight"] >= 600 if bold is None else bold
    made = QFont(family())
    made.setPixelSize(max(1, round(entry["size"] * scale)))
    made.setWeight(QFont.Weight.DemiBold if heavy else QFont.Weight.Normal)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    spacing = entry.get("letterSpacingPercent", token("font.letterSpacingPercent"))
    made.setLetterSpacing(QFont.SpacingType.PercentageSpacing, spacing)
    for feature in token("font.features"):
        made.setFeature(QFont.Tag(feature), 1)
    return made
