"""Entering the guard: the first thing a client does, while it has one thread and no data."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path
from typing import NamedTuple

from leaddesk.guard import crash, hook
from leaddesk.guard.clean import begin_clean
from leaddesk.guard.links.opener import Opener, split_off


class Hold(NamedTuple):
    """What was entered. ``landlock``: the version in force, 0 for none. ``alone``: there was one thread."""

    opener: Opener
    landlock: int = 0
    seccomp: bool = False
    alone: bool = True


class _Entered:
    def __init__(self) -> None:
        self.hold: Hold | None = None


_entered = _Entered()


def held() -> Hold | None:
    """Return what this process entered, if it did."""
    return _entered.hold


def begin() -> Hold:
    """Begin a client: clean, then guarded. Returns only in a process that nobody prepared."""
    begin_clean()
    return enter()


def take_over(hold: Hold) -> None:
    """Go on inside what the process before this one entered (:mod:`leaddesk.guard.anew`)."""
    _entered.hold = hold


def follow() -> None:
    """Begin a process that a guarded client started: the kernel's part was inherited, Python's was not."""
    crash.leave_nothing()
    hook.install()


def enter() -> Hold:
    """Enter for good, with all that is started from here on; a second call changes nothing.

    The order matters: the opener stays outside; dumps are limited through /proc, which Landlock closes. What
    a system cannot enforce is missing from the answer, never an error: it is told where promises are told.
    """
    if _entered.hold is None:
        opener = split_off()
        crash.leave_nothing()
        _close_inherited_files()
        hold = _restricted(opener) if sys.platform == "linux" else Hold(opener)
        hook.install()
        _entered.hold = hold
    return _entered.hold


def _restricted(opener: Opener, newest: int = 99) -> Hold:
    """``newest`` masks what a newer kernel knows: how an older one is tried."""
    from leaddesk.guard import kernel, landlock, seccomp

    alone = kernel.threads() == 1
    version = min(landlock.abi(), newest)
    filtered = False
    with contextlib.suppress(OSError):
        kernel.give_up_privileges()
    try:
        landlock.restrict(version)
    except OSError:
        version = 0
    with contextlib.suppress(OSError):
        seccomp.restrict(version)
        filtered = True
    return Hold(opener, version, filtered, alone)


def _close_inherited_files() -> None:
    """Close files that whoever started us left open for writing; what is open stays writable inside."""
    for name in _open_descriptors():
        with contextlib.suppress(OSError):
            if name > 2 and stat.S_ISREG(os.fstat(name).st_mode) and _may_write(name):
                os.close(name)


def _open_descriptors() -> list[int]:
    try:
        return [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]
    except OSError:
        return []


def _may_write(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:
        return False
    return fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE != os.O_RDONLY
