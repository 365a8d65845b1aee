"""A session at full size – load, search, sort, changes, lock – and every beat of its loop, as JSON."""

from __future__ import annotations

import asyncio
import gc
import resource
import sys
import time
from itertools import islice
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.leads import QUERIES, lines
from benchmarks.programs.list_window import Bench, run
from leaddesk.contract.rows import decode_row, decode_sealed_lines
from leaddesk.store.leads.queries import Sort, SortBy
from leaddesk.store.store import Store

BATCH = 100
SETTLE_SECONDS = 0.002
TICK_MS = 1


class Beat(NamedTuple):
    """The time between two beats of the loop, in seconds.

    ``held``: what a person at an idle machine would have waited. ``wall``: what passed here.
    """

    held: float
    wall: float
    doing: str


class Heartbeat:
    """A timer of the window's loop, every millisecond: notes how much later than asked for it comes.

    A neighbour who takes the core away makes any loop late. The kernel counts how often that happens to a
    thread; where it did between two beats, the thread's own processor time counts instead of the clock.
    """

    def __init__(self) -> None:
        self.beats: list[Beat] = []
        self.doing = "start"
        self._last = _now()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(TICK_MS)

    def _beat(self) -> None:
        before, self._last = self._last, _now()
        wall, worked, preempted = (now - then for now, then in zip(self._last, before, strict=True))
        late = wall - TICK_MS / 1000
        self.beats.append(Beat(min(worked, late) if preempted else late, late, self.doing))

    def stop(self) -> None:
        self._timer.stop()


def _now() -> tuple[float, float, int]:
    """Return the clock, this thread's processor time, and how often it was made to wait for a core."""
    return time.perf_counter(), time.thread_time(), resource.getrusage(resource.RUSAGE_THREAD).ru_nivcsw


async def lived(app: QApplication) -> list[Beat]:
    """Return all beats."""
    count = int(sys.argv[1])
    every = lines(count)
    gc.collect()
    gc.freeze()
    store = Store()
    bench = Bench(store)
    await asyncio.sleep(0.2)
    beat = Heartbeat()
    beat.doing = "load"
    await _load(store, every)
    beat.doing = "search"
    for query in QUERIES[:8]:
        for letter in query:
            bench.post_key(letter)
            await asyncio.sleep(0.06)
        bench.search.clear()
        await asyncio.sleep(0.06)
    beat.doing = "sort"
    for sort in (Sort(SortBy.NAME, False), Sort(SortBy.VALUE, True), Sort()):
        bench.presenter._sort(sort)
        while bench.view.rows.rowCount() == 0 or bench.presenter._tasks.running():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    beat.doing = "changes"
    for line in every[:300]:
        row = decode_row(line.replace(b'"serial":', b'"serial":7', 1))
        store.leads.upsert(row)
        await asyncio.sleep(0.002)
    beat.doing = "lock"
    await asyncio.sleep(0.005)
    store.wipe()
    await asyncio.sleep(0.01)
    beat.stop()
    bench.presenter.close()
    return beat.beats


async def _load(store: Store, every: tuple[bytes, ...]) -> None:
    """Take leads in as the desk's loader does: parse, load, each a slice of its own; then settle."""
    store.leads.begin_load(len(every))
    waiting = iter(every)
    gc.disable()
    while page := list(islice(waiting, BATCH)):
        rows = decode_sealed_lines(b"\n".join(page))
        await asyncio.sleep(0)
        store.leads.load(rows)
        await asyncio.sleep(0)
    store.leads.end_load()
    gc.enable()
    while not store.leads.settle(SETTLE_SECONDS):  # noqa: ASYNC110
        await asyncio.sleep(0)


if __name__ == "__main__":
    run(lived)
