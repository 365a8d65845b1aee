"""What goes along when the process begins anew: a text in a file of memory without a name, and open ends.

The line to the display is one of them: as long as it is open the window that was shown stays on the screen,
though nobody paints it any more, so that between two windows there is none. Another is what delays a sleep:
it is let go by the new process, and thereby no earlier than there is one.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from leaddesk.guard.entering import Hold
from leaddesk.guard.links.opener import Opener

_LONGEST = 16 << 20
_X_PORTS = 6000


class Carried(NamedTuple):
    """What a process that begins anew is told by the one before.

    ``hold``: the guard it is in. ``lines``: to the display, behind them the window of before. ``brakes``: to
    be let go as soon as there is nothing left of the process before.
    """

    hold: Hold
    text: str
    lines: tuple[int, ...] = ()
    brakes: tuple[int, ...] = ()

    @property
    def kept(self) -> frozenset[int]:
        """Everything that stays open on the way."""
        return frozenset((*self.hold.opener.pipes, *self.lines, *self.brakes))


def write(carried: Carried) -> int:
    """Return the descriptor of a file in memory that holds it."""
    hold = carried.hold
    guard = {
        "pipes": list(hold.opener.pipes),
        "landlock": hold.landlock,
        "seccomp": hold.seccomp,
        "alone": hold.alone,
    }
    facts = {"guard": guard, "text": carried.text, "lines": carried.lines, "brakes": carried.brakes}
    place = os.memfd_create("leaddesk", 0)
    rest = memoryview(json.dumps(facts).encode())
    while rest:
        rest = rest[os.write(place, rest) :]
    return place


def read(place: int) -> Carried | None:
    """Read what was handed over, once; whatever is not ours is nothing."""
    try:
        if not str(Path(f"/proc/self/fd/{place}").readlink()).startswith("/memfd:leaddesk"):
            return None
        told = json.loads(os.pread(place, _LONGEST, 0))
        os.close(place)
        guard = told["guard"]
        opener = Opener(*(int(pipe) for pipe in guard["pipes"]))
        hold = Hold(opener, int(guard["landlock"]), guard["seccomp"] is True, guard["alone"] is True)
        return Carried(hold, str(told["text"]), _numbers(told["lines"]), _numbers(told["brakes"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def lines_to_display(environment: Mapping[str, str]) -> tuple[int, ...]:
    """Return the open sockets at whose other end the display is: X11's (also far away) or Wayland's."""
    return tuple(number for number in _sockets() if _is_display(_other_end(number), environment))


def _is_display(end: object, environment: Mapping[str, str]) -> bool:
    if isinstance(end, tuple):  # an X server on another machine
        host, _, screen = environment.get("DISPLAY", "").rpartition(":")
        number = screen.partition(".")[0]
        return bool(host) and number.isdigit() and end[1:2] == (_X_PORTS + int(number),)
    place = os.fsdecode(end).lstrip("\0") if isinstance(end, (str, bytes)) else ""
    own = Path(environment.get("XDG_RUNTIME_DIR", "/"), environment.get("WAYLAND_DISPLAY") or "wayland-0")
    return ".X11-unix/X" in place or place == str(own)


def _other_end(number: int) -> object:
    import socket

    try:
        with socket.socket(fileno=os.dup(number)) as line:
            return line.getpeername()
    except OSError:  # one that listens, or whose other end has gone
        return None


def _sockets() -> Iterator[int]:
    for number in open_descriptors():
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                yield number
        except OSError:
            continue


def open_descriptors() -> list[int]:
    """Return every open descriptor of this process."""
    return [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]


def _numbers(told: list[int]) -> tuple[int, ...]:
    return tuple(int(number) for number in told)
