"""A session at full size – load, search, sort, changes, lock – and every stall of its loop, as JSON."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from itertools import islice

from PySide6.QtWidgets import QApplication

from benchmarks.leads import QUERIES, lines
from benchmarks.programs.list_window import Bench, run
from leaddesk.contract.rows import decode_row
from leaddesk.store.leads.queries import Sort, SortBy
from leaddesk.store.store import Store

SLICE_SECONDS = 0.0015
TICK = 0.001


class Heartbeat:
    """Notes how much later than asked for the loop comes back, every millisecond."""

    def __init__(self) -> None:
        self.stalls: list[tuple[float, str]] = []
        self.doing = "start"
        self._task = asyncio.get_running_loop().create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK)
            self.stalls.append((time.perf_counter() - began - TICK, self.doing))

    def stop(self) -> None:
        self._task.cancel()


async def lived(app: QApplication) -> list[tuple[float, str]]:
    """Return the stalls in seconds, each with what was going on."""
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
    return beat.stalls


async def _load(store: Store, every: tuple[bytes, ...]) -> None:
    """Take leads in as the desk's loader does: parse, load, settle, each a slice of its own."""
    store.leads.begin_load(len(every))
    waiting = iter(every)
    rows = []
    gc.disable()
    while True:
        until = time.perf_counter() + SLICE_SECONDS
        while time.perf_counter() < until and (page := list(islice(waiting, 16))):
            rows += [decode_row(line) for line in page]
        if not rows:
            break
        await asyncio.sleep(0)
        store.leads.load(rows)
        rows = []
        await asyncio.sleep(0)
        store.leads.settle(0.004)
        await asyncio.sleep(0)
    gc.enable()
    store.leads.end_load()
    while not store.leads.settle(0.004):  # noqa: ASYNC110
        await asyncio.sleep(0)


if __name__ == "__main__":
    run(lived)
