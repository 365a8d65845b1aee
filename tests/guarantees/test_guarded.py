"""A2, A3, A5, A7 and A8 in short, each with its planted violation; A4 is the window suite, always guarded."""

from __future__ import annotations

import os

import pytest

from tests.guarantees.guarded import crashes, endings, hostile, kernel_refuses, no_difference, no_people
from tests.support import suites
from tests.support.guarded import GUARDED


@pytest.mark.parametrize("guarantee", [kernel_refuses.guarantee, crashes.guarantee, no_people.guarantee])
async def test_a_guarantee_holds_and_a_planted_violation_is_caught(guarantee) -> None:  # type: ignore[no-untyped-def]
    held = await guarantee(os.environ)
    assert held.kept, (str(held), held.findings)
    assert not (await guarantee(os.environ, planted=True)).kept


async def test_a_client_that_crashes_leaves_nothing() -> None:
    held = await endings.guarantee(os.environ, endings=["SIGSEGV"])
    assert held.kept, held.findings


async def test_a_crash_that_writes_is_caught() -> None:
    caught = await endings.guarantee(os.environ, planted=True, endings=["SIGSEGV"])
    assert any("crash.log" in finding for finding in caught.findings), caught.findings


async def test_nothing_hostile_has_an_effect() -> None:
    held = await hostile.guarantee(os.environ)
    assert held.kept, held.findings


async def test_a_rule_with_a_gap_is_caught() -> None:
    caught = await hostile.guarantee(os.environ, planted=True)
    assert any("libqxcb.so" in finding for finding in caught.findings), caught.findings


def test_the_window_suite_runs_inside_the_guard() -> None:
    silent = [suite for group in suites.groups() for suite in group if suite.silent]
    assert [suite.name for suite in silent] == ["windows", "more windows"]
    assert all(suites.settings_of(suite)[GUARDED] == "1" for suite in silent)


def test_verdicts_are_read_line_by_line() -> None:
    said = "tests/ui/a.py::test_b[x y] PASSED   [ 1%]\ntests/ui/a.py::test_c FAILED\nnothing PASSED\n"
    found = dict(no_difference.VERDICT.findall(said))
    assert found == {"tests/ui/a.py::test_b[x y]": "PASSED", "tests/ui/a.py::test_c": "FAILED"}
