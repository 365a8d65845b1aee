"""Python's own events refuse writing before a system call is made: the second layer, on every system (A3).

It is no wall – code that does not go through Python passes it – but it refuses with a sentence where the
kernel only says "permission denied", and where no kernel enforces anything it is all there is.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_LETTERS = frozenset("wax+")
_PROBE = "leaddesk.probe"
FREE = frozenset({"/dev/null", "nul", "NUL", ":memory:", ""})
"""What keeps nothing."""


class WriteRefused(PermissionError):
    """A write was refused by ourselves. The message names what was tried, never where."""

    def __init__(self, event: str) -> None:
        super().__init__(errno.EACCES, f"leaddesk writes no files ({event})")


class _Refusals:
    """How many writes were refused; the first one is told."""

    def __init__(self) -> None:
        self.count = 0
        self.hooked = False

    def refuse(self, event: str) -> None:
        self.count += 1
        if self.count == 1:
            log.warning("a write was refused (%s); there may be more, only the first is told", event)
        raise WriteRefused(event)


_refusals = _Refusals()


def install() -> None:
    """Listen from now on, in all threads; it cannot be taken back. A second call changes nothing."""
    if not _refusals.hooked:
        _refusals.hooked = True
        sys.addaudithook(_heard)


def refused() -> int:
    """Return how many writes were refused so far: more than none is a fault of ours."""
    return _refusals.count


def answers() -> bool:
    """Tell whether the hook is heard, by an event that nobody else raises and that counts for nothing."""
    try:
        sys.audit(_PROBE)
    except WriteRefused:
        return True
    return False


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    judge = _JUDGES.get(event)
    if judge is None:
        return
    if event == _PROBE:
        raise WriteRefused(event)
    if judge(*arguments):
        _refusals.refuse(event)


def _opened(path: object, mode: object, flags: object) -> bool:
    if isinstance(path, int):
        return False  # what is open already
    writes = not _LETTERS.isdisjoint(mode) if isinstance(mode, str) else _asks(flags)
    return writes and _named(path) not in FREE


def _asks(flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & _WRITING)


def _named(path: object) -> str:
    return os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else str(path)


def _always(*_: object) -> bool:
    return True


def _database(path: object, *_: object) -> bool:
    return _named(path) not in FREE


_JUDGES: dict[str, Callable[..., bool]] = {
    "open": _opened,
    _PROBE: _always,
    "sqlite3.connect": _database,
    **dict.fromkeys(
        (
            *("os.chflags", "os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.removexattr"),
            *("os.rename", "os.rmdir", "os.setxattr", "os.symlink", "os.truncate", "os.utime"),
            *("shutil.chown", "shutil.copyfile", "shutil.copymode", "shutil.copystat", "shutil.copytree"),
            *("shutil.make_archive", "shutil.move", "shutil.rmtree", "shutil.unpack_archive"),
            *("tempfile.mkdtemp", "tempfile.mkstemp", "winreg.CreateKey", "winreg.SetValue"),
        ),
        _always,
    ),
}
