"""Loads leads into an open window and says what that cost: bytes of memory, as JSON."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from benchmarks.programs.list_window import Bench, run
from leaddesk.contract.rows import decode_sealed_lines
from leaddesk.store.store import Store

PAGE = 200


def resident() -> int:
    """Return the resident bytes of this process."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def loaded(app: QApplication) -> dict[str, int]:
    """Return resident memory with no leads and with all that came through standard input."""
    count = int(sys.argv[1])
    store = Store()
    bench = Bench(store)
    await asyncio.sleep(0.3)
    gc.collect()
    empty = resident()
    store.leads.begin_load(count)
    for _ in range(0, count, PAGE):
        lines = [sys.stdin.buffer.readline() for _ in range(PAGE)]
        store.leads.load(decode_sealed_lines(b"".join(lines)))
        await asyncio.sleep(0)
        store.leads.settle(0.004)
    store.leads.end_load()
    while not store.leads.settle(0.004):  # noqa: ASYNC110
        await asyncio.sleep(0)
    bench.search.setText("meyer")
    await asyncio.sleep(0.1)
    await bench.until_found()
    gc.collect()
    full = resident()
    bench.presenter.close()
    return {"empty": empty, "full": full, "leads": len(store.leads)}


if __name__ == "__main__":
    run(loaded)
