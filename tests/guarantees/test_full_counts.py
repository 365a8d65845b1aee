"""A campaign of full counts writes what it found, row by row, and goes on where it was broken off."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.guarantees import full_counts
from tests.guarantees.figure import Figure
from tests.guarantees.full_counts import BEGIN, END, counted, read_rows, remember, row, write_rows

PAGE = f"# Guarantees\n\n{BEGIN}\n{full_counts.HEAD}{END}\n\nmore\n"
HELD = Figure("zero-writes: {found} of {looked:,} calls", 13_204, ())
BROKEN = Figure("zero-writes: {found} of {looked:,} calls | all", 13_204, ("a file",))


def test_a_row_is_written_once_and_in_order(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    for name, figure in (("S2", HELD), ("A10", HELD), ("A2", BROKEN), ("A2", HELD)):
        remember(row(name, figure, "abc1234567", "7"), page)
    rows = read_rows(page.read_text())
    assert list(rows) == ["A2", "A10", "S2"]
    assert rows["A2"].verdict == "ok" and rows["A2"].seed == "7" and "13,204" in rows["A2"].figure
    assert page.read_text().startswith("# Guarantees") and page.read_text().endswith("more\n")


def test_what_held_at_this_commit_is_not_counted_again() -> None:
    rows = [row("A1", HELD, "abc", "1"), row("A2", BROKEN, "abc", "1"), row("A3", HELD, "def", "1")]
    assert counted(write_rows(PAGE, rows), "abc") == {"A1"}


def test_what_was_not_committed_is_counted_again() -> None:
    assert counted(write_rows(PAGE, [row("A1", HELD, "abc+", "1")]), "abc+") == frozenset()


def test_a_page_without_a_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no table"):
        write_rows("# Guarantees\n", [])


def test_the_page_has_its_table_and_the_machine_no_name() -> None:
    rows = read_rows(full_counts.PAGE.read_text())
    assert all(one.verdict in ("ok", "short") for one in rows.values())
    import socket

    assert socket.gethostname() not in full_counts.machine()
