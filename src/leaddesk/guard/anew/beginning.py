"""A process that begins anew: the same program executed over itself, so that nothing in memory is left (A6).

What the kernel enforces stays in force across ``execve``, the process outside stays a child, and its two
pipes stay open. All else – heap, stacks, mappings, threads, sockets – is gone, but what :mod:`carrying`
takes along. Linux alone has both: this, and files of memory that have no name.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from leaddesk.guard import crash, hook
from leaddesk.guard.anew.carrying import Carried, lines_to_display, open_descriptors, read, write
from leaddesk.guard.clean import begin_clean
from leaddesk.guard.entering import Hold, begin, held, take_over
from leaddesk.guard.links.opener import Opener

ARGUMENT = "--anew"
"""What the front door knows such a start by, with the number of the file; no person types it."""


def possible() -> bool:
    """Tell whether this system can execute a program over itself and hand something over without a file."""
    return sys.platform == "linux" and hasattr(os, "memfd_create") and bool(sys.orig_argv)


def begin_anew(text: str, brakes: tuple[int, ...] = ()) -> None:
    """Execute this program over itself and hand it a text. Returns only by raising :class:`OSError`.

    Everything that is open is closed by the kernel, but the standard streams, the opener's pipes, the line to
    the display and ``brakes``, which the new process lets go first of all.
    """
    carried = Carried(held() or Hold(Opener()), text, lines_to_display(os.environ), brakes)
    place = write(carried)
    kept = {0, 1, 2, place, *carried.kept}
    passed_on = {number: _passed_on(number) for number in open_descriptors()}
    try:
        for number in passed_on:
            with contextlib.suppress(OSError):
                os.set_inheritable(number, number in kept)
        os.execve(sys.executable, command(sys.orig_argv, place), os.environ)  # noqa: S606 - ourselves
    finally:
        os.close(place)
        for number, before in passed_on.items():
            with contextlib.suppress(OSError):
                os.set_inheritable(number, before)


def command(before: list[str], place: int) -> list[str]:
    """Return the command line this process was started with, and where the new one finds what it is told."""
    words = list(before)
    while ARGUMENT in words:
        at = words.index(ARGUMENT)
        del words[at : at + 2]
    return [sys.executable, *words[1:], ARGUMENT, str(place)]


def go_on(place: int) -> Carried | None:
    """Begin a process that another one began over itself; ``None``: nothing was handed over, a plain start.

    Nobody is trusted to say that the guard is there: what the kernel does not show is entered again. Nothing
    of the process before is left by now, so what waited for that goes on: the brakes are let go.
    """
    begin_clean()
    carried = read(place)
    if carried is None:
        begin()
        return None
    let_go(carried.brakes)
    reap()
    crash.leave_nothing()
    hook.install()
    if not _is_filtered():
        begin()
    else:
        for number in carried.kept - set(carried.brakes):
            os.set_inheritable(number, False)
        take_over(carried.hold)
    return carried


def let_go(numbers: tuple[int, ...]) -> None:
    """Close what was taken along: a window of before goes with its line, a sleep with its brake."""
    for number in numbers:
        with contextlib.suppress(OSError):
            os.close(number)


def reap() -> None:
    """Take in the ends of what the process before had started, and of which this one knows nothing."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _passed_on(number: int) -> bool:
    try:
        return os.get_inheritable(number)
    except OSError:  # it was only there while the others were listed
        return False


def _is_filtered() -> bool:
    """The kernel's own word for a filter and given-up privileges; Landlock came between the two."""
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
    except OSError:
        return False
    said = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    return said.get("Seccomp") == "2" and said.get("NoNewPrivs") == "1"
