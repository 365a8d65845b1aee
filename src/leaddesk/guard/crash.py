"""What a crash leaves: no image of the memory, and a traceback of places without values (guarantee A5)."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
from pathlib import Path

FILTER = "/proc/self/coredump_filter"
_WANTED = 1
"""Bytes of a dump: no file is that small, and a piped one is handed to nobody (at 0 it would be: core(5))."""


def leave_nothing() -> None:
    """Limit dumps, empty what a dump would hold, and name the places of a fatal error on standard error.

    Called before Landlock, which refuses writing to /proc. The process stays dumpable
    (``PR_SET_DUMPABLE``): without it desktop portals and keyrings cannot tell who asks.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        least = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
        resource.setrlimit(resource.RLIMIT_CORE, (least, least))
    with contextlib.suppress(OSError):
        _write(FILTER, b"0")
    with contextlib.suppress(AttributeError, OSError, ValueError, RuntimeError):
        if not faulthandler.is_enabled():
            faulthandler.enable(sys.stderr, all_threads=True)


def is_empty() -> bool:
    """Tell whether a dump of this process would hold nothing; False where nobody can tell."""
    try:
        return int(Path(FILTER).read_text("ascii"), 16) == 0
    except (OSError, ValueError):
        return False


def _write(path: str, content: bytes) -> None:
    place = os.open(path, os.O_WRONLY)  # handed on to no child (PEP 446); Windows knows no O_CLOEXEC
    try:
        os.write(place, content)
    finally:
        os.close(place)
