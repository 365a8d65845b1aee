"""P1: from spawning the client to its first painted, mapped window, beside a window with nothing in it."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.figures import Figure
from benchmarks.starts import BARE, desktop, seconds_until

TARGET = 1.25
RUNS = 11
CLIENT = ("leaddesk", "--server", "http://127.0.0.1:1")


def figures() -> Iterator[Figure]:
    """Start both in turn and compare the medians."""
    with desktop() as env:
        seconds_until("frame", env, *CLIENT)  # files into the cache
        bare, ours = [], []
        for _ in range(RUNS):
            bare.append(seconds_until("frame", env, *BARE))
            ours.append(seconds_until("frame", env, *CLIENT))
    yield Figure("P1", "first-frame", median(ours) * 1000, "ms", TARGET, "x", median(ours) / median(bare))
