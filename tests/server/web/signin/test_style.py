"""The page's colours are the tokens', readable in light and dark; its lengths grow with the text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
STYLE = (ROOT / "src/leaddesk/server/web/signin/style.css").read_text("utf-8")
TOKENS = json.loads((ROOT / "resources/theme/tokens.json").read_text("utf-8"))["color"]
LIGHT, DARK = re.findall(r":root \{([^}]*)\}", STYLE)

TEXT = [
    *(("text", "raised"), ("text2", "raised"), ("text2", "window"), ("text", "surface"), ("text", "control")),
    *(
        ("text", "controlHover"),
        ("onAccent", "accent"),
        ("onAccent", "accentHover"),
        ("accentText", "raised"),
    ),
    *(("accentText", "window"), ("dangerText", "dangerSoft")),
]
MARKS = [("borderControl", "raised"), ("borderControl", "surface"), ("focus", "raised"), ("focus", "window")]


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+): (#[0-9A-F]{6})", block))


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("block", "theme"), [(LIGHT, "light"), (DARK, "dark")])
def test_colours_are_the_tokens(block: str, theme: str) -> None:
    found = colours(block)
    assert found == {name: TOKENS[theme][name] for name in found}
    assert set(re.findall(r"var\(--(\w+)\)", STYLE)) == set(found)
    assert re.findall(r"#[0-9A-Fa-f]{3,8}", STYLE.replace(LIGHT, "").replace(DARK, "")) == []


@pytest.mark.parametrize("block", [LIGHT, DARK])
def test_every_pair_is_readable(block: str) -> None:
    own = colours(block)
    assert {
        pair: contrast(own[pair[0]], own[pair[1]]) for pair in TEXT if contrast(*map(own.get, pair)) < 4.5
    } == {}  # type: ignore[arg-type]
    assert {
        pair: contrast(own[pair[0]], own[pair[1]]) for pair in MARKS if contrast(*map(own.get, pair)) < 3
    } == {}  # type: ignore[arg-type]


def test_lengths_grow_with_the_text() -> None:
    """Rem, so that 200 % text is 200 % page; pixels for hairlines and the focus ring only."""
    assert set(re.findall(r"(\d+)px", STYLE)) <= {"1", "2"}
