"""The cell's seccomp filter: it names what is allowed, everything else answers ``EPERM``."""

from __future__ import annotations

import errno
import struct
from typing import NamedTuple

_EXECUTABLE = 4
"""PROT_EXEC."""
_LOAD, _EQUALS, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_X32 = 0x40000000
_REFUSE, _ALLOW = 0x00050000 | errno.EPERM, 0x7FFF0000


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
