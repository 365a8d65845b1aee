"""P4 and P5: a keystroke, from the posted key to the painted list, and the search in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from benchmarks.children import measured
from benchmarks.figures import Figure, share
from benchmarks.leads import keystrokes, loaded_shelf
from leaddesk.store.leads.shelf import LeadShelf

SCREEN = 20
RUNS = 3


def figures() -> Iterator[Figure]:
    """Measure the whole keystroke at 12k and 100k, then its search beside copying the texts."""
    for count, name in ((12_480, "12k"), (100_000, "100k")):
        yield Figure("P4", f"keystroke-{name}-p90", _p90_ms(count), "ms", 16, "ms")
    shelf = loaded_shelf(100_000)
    copied = copy_seconds(shelf)
    first = min(share(_searched(shelf, _first), 0.9) for _ in range(RUNS))
    every = min(share(_searched(shelf, _every), 0.5) for _ in range(RUNS))
    yield Figure("P4", "search-first-screen-100k-p90", first * 1000, "ms", 1, "x", first / copied)
    yield Figure("P4", "search-all-ids-100k-p50", every * 1000, "ms", 5, "x", every / copied)


def million() -> Iterator[Figure]:
    """Measure the keystroke at a million leads: three minutes, most of it to draw and index them."""
    yield Figure("P5", "keystroke-1M-p90", _p90_ms(1_000_000, runs=1), "ms", 50, "ms")


def _p90_ms(count: int, runs: int = RUNS) -> float:
    return min(share(measured("keystrokes", str(count)), 0.9) for _ in range(runs)) * 1000


def copy_seconds(shelf: LeadShelf) -> float:
    """Return what copying all searched texts from memory to memory takes."""
    slots = shelf._slots
    source = b"".join([slots.read(begin, end) for begin, end in zip(slots.begin, slots.end, strict=True)])
    target = memoryview(bytearray(len(source)))
    best = 9.0
    for _ in range(9):
        began = time.perf_counter()
        target[:] = source
        best = min(best, time.perf_counter() - began)
    return best


def _searched(shelf: LeadShelf, take: Callable[..., object]) -> list[float]:
    """Return the seconds of each keystroke's search; a query that goes on starts from the one before."""
    seconds, before = [], None
    for query in keystrokes():
        began = time.perf_counter()
        search = shelf.queries.search(query, narrow=before)
        take(search)
        seconds.append(time.perf_counter() - began)
        search.run(60)
        before = search
    return seconds


def _first(search: object) -> None:
    search.take(SCREEN, 60)  # type: ignore[attr-defined]


def _every(search: object) -> None:
    search.run(60)  # type: ignore[attr-defined]
