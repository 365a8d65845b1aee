"""Plants a fault in the product and asks that a check notices it where it should."""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Awaitable

import pytest

NOTICED = (AssertionError, TimeoutError, LookupError)


async def turns_red(check: Awaitable[None], at: str) -> None:
    """Run a check that must fail, at the line of its own that holds some words.

    A check that fails elsewhere has not noticed this fault: the plant broke something else.
    """
    try:
        await check
    except NOTICED as noticed:
        lines = [
            linecache.getline(frame.filename, frame.lineno or 0)
            for frame in traceback.extract_tb(noticed.__traceback__)
        ]
        assert any(at in line for line in lines), f"noticed, but at {[line.strip() for line in lines]}"
    else:
        pytest.fail("the fault was not noticed")
