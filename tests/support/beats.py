"""How long a window's loop stood still: the time between two beats of a timer in it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer

TICK_MS = 1


class Beats:
    """A timer of the loop, every millisecond. ``page`` tells what the window shows: the beat in which that
    changes is the time it took to build it, and counts apart.

    A neighbour who takes the core away makes any loop late. The kernel counts how long a thread was ready and
    not let run; that is taken off, what the thread waited for of itself is not.
    """

    def __init__(self, page: Callable[[], object]) -> None:
        self.longest = self.building = 0.0
        self._page, self._shown = page, page()
        self._told = os.open("/proc/thread-self/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        self._last = self._now()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def begin(self) -> None:
        """Begin to count anew."""
        self.longest = self.building = 0.0
        self._shown = self._page()
        self._last = self._now()
        self._timer.start(TICK_MS)

    def end(self) -> None:
        """Stop counting."""
        self._timer.stop()

    def close(self) -> None:
        """Leave the kernel's count alone."""
        os.close(self._told)

    def _beat(self) -> None:
        before, self._last = self._last, self._now()
        wall, queued = (now - then for now, then in zip(self._last, before, strict=True))
        late, shown = wall - TICK_MS / 1000 - queued, self._page()
        if shown is self._shown:
            self.longest = max(self.longest, late)
        else:
            self.building, self._shown = max(self.building, late), shown

    def _now(self) -> tuple[float, float]:
        """Return the clock, and how long this thread has been waiting for a core, both in seconds."""
        _, queued, _ = os.pread(self._told, 128, 0).split()
        return time.perf_counter(), int(queued) / 1e9
