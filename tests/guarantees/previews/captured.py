"""A decoder that was taken over: runs in the child's place, in the child's cell, and tries what it can.

Every attempt is harmless where it succeeds. What counts is whether it was refused for want of a right: a call
that gets as far as "no such file" was let through. What was let through is told as the words of the file, so
that it reaches the parent the way everything does.
"""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import resource
import socket
import sys
import threading
from collections.abc import Callable

from leaddesk.decoding import program
from leaddesk.decoding.reading import Words

_libc = ctypes.CDLL(None, use_errno=True)
_buffer = ctypes.create_string_buffer(4096)
_MACHINE = os.uname().machine
_NOWHERE = b"/leaddesk/nowhere"
_KERNEL = {
    "open": (2, _NOWHERE, 0),
    "open to write": (2, _NOWHERE, os.O_WRONLY),
    "open at": (257, -100, _NOWHERE, 0),
    "open at, again": (437, -100, _NOWHERE, _buffer, 24),
    "look at a file": (4, _NOWHERE, _buffer),
    "list": (217, 0, _buffer, 4096),
    "make a folder": (83, b"/", 0o700),
    "make a file": (133, _NOWHERE, 0o600, 0),
    "remove": (87, _NOWHERE),
    "rename": (82, _NOWHERE, _NOWHERE),
    "link": (86, _NOWHERE, _NOWHERE),
    "link symbolically": (88, _NOWHERE, _NOWHERE),
    "cut off": (76, _NOWHERE, 0),
    "modes": (90, _NOWHERE, 0o600),
    "attributes": (188, _NOWHERE, b"user.a", b"", 0, 0),
    "times": (280, -100, _NOWHERE, 0, 0),
    "change folder": (80, b"/"),
    "socket": (41, socket.AF_INET, socket.SOCK_STREAM, 0),
    "socket beside": (41, socket.AF_UNIX, socket.SOCK_STREAM, 0),
    "netlink": (41, 16, 3, 0),
    "pair of sockets": (53, socket.AF_UNIX, socket.SOCK_STREAM, 0, _buffer),
    "connect": (42, 0, _buffer, 16),
    "send": (44, 0, _buffer, 1, 0, 0, 0),
    "pipe": (293, _buffer, 0),
    "file in memory": (319, b"a", 0),
    "event": (290, 0, 0),
    "duplicate": (32, 0),
    "control": (72, 0, 1),
    "device": (16, 0, 0x541B, _buffer),
    "shared memory": (29, 0x1EADDE5C, 4096, 0),
    "queue": (68, 0x1EADDE5C, 0),
    "key": (248, 0, 0, 0, 0, 0),
    "another's memory": (310, os.getppid(), _buffer, 0, _buffer, 0, 0),
    "write another's memory": (311, os.getppid(), _buffer, 0, _buffer, 0, 0),
    "signal": (62, os.getppid(), 0),
    "who is the parent": (110,),
    "trace": (101, 9_999, 0, 0, 0),
    "handle of a process": (434, os.getppid(), 0),
    "run": (59, _NOWHERE, 0, 0),
    "run at": (322, -100, _NOWHERE, 0, 0, 0),
    "ring": (425, 0, 0),
    "bpf": (321, 0, 0, 0),
    "performance": (298, 0, 0, -1, -1, 0),
    "page faults": (323, 0xFFFF),
    "namespace": (272, 0),
    "mount": (165, 0, 0, 0, 0, 0),
    "name of the machine": (63, _buffer),
    "process control": (157, 3, 0, 0, 0, 0),
    "limits": (302, 0, 7, 0, _buffer),
    "priority": (140, 0, 0),
    "clock": (227, 0, 0),
    "user": (102,),
    "filter": (317, 2, 0, _buffer),
    "landlock": (444, 0, 0, 1),
}
"""Straight to the kernel, past libc and Python; numbers of x86-64."""


def _machine_code() -> None:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


_PYTHON: dict[str, Callable[[], object]] = {
    "connect to a port": lambda: socket.create_connection(("127.0.0.1", 9), 5).close(),
    "look up a name": lambda: socket.getaddrinfo("localhost", 9),
    "fork": _fork,
    "start a program": lambda: os.posix_spawn(_NOWHERE, ["nowhere"], {}),
    "start a thread": lambda: threading.Thread(target=id, args=(0,)).start(),
    "machine code": _machine_code,
    "raise a limit": lambda: resource.setrlimit(resource.RLIMIT_CPU, resource.getrlimit(resource.RLIMIT_CPU)),
    "read a file": lambda: open("/etc/hostname", "rb").close(),  # noqa: PTH123
    "two gigabytes": lambda: mmap.mmap(-1, 2 << 30).close(),
}
_REFUSED = (PermissionError, MemoryError, RuntimeError, socket.gaierror)


def _let_through(words: tuple[object, ...]) -> bool:
    registers = [ctypes.c_long(word) if isinstance(word, int) else word for word in words]
    return int(_libc.syscall(*registers)) >= 0 or ctypes.get_errno() != errno.EPERM


def _possible(act: Callable[[], object]) -> bool:
    try:
        act()
    except _REFUSED:
        return False
    except ValueError:
        return False
    except OSError as failure:
        return failure.errno != errno.ENOMEM
    return True


def _tried(_content: bytes) -> Words:
    calls = _KERNEL if _MACHINE == "x86_64" else {}
    done = [name for name, words in calls.items() if _let_through(words)]
    done += [name for name, act in _PYTHON.items() if _possible(act)]
    done += ["environment"] if set(os.environ) - {"LC_CTYPE"} else []
    return Words(json.dumps(done), cut=False)


def main() -> int:
    """Live as the child does, but for what is decoded."""
    socket.getaddrinfo("127.0.0.1", 9, flags=socket.AI_NUMERICHOST)
    program._loaded = lambda _kind: _tried
    return program.decode("text")


if __name__ == "__main__":
    sys.exit(main())
