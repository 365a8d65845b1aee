"""P8: memory at 100k leads: of the process, and of each lead above the empty app."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.children import measured
from benchmarks.figures import Figure
from benchmarks.leads import lines

LEADS = 100_000


def figures() -> Iterator[Figure]:
    """Open an empty list in a process of its own and feed it."""
    found = measured("memory_use", str(LEADS), lines=lines(LEADS))
    each = (found["full"] - found["empty"]) / found["leads"]
    yield Figure("P8", "process-100k", found["full"] / 1e6, "MB", 300, "MB")
    yield Figure("P8", "bytes-a-lead", each, "B", 1200, "B")
