"""Linux' system calls that Python has no name for, by libc's ``syscall``; loaded on Linux alone."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_PR_SET_NO_NEW_PRIVS = 38
_libc = ctypes.CDLL(None, use_errno=True)

Word = int | ctypes.c_void_p | bytes | None
"""What a register may hold: a number, or where something lies."""


def call(number: int, *words: Word) -> int:
    """Make one system call. Raises :class:`OSError` with the kernel's reason."""
    result: int = _libc.syscall(ctypes.c_long(number), *map(_register, words))
    if result < 0:
        raise _failure()
    return result


def give_up_privileges() -> None:
    """No program started from here gains rights by its file (``PR_SET_NO_NEW_PRIVS``); Linux asks for it
    before it lets a process restrict itself. Raises :class:`OSError`.
    """
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0:
        raise _failure()


def threads() -> int:
    """Return how many threads this process has; what restricts a thread does not reach those it has."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def _register(word: Word) -> object:
    return ctypes.c_long(word) if isinstance(word, int) else word


def _failure() -> OSError:
    reason = ctypes.get_errno()
    return OSError(reason, os.strerror(reason))
