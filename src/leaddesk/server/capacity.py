"""Whether this machine can hold a population: it lives in memory, all of it."""

from pathlib import Path

BASE_BYTES = 90_000_000
BYTES_PER_LEAD = 7_500
BYTES_PER_LEAD_OF_MANY = 4_700
MANY = 50_000
"""Measured and rounded up: 64 MB without leads, 150 MB with 12,480, 394 MB with 49,000; 20 MB more once many
keys are at hand. Beyond ``MANY`` the history of a lead is one event that its row points to: 4.3 kB a lead."""

_MEMINFO = Path("/proc/meminfo")


def needed_bytes(leads: int) -> int:
    """Estimate the memory of a server that holds so many leads."""
    return BASE_BYTES + leads * (BYTES_PER_LEAD if leads <= MANY else BYTES_PER_LEAD_OF_MANY)


def free_bytes() -> int | None:
    """Return the memory that is free for the asking; nothing where the system does not tell."""
    try:
        lines = _MEMINFO.read_text().splitlines()
    except OSError:
        return None
    kib = [int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")]
    return kib[0] * 1024 if kib else None
