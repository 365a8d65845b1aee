"""P10: from the lock to wiped memory at 100k leads."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.leads import loaded_shelf
from leaddesk.store.store import Store

RUNS = 3


def figures() -> Iterator[Figure]:
    """Wipe a full store; the best of three."""
    yield Figure("P10", "wipe-100k", min(_once() for _ in range(RUNS)) * 1000, "ms", 300, "ms")


def _once() -> float:
    store = Store()
    store.leads = loaded_shelf(100_000)
    began = time.perf_counter()
    store.wipe()
    return time.perf_counter() - began
