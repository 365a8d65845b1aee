"""The process outside the sandbox: checks every link once more, opens it, says what came of it."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import time
from collections.abc import Callable, Iterator, Mapping

from leaddesk.guard.links.grammar import LONGEST, may_open
from leaddesk.guard.links.opener import FAILED, OPENED

WAIT_SECONDS = 4.0
"""An opener that still runs then became the browser itself, or waits for one: it did start."""
APART_SECONDS = 0.25
"""Between two links; a flood of windows is no click of a person."""
_PLACES = ("/usr/local/bin", "/usr/bin", "/bin", "/run/current-system/sw/bin", "/app/bin")
"""Where a system's own programs lie. ``PATH`` could lead elsewhere (guarantee A7)."""
_OPENERS = {"linux": "xdg-open", "darwin": "open"}

Start = Callable[[str], bool]
"""Opens one link; tells whether something opened."""


def serve(
    links: int, answers: int, start: Start, heard: bytes = b"", clock: Callable[[], float] = time.monotonic
) -> None:
    """Answer every link with one byte, until the other side is gone. ``heard`` was read already."""
    last = -APART_SECONDS
    for link in _lines(links, heard):
        soon = clock() - last < APART_SECONDS
        opened = not soon and may_open(link) and start(link)
        last = clock()
        try:
            os.write(answers, OPENED if opened else FAILED)
        except OSError:
            return


def _lines(pipe: int, rest: bytes) -> Iterator[str]:
    """Yield lines until the end, or until one is longer than any link."""
    while len(rest) <= LONGEST + 1 or b"\n" in rest[: LONGEST + 1]:
        line, end, after = rest.partition(b"\n")
        if end:
            rest = after
            yield line.decode("ascii", "replace")
            continue
        piece = os.read(pipe, LONGEST)
        if not piece:
            return
        rest += piece


def opening(environment: Mapping[str, str], platform: str = sys.platform) -> Start:
    """Return how links are opened with a person's own environment, as it was when the program began."""

    def start(link: str) -> bool:
        program = desktop_opener(platform)
        return program is not None and _started([program, link], environment)

    return start


def desktop_opener(platform: str = sys.platform) -> str | None:
    """Return the program that opens links here, if there is one."""
    name = _OPENERS.get(platform)
    found = [f"{place}/{name}" for place in _PLACES] if name is not None else []
    return next((path for path in found if os.access(path, os.X_OK)), None)


def _started(command: list[str], environment: Mapping[str, str]) -> bool:
    _reap()
    try:
        process = os.posix_spawn(command[0], command, environment, setpgroup=0)
    except OSError:
        return False
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) == 0
        select.select([], [], [], 0.02)
    return True


def _reap() -> None:
    """Take in the ends of openers that nobody waited for any more."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
