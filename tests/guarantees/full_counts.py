"""The table of full counts in docs/guarantees.md: written by ``make guarantees FULL=1``, row by row.

It is also how far a campaign is: what stands there for the commit that is checked out is not counted again.
"""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.guarantees.figure import Figure

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "guarantees.md"
BEGIN, END = "<!-- full counts -->", "<!-- end of full counts -->"
HEAD = "| # | figure | | date | commit | machine | seed |\n|---|---|---|---|---|---|---|\n"
CHANGED = "+"
"""Behind a commit: something in the tree was not committed, so nobody can count the same again."""


class Row(NamedTuple):
    """One guarantee's last full count."""

    name: str
    figure: str
    verdict: str
    date: str
    commit: str
    machine: str
    seed: str


def row(name: str, figure: Figure, commit: str, seed: str) -> Row:
    """Return what a count has come to, here and today."""
    verdict = "ok" if figure.kept else "short"
    today = datetime.now(UTC).date().isoformat()
    return Row(name, str(figure).replace("|", "/"), verdict, today, commit, machine(), seed)


def read_rows(page: str) -> dict[str, Row]:
    """Return the table by its guarantees' numbers."""
    table = page.partition(BEGIN)[2].partition(END)[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()[2:]]
    return {line[0]: Row(*line) for line in cells}


def write_rows(page: str, rows: Iterable[Row]) -> str:
    """Return the page with these rows in its table. Raises :class:`ValueError` where there is none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page has no table of full counts")
    ordered = sorted(rows, key=lambda one: (one.name[:1], int(one.name[1:])))
    return before + BEGIN + "\n" + HEAD + "".join(f"| {' | '.join(one)} |\n" for one in ordered) + END + after


def counted(page: str, commit: str) -> frozenset[str]:
    """Return which guarantees were counted at this very commit, and held."""
    if commit.endswith(CHANGED):
        return frozenset()
    return frozenset(
        name for name, one in read_rows(page).items() if one.commit == commit and one.verdict == "ok"
    )


def remember(one: Row, path: Path = PAGE) -> None:
    """Write one row, at once: a campaign of hours may be broken off after any of them."""
    page = path.read_text()
    path.write_text(write_rows(page, [*(read_rows(page) | {one.name: one}).values()]))


def machine() -> str:
    """Return what the count ran on, without its name."""
    release = ".".join(platform.release().split(".")[:2])
    return f"{platform.system()} {release}, {os.cpu_count()} cores, Python {platform.python_version()}"


def commit() -> str:
    """Return the commit that is checked out; with a mark if anything but the table was changed since."""
    where = PAGE.relative_to(ROOT)
    changed = _git("status", "--porcelain", "--", ".", f":!{where}")
    return _git("rev-parse", "--short=10", "HEAD") + (CHANGED if changed else "")


def _git(*words: str) -> str:
    command = ["git", "-C", str(ROOT), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
