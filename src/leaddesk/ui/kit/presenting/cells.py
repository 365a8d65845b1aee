"""Rows for spreadsheets, in which nothing calculates (guarantee D10).

A spreadsheet takes a cell that begins with certain characters for a formula, which may call programs and send
what stands beside it. An apostrophe in front makes it text, as spreadsheets write it themselves. Source:
OWASP, "CSV Injection".
"""

from __future__ import annotations

from collections.abc import Iterable

_FORMULA = frozenset("=+-@\t\r\n|%\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}")
_ALSO = frozenset("\N{FULLWIDTH COMMERCIAL AT}\N{MINUS SIGN}")
_ENDS = {ord(char): " " for char in "\t\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"}
"""What ends a cell or a row."""
_UNSEEN = "\ufeff\u00ad\u061c" + "".join(
    map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)))
)
TEXT = "'"


def inert(cell: str) -> str:
    """Return a cell that stays text: of one line, with an apostrophe before what would begin a formula."""
    line = cell.translate(_ENDS)
    first = line.lstrip(_UNSEEN + " \u00a0\0")[:1]
    begins = first in _FORMULA or first in _ALSO or cell[:1] in _FORMULA
    return TEXT + line if first and begins else line


def row(cells: Iterable[str]) -> str:
    """Return cells as one row, as spreadsheets take it from the clipboard."""
    return "\t".join(inert(cell) for cell in cells)
