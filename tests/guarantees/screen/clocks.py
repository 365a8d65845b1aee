"""C6: whatever is done to clocks, the lock comes within a second of when it is due, and never before.

A machine is made up: its wall clock is set and jumps with daylight saving, it sleeps, and only what runs on
``CLOCK_BOOTTIME`` goes on meanwhile. The program's own clock and wait work on it.
"""

from __future__ import annotations

import contextlib
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from unittest.mock import patch

from leaddesk.workstation import clock
from leaddesk.workstation.idle import Calm, Idle
from tests.guarantees.figure import Figure

SMOKE, SHORT, FULL = 60, 1_000, 10_000
SEED = 66
TICK, LATE = 0.5, 1.0
_DAY, _HOUR = 86_400.0, 3_600.0
_EVENTS = 30


class Machine:
    """Three clocks. Ticks come while it is awake, and one when it wakes or soon after."""

    def __init__(self) -> None:
        self.wall, self.awake, self.boot = 1_700_000_000.0, 1_000.0, 1_000.0

    def runs(self, seconds: float) -> None:
        """Let time pass awake."""
        self.wall, self.awake, self.boot = self.wall + seconds, self.awake + seconds, self.boot + seconds

    def sleeps(self, seconds: float) -> None:
        """Let time pass asleep: the monotonic clock of Linux stands still."""
        self.wall, self.boot = self.wall + seconds, self.boot + seconds

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        """Let ``time`` tell this machine's clocks."""
        by_id = {time.CLOCK_BOOTTIME: lambda: self.boot, time.CLOCK_MONOTONIC: lambda: self.awake}
        with (
            patch("time.time", lambda: self.wall),
            patch("time.monotonic", lambda: self.awake),
            patch("time.clock_gettime", lambda which: by_id.get(which, lambda: self.wall)()),
        ):
            yield


def play(chance: random.Random, now: Callable[[], float]) -> list[str]:
    """Play one sequence of work, jumps and sleeps until it locks; return what was wrong."""
    machine = Machine()
    with machine.in_place():
        minutes = chance.choice([1, 5, 10])
        idle, touched, found = Idle(now, minutes * 60.0), machine.boot, list[str]()
        for _ in range(_EVENTS):
            what = chance.choice(["set", "summer", "sleep", "touch", "work", "work"])
            if what == "set":
                machine.wall += chance.choice([-_DAY, _DAY])
            elif what == "summer":
                machine.wall += chance.choice([-_HOUR, _HOUR])
            elif what == "sleep":
                machine.sleeps(chance.choice([1.0, 30.0, 600.0, 8 * _HOUR]))
            elif what == "touch":
                due = machine.boot - touched >= minutes * 60.0
                is_over = idle.touch() is Calm.OVER
                if due and not is_over:
                    found.append("a touch took back a lock that was due")
                if is_over:
                    return found if due else [*found, "locked before it was due"]
                touched = machine.boot
            else:
                end = machine.awake + chance.choice([2.0, 20.0, minutes * 60.0])
                verdict = _ticks(machine, idle, touched + minutes * 60.0, end)
                if verdict is not None:
                    return [*found, *verdict]
        return found


def _ticks(machine: Machine, idle: Idle, due_at: float, until: float) -> list[str] | None:
    """Look twice a second, as the window's timer does; None: it has not locked, rightly."""
    woke_late = max(0.0, machine.boot - due_at)
    while machine.awake < until:
        if idle.calm() is Calm.OVER:
            late = machine.boot - due_at - woke_late
            return [] if 0 <= late <= LATE else [f"locked {late:.1f} s after it was due"]
        if machine.boot - due_at - woke_late > LATE and machine.boot > due_at:
            return ["no lock when it was due"]
        machine.runs(TICK)
    return None


def _by_the_wall() -> float:
    """The product with a broken part: a clock that can be set."""
    return time.time()


async def guarantee(_env: Mapping[str, str], *, planted: bool = False, rounds: int | None = None) -> Figure:
    """Play many; planted: the wait counts by the wall clock."""
    count = rounds or (FULL if os.environ.get("FULL") == "1" else SHORT)
    chance, findings = random.Random(SEED), list[str]()
    now = _by_the_wall if planted else clock.since_boot
    for number in range(count):
        findings += [f"sequence {number}: {one}" for one in play(chance, now)]
        if len(findings) > 20:
            break
    sentence = "clock-tricks: {found} wrong in {looked:,} sequences of jumps, sleeps and touches:"
    return Figure(sentence, count, tuple(findings))
