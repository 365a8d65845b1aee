"""P1: from spawning the client to its first painted, mapped window, beside a window with nothing in it."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.figures import Figure
from benchmarks.starts import BARE, desktop, seconds_until

TARGET = 1.25
GUARD_MS = 5
"""What entering the guard may cost a start."""
RUNS = 11
CLIENT = ("leaddesk", "--server", "http://127.0.0.1:1")
UNGUARDED = ("benchmarks.programs.unguarded", *CLIENT[1:])


def figures() -> Iterator[Figure]:
    """Start all three in turn and compare the medians: nothing, the client, the client without its guard."""
    with desktop() as env:
        seconds_until("frame", env, *CLIENT)  # files into the cache
        bare, ours, free = [], [], []
        for _ in range(RUNS):
            bare.append(seconds_until("frame", env, *BARE))
            ours.append(seconds_until("frame", env, *CLIENT))
            free.append(seconds_until("frame", env, *UNGUARDED))
    yield Figure("P1", "first-frame", median(ours) * 1000, "ms", TARGET, "x", median(ours) / median(bare))
    cost = median(one - other for one, other in zip(ours, free, strict=True))
    yield Figure("P1", "guard", cost * 1000, "ms", GUARD_MS, "ms", median(ours) / median(free))
