"""P13: from spawning the demo server to its ready line, and from ``leaddesk demo`` to the first rows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from benchmarks.figures import Figure
from benchmarks.starts import desktop, seconds_until
from leaddesk.demo.child import start_demo_server

LEADS = 12_480
READY_SECONDS, ROWS_SECONDS = 1.0, 2.0
RUNS = 3


def figures() -> Iterator[Figure]:
    """Measure both, each the best of its runs; each run is a process of its own."""
    ready = min(asyncio.run(_ready(LEADS)) for _ in range(RUNS))
    yield Figure("P13", "demo-server-ready", ready, "s", READY_SECONDS, "s")
    with desktop() as env:
        rows = min(seconds_until("rows", env, "leaddesk", "demo") for _ in range(RUNS))
    yield Figure("P13", "demo-first-rows", rows, "s", ROWS_SECONDS, "s")


async def _ready(leads: int) -> float:
    began = time.perf_counter()
    server = await start_demo_server(leads)
    ready = time.perf_counter() - began
    await server.stop()
    return ready
