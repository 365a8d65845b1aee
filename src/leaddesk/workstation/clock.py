"""A clock that nobody can set and that goes on while the machine sleeps (guarantee C6).

``time.monotonic`` stands still during a suspend on Linux and macOS, so that eight hours of sleep would count
as no time at all; the wall clock can be set, by hand or by daylight saving.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds since some moment; never backwards."""


def since_boot() -> float:
    """Return seconds that include suspends: clock_gettime(2) ``CLOCK_BOOTTIME``; on macOS ``CLOCK_MONOTONIC``
    does (its man page), on Windows ``time.monotonic`` (``GetTickCount64``, ``QueryPerformanceCounter``).
    """
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()
