"""C1, C2, C3 and C6 in short; what takes a window of its own is planted in ``make guarantees`` alone."""

from __future__ import annotations

import os

from tests.guarantees.screen import clocks, late_answers, locking


async def test_the_lock_comes_from_everywhere_and_sleep_waits_for_it() -> None:
    assert await locking.smoke(os.environ) == []


async def test_no_late_answer_is_shown_or_kept() -> None:
    held = await late_answers.guarantee(os.environ, rounds=late_answers.SMOKE)
    assert held.findings == ()


async def test_late_answers_that_are_let_in_are_caught() -> None:
    caught = await late_answers.guarantee(os.environ, planted=True, rounds=late_answers.SMOKE)
    assert any("kept: leads" in finding for finding in caught.findings), caught.findings


async def test_no_clock_puts_the_lock_off() -> None:
    held = await clocks.guarantee(os.environ, rounds=clocks.SMOKE)
    assert held.findings == ()


async def test_a_wait_by_the_wall_clock_is_caught() -> None:
    caught = await clocks.guarantee(os.environ, planted=True, rounds=clocks.SMOKE)
    assert any("took back" in finding for finding in caught.findings), caught.findings
