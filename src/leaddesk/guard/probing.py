"""What the guard holds here and now: the forbidden is tried, in ways that leave nothing if they succeed."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from leaddesk.guard import crash, hook
from leaddesk.guard.entering import held

_O_TMPFILE = 0o20200000
_NOBODY = -1
"""A descriptor that is none: the call fails either way, and its reason tells whether it got that far."""


@dataclass(frozen=True)
class Holds:
    """Each is what trying showed, not what was asked for. ``version``: Landlock's, 0 for none."""

    version: int
    files: bool
    attributes: bool
    python: bool
    dumps: bool
    opener: bool
    alone: bool


def probe() -> Holds:
    """Try everything; takes well under a millisecond and leaves no trace."""
    hold = held()
    return Holds(
        version=hold.landlock if hold is not None else 0,
        files=files_refused(),
        attributes=attributes_refused(),
        python=hook.answers(),
        dumps=crash.is_empty(),
        opener=hold is not None and hold.opener.answers >= 0,
        alone=hold is not None and hold.alone,
    )


def files_refused(folders: Iterable[str] = ("/tmp", "/dev/shm")) -> bool:  # noqa: S108 - nothing is made there
    """Tell whether the kernel refuses a file in folders where anybody may make one: unnamed, gone at once."""
    return all(_refuses_files(folder) for folder in folders if os.access(folder, os.W_OK))


def _refuses_files(folder: str) -> bool:
    def attempt() -> None:
        from leaddesk.guard.kernel import call

        flags = _O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC
        os.close(call(_openat(), _AT_FDCWD, os.fsencode(folder) + b"\0", flags, 0o600))

    return _reason(attempt) == errno.EACCES


def attributes_refused() -> bool:
    """Tell whether attributes, modes, owners and times are refused: Landlock leaves all four open."""
    tried: list[Callable[[], object]] = [
        lambda: _by_number("fsetxattr", _NOBODY, b"user.x\0", b"", 0, 0),
        lambda: _by_number("fchmod", _NOBODY, 0o600),
        lambda: _by_number("fchown", _NOBODY, _NOBODY, _NOBODY),
        lambda: _by_number("utimensat", _NOBODY, None, None, 0),
    ]
    return all(_reason(attempt) == errno.EPERM for attempt in tried)


_AT_FDCWD = -100
_NUMBERS = {
    "x86_64": {"openat": 257, "fsetxattr": 190, "fchmod": 91, "fchown": 93, "utimensat": 280},
    "aarch64": {"openat": 56, "fsetxattr": 7, "fchmod": 52, "fchown": 55, "utimensat": 88},
}


def _openat() -> int:
    return _NUMBERS[os.uname().machine]["openat"]


def _by_number(name: str, *words: int | bytes | None) -> int:
    from leaddesk.guard.kernel import call

    return call(_NUMBERS[os.uname().machine][name], *words)


def _reason(attempt: Callable[[], object]) -> int:
    """Return why it failed; 0 when it did not, or when this system has no such call."""
    if sys.platform != "linux" or os.uname().machine not in _NUMBERS:
        return 0
    try:
        attempt()
    except OSError as failure:
        return failure.errno or 0
    return 0
