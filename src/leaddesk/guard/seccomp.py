"""A seccomp filter for what Landlock leaves open: attributes, modes, times, other processes, other ABIs.

It also refuses what would keep bytes in the kernel beyond our end (message queues, kernel keyrings), and
``io_uring``, whose calls no filter sees. A refused call answers ``EPERM``, as missing rights do. Source:
Linux, ``Documentation/userspace-api/seccomp_filter.rst``; numbers from each architecture's ``unistd.h``.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from typing import NamedTuple

from leaddesk.guard.kernel import call

_MODE_FILTER, _FLAG_ALL_THREADS = 1, 1
_LOAD, _EQUALS, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
_X32 = 0x40000000
"""Set in the numbers of a second ABI of x86-64."""
_EVERYWHERE = (425, 426, 427, 438, 452, 463, 466, 469)
"""io_uring ×3, pidfd_getfd, fchmodat2, setxattrat, removexattrat, file_setattr: the same everywhere."""
_IOCTLS = (0x40086602, 0x401C5820, 0x5412, 0x541C)
"""Flags and attributes of files (FS_IOC_SETFLAGS, …SETXATTR); typing into a terminal (TIOCSTI, TIOCLINUX)."""


class Machine(NamedTuple):
    """One architecture: its mark, and the numbers of what is refused there.

    ``opens`` maps a call that opens files to the place of its flags; ``truncates`` and they matter below
    Landlock's third version only.
    """

    mark: int
    seccomp: int
    ioctl: int
    refused: tuple[int, ...]
    truncates: tuple[int, ...]
    opens: dict[int, int]


_X86_64 = Machine(
    mark=0xC000003E,
    seccomp=317,
    ioctl=16,
    # setxattr ×3, removexattr ×3, chmod ×3, chown ×4, utime ×4, mknod ×2, ptrace, process_vm_readv, …writev,
    # kcmp, open_by_handle_at, mq_open, msgget, semget, add_key, request_key, keyctl
    refused=(
        *(188, 189, 190, 197, 198, 199, 90, 91, 268, 92, 93, 94, 260, 132, 235, 261, 280, 133, 259),
        *(101, 310, 311, 312, 304, 240, 68, 64, 248, 249, 250),
    ),
    truncates=(76, 85, 437),
    opens={2: 1, 257: 2},
)
_AARCH64 = Machine(
    mark=0xC00000B7,
    seccomp=277,
    ioctl=29,
    refused=(
        5,
        6,
        7,
        14,
        15,
        16,
        52,
        53,
        54,
        55,
        88,
        33,
        117,
        270,
        271,
        272,
        265,
        180,
        186,
        190,
        217,
        218,
        219,
    ),
    truncates=(45, 437),
    opens={56: 2},
)
"""Not tried: written after the kernel's tables."""
MACHINES = {"x86_64": _X86_64, "aarch64": _AARCH64}


def machine() -> Machine | None:
    """Return what this architecture is called by, if we know it."""
    return MACHINES.get(os.uname().machine)


def restrict(version: int) -> None:
    """Install the filter in all threads, for good; ``version`` is Landlock's. Raises OSError.

    No new privileges must have been given up before.
    """
    found = machine()
    if found is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    install(found, program(found, version))


def install(found: Machine, code: bytes) -> None:
    """Put a filter before all that were installed earlier, in all threads. Raises OSError."""
    lines = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("@HP", len(code) // 8, ctypes.addressof(lines))
    call(found.seccomp, _MODE_FILTER, _FLAG_ALL_THREADS, head)


def program(found: Machine, version: int) -> bytes:
    """Return the filter's code: each question jumps to what follows, the last two lines are the answers."""
    refused = (*found.refused, *_EVERYWHERE, *(found.truncates if version < 3 else ()))
    flags: dict[int, tuple[int, int, tuple[int, ...]]] = {found.ioctl: (1, _EQUALS, _IOCTLS)}
    if version < 3:
        flags |= {number: (place, _ANY_BIT, (os.O_TRUNC,)) for number, place in found.opens.items()}
    lines: list[tuple[int, int, str, str]] = [
        (_LOAD, _ARCHITECTURE_AT, "", ""),
        (_EQUALS, found.mark, "", "refuse"),
        (_LOAD, _NUMBER_AT, "", ""),
    ]
    lines += [(_AT_LEAST, _X32, "refuse", "")] if found is _X86_64 else []
    lines += [(_EQUALS, number, "refuse", "") for number in refused]
    for number, (place, question, values) in flags.items():
        lines.append((_EQUALS, number, "", f"skip {len(values) + 2}"))
        lines.append((_LOAD, _ARGUMENTS_AT + 8 * place, "", ""))
        lines += [(question, value, "refuse", "") for value in values]
        lines.append((_RETURN, _ALLOW, "", ""))
    return b"".join(_line(*line, len(lines) - at) for at, line in enumerate(lines)) + _answers()


def _answers() -> bytes:
    return struct.pack("=HBBI", _RETURN, 0, 0, _ALLOW) + struct.pack("=HBBI", _RETURN, 0, 0, _REFUSE)


def _line(kind: int, value: int, yes: str, no: str, left: int) -> bytes:
    """``left``: lines from this one to the first answer; the second one, which refuses, comes after it."""

    def way(word: str) -> int:
        return left if word == "refuse" else int(word.partition(" ")[2] or 0)

    return struct.pack("=HBBI", kind, way(yes), way(no), value)
