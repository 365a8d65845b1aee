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
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from leaddesk.guard import kernel, landlock, seccomp

_EXECUTABLE = 4
"""PROT_EXEC."""
_LOAD, _EQUALS, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_X32 = 0x40000000
_REFUSE, _ALLOW = 0x00050000 | errno.EPERM, 0x7FFF0000
_FIRST_OF_OURS, _MOST_DESCRIPTORS = 3, 4_096


class Calls(NamedTuple):
    """What one architecture calls the few calls that stay. ``mapping`` may not ask for executable memory."""

    allowed: tuple[int, ...]
    mapping: tuple[int, ...]


_X86_64 = Calls(
    # read, write, close, fstat, lseek, munmap, brk, rt_sigaction, rt_sigprocmask, rt_sigreturn, readv,
    # writev, sched_yield, mremap, madvise, nanosleep, getpid, exit, gettimeofday, sigaltstack, gettid,
    # futex, sched_getaffinity, restart_syscall, clock_gettime, clock_getres, clock_nanosleep, exit_group,
    # set_robust_list, getrandom, rseq
    allowed=(
        *(0, 1, 3, 5, 8, 11, 12, 13, 14, 15, 19, 20, 24, 25, 28, 35, 39, 60, 96, 131, 186, 202, 204, 219),
        *(228, 229, 230, 231, 273, 318, 334),
    ),
    mapping=(9, 10),
)
_AARCH64 = Calls(
    allowed=(
        *(
            63,
            64,
            57,
            80,
            62,
            215,
            214,
            134,
            135,
            139,
            65,
            66,
            124,
            216,
            233,
            101,
            172,
            93,
            169,
            132,
            178,
            98,
        ),
        *(123, 128, 113, 114, 115, 94, 99, 278, 293),
    ),
    mapping=(222, 226),
)
"""Not tried: written after the kernel's tables."""
CALLS = {"x86_64": _X86_64, "aarch64": _AARCH64}


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


def program(mark: int, calls: Calls) -> bytes:
    """Return the filter's code: what is not named is refused; the last two lines are the answers."""
    lines: list[tuple[int, int, str, str]] = [
        (_LOAD, _ARCHITECTURE_AT, "", ""),
        (_EQUALS, mark, "", "refuse"),
        (_LOAD, _NUMBER_AT, "", ""),
        (_AT_LEAST, _X32, "refuse", ""),
        *((_EQUALS, number, "allow", "") for number in calls.allowed),
        *(
            (_EQUALS, number, f"skip {len(calls.mapping) - at}", "")
            for at, number in enumerate(calls.mapping)
        ),
        (_RETURN, _REFUSE, "", ""),
        (_LOAD, _ARGUMENTS_AT + 16, "", ""),
        (_ANY_BIT, _EXECUTABLE, "refuse", "allow"),
    ]
    code = b"".join(_line(*line, len(lines) - at - 1) for at, line in enumerate(lines))
    return code + b"".join(struct.pack("=HBBI", _RETURN, 0, 0, answer) for answer in _ANSWERS.values())


_ANSWERS = {"refuse": _REFUSE, "allow": _ALLOW}


def _line(kind: int, value: int, yes: str, no: str, left: int) -> bytes:
    """``left``: lines between this one and the first answer."""

    def way(word: str) -> int:
        if word in _ANSWERS:
            return left + list(_ANSWERS).index(word)
        return int(word.partition(" ")[2] or 0)

    return struct.pack("=HBBI", kind, way(yes), way(no), value)
