"""A window takes the place of the one before, once its page is painted: between the two there is none."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from leaddesk.guard.anew.beginning import begin_anew, let_go, possible
from leaddesk.guard.anew.carrying import Carried
from leaddesk.ui.kit.wording import language
from leaddesk.ui.shell.leaving.handed import Handed, Look, read_handed
from leaddesk.wiring.application import FirstPaint

if TYPE_CHECKING:
    from leaddesk.ui.shell.leaving.departure import BeginAnew
    from leaddesk.ui.shell.main_window import MainWindow
    from leaddesk.ui.theme.style import Style
    from leaddesk.wiring.client import ClientWindow
    from leaddesk.workstation.waits import OwnWait


def look_of(window: MainWindow, style: Style, own: OwnWait | None) -> Look:
    """Return how a window looks; what is on the screen now stays there until the next process has painted."""
    window.repaint()
    wait = own.chosen if own is not None else None
    theme = style.chosen.value if style.chosen is not None else "system"
    place = bytes(window.saveGeometry().toBase64().data()).decode("ascii")
    return Look(language(), theme, place, window.isActiveWindow(), wait, style.scale, window.isMinimized())


PAINTED_SECONDS = 2.0
"""So long the window of before waits for a paint; one that is covered or minimised may get none."""


def way_to_begin_anew(client: ClientWindow) -> BeginAnew | None:
    """Return what replaces this process; nothing where it cannot be done.

    A sleep that waits goes on waiting until the new process lets it go (guarantee C2).
    """
    if not possible():
        return None
    return lambda text: begin_anew(text, client.brakes())


class Arrival:
    """What the process before left for this one: how it looked, and its window, which is still to be seen."""

    def __init__(self, handed: Handed, lines: tuple[int, ...]) -> None:
        self.handed, self._lines = handed, lines

    async def take_the_place(self, window: MainWindow) -> None:
        """Show the window over the one before, and have that one go."""
        painted = asyncio.get_running_loop().create_future()
        FirstPaint(window, lambda: None if painted.done() else painted.set_result(None))
        self.handed.look.show(window)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PAINTED_SECONDS):
                await painted
        let_go(self._lines)


def arrival_of(carried: Carried | None) -> Arrival | None:
    """Read what was handed over; what cannot be read is nothing, and its window goes at once."""
    if carried is None:
        return None
    handed = read_handed(carried.text)
    if handed is None:
        let_go(carried.lines)
        return None
    return Arrival(handed, carried.lines)
