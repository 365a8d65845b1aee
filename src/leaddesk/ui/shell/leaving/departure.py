"""When nobody is signed in at any seat, the program begins anew, over itself, into the pages that are shown.

What is handed over is nothing of a lead; the address space of before is gone with all that libraries had
left in it (guarantee A6).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from leaddesk.desk.sending.drafts import Unsent
from leaddesk.session.state import SessionState
from leaddesk.ui.shell.leaving.handed import Handed, Look, Part
from leaddesk.ui.shell.leaving.leaving import Leaving, Onward

if TYPE_CHECKING:
    from leaddesk.desk.seats.seat import Seat
    from leaddesk.desk.seats.seats import Seats
    from leaddesk.ui.kit.floating.toasts import ToastHost
    from leaddesk.ui.shell.stages import Stages

log = logging.getLogger(__name__)

BeginAnew = Callable[[str], object]
"""Takes what is handed over and does not return. Raises :class:`OSError` where it cannot be done."""


class Departure:
    """Follows every seat of one window.

    Invariant: the process begins anew only when no seat is signed in and each that was has left. Without
    ``begin_anew`` everything is sealed all the same, and the process stays.
    """

    def __init__(
        self, seats: Seats, look: Callable[[], Look], begin_anew: BeginAnew | None, toasts: ToastHost
    ) -> None:
        self._seats, self._look, self._begin_anew, self._toasts = seats, look, begin_anew, toasts
        self._changes = seats.changed.subscribe(self._prune)
        self._leavings: dict[Seat, Leaving] = {}
        self._expected: list[Part] = []
        self._calm = asyncio.Event()

    def expect(self, handed: Handed) -> None:
        """The seats that are followed next stand where these stood; the first one first."""
        self._expected = list(handed.parts)

    def follow(self, seat: Seat, stages: Stages) -> None:
        """Follow one more seat, and bring it to where it stood."""
        onward = Onward(self._left, self._begin_anew is not None, self._toasts)
        self._leavings[seat] = leaving = Leaving(seat.address, seat.desk, stages, onward)
        if self._expected:
            leaving.go_on(self._expected.pop(0))

    def close(self) -> None:
        """Follow nobody any more."""
        self._changes.close()
        for leaving in self._leavings.values():
            leaving.close()

    def _prune(self, _message: object) -> None:
        """Follow no seat that was given up."""
        for seat in tuple(self._leavings):
            if seat not in self._seats.all:
                self._leavings.pop(seat).close()

    def would_lose(self) -> Unsent:
        """Return what a lock of all seats would cost now."""
        return sum((leaving.would_lose() for leaving in self._leavings.values()), Unsent())

    async def settled(self) -> None:
        """Return when nobody is leaving any more and this is still the same process (guarantee C2)."""
        while any(leaving.is_leaving for leaving in self._leavings.values()):
            self._calm.clear()
            await self._calm.wait()

    def _left(self) -> None:
        if self._begin_anew is not None and all(leaving.is_gone for leaving in self._leavings.values()):
            try:
                self._begin_anew(self._handed().to_text())
            except OSError as failure:  # the page stays what it is: locked, with the store unmapped
                log.error("the program could not begin anew (%s)", type(failure).__name__)
                for leaving in self._leavings.values():
                    leaving.stay()
        self._calm.set()

    def _handed(self) -> Handed:
        """Hand over the seats somebody comes back to; if there is none, the one in front."""
        front, coming_back = self._seats.front, (SessionState.LOCKED, SessionState.ENDED)
        back = [seat for seat in self._leavings if seat.state in coming_back]
        look, seats = (self._look(), back) if back else (replace(self._look(), wait=None), [front])
        parts = tuple(self._leavings[seat].part() for seat in seats)
        return Handed(look, parts, seats.index(front) if front in seats else 0, front.desk.doomed())
