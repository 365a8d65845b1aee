"""A process that begins anew: the same program executed over itself, so that nothing in memory is left (A6).

What the kernel enforces stays in force across ``execve``, the process outside stays a child, and its two
pipes stay open. All else – heap, stacks, mappings, threads, sockets, the line to the display – is gone. What
the new process is to know is handed over in a file of memory that has no name. Linux alone has both.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import NamedTuple

from leaddesk.guard import crash, hook
from leaddesk.guard.clean import begin_clean
from leaddesk.guard.entering import Hold, begin, held, take_over
from leaddesk.guard.links.opener import Opener

ARGUMENT = "--anew"
"""What the front door knows such a start by, with the number of the file; no person types it."""
_LONGEST = 16 << 20


class Carried(NamedTuple):
    """What a process that begins anew is told by the one before: the guard it is in, and a text."""

    hold: Hold
    text: str


def possible() -> bool:
    """Tell whether this system can execute a program over itself and hand something over without a file."""
    return sys.platform == "linux" and hasattr(os, "memfd_create") and bool(sys.orig_argv)


def begin_anew(text: str) -> None:
    """Execute this program over itself and hand it a text. Returns only by raising :class:`OSError`.

    Everything that is open is closed by the kernel, but the standard streams and the opener's pipes.
    """
    hold = held() or Hold(Opener())
    place = _written(json.dumps({"guard": _told(hold), "text": text}).encode())
    kept = {0, 1, 2, place, *hold.opener.pipes}
    try:
        for number in _open_descriptors():
            with contextlib.suppress(OSError):
                os.set_inheritable(number, number in kept)
        os.execve(sys.executable, command(sys.orig_argv, place), os.environ)  # noqa: S606 - ourselves
    finally:
        os.close(place)


def command(before: list[str], place: int) -> list[str]:
    """Return the command line this process was started with, and where the new one finds what it is told."""
    words = list(before)
    while ARGUMENT in words:
        at = words.index(ARGUMENT)
        del words[at : at + 2]
    return [sys.executable, *words[1:], ARGUMENT, str(place)]


def go_on(place: int) -> str | None:
    """Begin a process that another one began over itself; ``None``: nothing was handed over, a plain start.

    Nobody is trusted to say that the guard is there: what the kernel does not show is entered again.
    """
    begin_clean()
    carried = _read(place)
    if carried is None:
        begin()
        return None
    reap()
    crash.leave_nothing()
    hook.install()
    if not _is_filtered():
        begin()
    else:
        for pipe in carried.hold.opener.pipes:
            os.set_inheritable(pipe, False)
        take_over(carried.hold)
    return carried.text


def reap() -> None:
    """Take in the ends of what the process before had started, and of which this one knows nothing."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _told(hold: Hold) -> dict[str, object]:
    pipes = list(hold.opener.pipes)
    return {
        "pipes": pipes,
        "landlock": hold.landlock,
        "seccomp": hold.seccomp,
        "alone": hold.alone,
    }


def _written(content: bytes) -> int:
    place = os.memfd_create("leaddesk", 0)
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(place, rest) :]
    return place


def _read(place: int) -> Carried | None:
    """Read what was handed over, once; whatever is not ours is nothing."""
    try:
        if not str(Path(f"/proc/self/fd/{place}").readlink()).startswith("/memfd:leaddesk"):
            return None
        told = json.loads(os.pread(place, _LONGEST, 0))
        os.close(place)
        guard = told["guard"]
        pipes = [int(pipe) for pipe in guard["pipes"]]
        hold = Hold(Opener(*pipes), int(guard["landlock"]), guard["seccomp"] is True, guard["alone"] is True)
        return Carried(hold, str(told["text"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_filtered() -> bool:
    """The kernel's own word for a filter and given-up privileges; Landlock came between the two."""
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
    except OSError:
        return False
    said = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    return said.get("Seccomp") == "2" and said.get("NoNewPrivs") == "1"


def _open_descriptors() -> list[int]:
    return [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]
