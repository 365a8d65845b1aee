"""What every process tells of itself in figures: version, start, memory, files, how its loop gets on."""

import asyncio
import os
import resource
import time
from pathlib import Path

from leaddesk.server.operations.health import Health
from leaddesk.server.operations.metrics import Labels, Metrics

CERTIFICATE = "leaddesk_certificate_ends_at_seconds"
LOOK_SECONDS, KEPT_LOOKS = 0.5, 60
"""How often the loop's delay is measured, and of how many times the longest is told: of half a minute."""
CHECK_EVERY = 20
"""Looks between two checks of all parts: ten seconds."""


def declare_process(metrics: Metrics) -> None:
    """Declare what is told of the process. Names are those of Prometheus' own clients."""
    started = time.time()
    metrics.gauge("leaddesk_build_info", "Always 1; the label says which version serves", _build)
    metrics.gauge("process_start_time_seconds", "Start of the process since the epoch", lambda: started)
    metrics.gauge("process_cpu_seconds_total", "Processor time of the process", time.process_time)
    metrics.gauge("process_resident_memory_bytes", "Memory of the process", _resident)
    metrics.gauge("process_open_fds", "Open files and sockets", _open_files)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    metrics.gauge("process_max_fds", "How many files and sockets may be open", lambda: most)


class Pulse:
    """Looks how late the loop gets to what is due, and now and then whether all parts work."""

    def __init__(self, metrics: Metrics, health: Health) -> None:
        self._health = health
        self._delays = [0.0]
        metrics.gauge(
            "leaddesk_loop_delay_seconds",
            "How late the loop got to what was due, the longest of half a minute",
            lambda: max(self._delays),
        )
        metrics.gauge(
            "leaddesk_part_ready",
            "1 if a part worked when it was last asked, by part; asked every ten seconds",
            lambda: {(("part", name),): float(works) for name, works in health.last.items()},
        )

    async def run(self) -> None:
        """Look until cancelled."""
        loop, looks = asyncio.get_running_loop(), 0
        while True:
            due = loop.time() + LOOK_SECONDS
            await asyncio.sleep(LOOK_SECONDS)
            self._delays = [*self._delays[1 - KEPT_LOOKS :], max(loop.time() - due, 0.0)]
            looks += 1
            if looks % CHECK_EVERY == 0:
                await self._health.failing()


def _build() -> dict[Labels, float]:
    from importlib.metadata import version

    return {(("version", version("leaddesk")),): 1.0}


def _resident() -> float:
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0.0


def _open_files() -> float:
    try:
        return len(os.listdir("/proc/self/fd")) - 1  # noqa: PTH208 - names suffice; one is this look's own
    except OSError:
        return 0.0
