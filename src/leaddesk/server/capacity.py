"""Whether this machine can hold a population: it lives in memory, all of it."""

from pathlib import Path

BASE_BYTES = 90_000_000
BYTES_PER_LEAD = 6_000
"""Measured with 12,480 and 100,000 leads (`benchmarks/server_start.py` prints it), rounded up."""

_MEMINFO = Path("/proc/meminfo")


def needed_bytes(leads: int) -> int:
    """Estimate the memory of a server that holds so many leads."""
    return BASE_BYTES + leads * BYTES_PER_LEAD


def free_bytes() -> int | None:
    """Return the memory that is free for the asking; nothing where the system does not tell."""
    try:
        lines = _MEMINFO.read_text().splitlines()
    except OSError:
        return None
    kib = [int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")]
    return kib[0] * 1024 if kib else None
