"""A cell: what a process may still do that decodes a stranger's file (guarantee A11). Next to nothing.

Limits for memory, time, files and sizes; Landlock without a single right, reading included; and a seccomp
filter that names what is allowed instead of what is not: memory, clocks, and the pipes that are open already.
Whoever enters has loaded its libraries before; afterwards no path can be opened, no socket made, no program
or thread started, no memory made executable, no other process reached. Entered once, left by ending.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from leaddesk.guard import kernel, landlock, seccomp
from leaddesk.guard.cell.filter import CALLS, program

_FIRST_OF_OURS, _MOST_DESCRIPTORS = 3, 4_096


@dataclass(frozen=True, slots=True)
class Room:
    """How much of this machine the cell has: bytes of address space, seconds of computing in all."""

    address_space: int
    seconds: int


def enter(room: Room) -> None:
    """Close what is open beyond the standard streams, then give everything up for good.

    Raises :class:`OSError` where the filter cannot be installed: without it there is no cell, and whoever
    asked has to end. Landlock is the second wall, where the kernel has it.
    """
    known = CALLS.get(os.uname().machine) if sys.platform == "linux" else None
    machine = seccomp.machine()
    if known is None or machine is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    limits = _limits(room)
    os.closerange(_FIRST_OF_OURS, _MOST_DESCRIPTORS)
    kernel.give_up_privileges()
    with contextlib.suppress(OSError):
        landlock.restrict_all(landlock.abi())
    limits()
    seccomp.install(machine, program(machine.mark, known))


def _limits(room: Room) -> Callable[[], None]:
    """Return what sets the limits; the module it needs is loaded while modules still can be."""
    import resource

    wanted = {
        resource.RLIMIT_AS: room.address_space,
        resource.RLIMIT_CPU: room.seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 0,
    }

    def limit() -> None:
        for kind, most in wanted.items():
            hard = resource.getrlimit(kind)[1]
            least = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (least, least))

    return limit
