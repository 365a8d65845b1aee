"""What a window's seats share, and the pages of each with features of its own."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from leaddesk.personal.unexpected import report

if TYPE_CHECKING:
    from leaddesk.desk.seats.seat import Seat
    from leaddesk.session.vault import Vault
    from leaddesk.ui.shell.leaving.departure import Departure
    from leaddesk.ui.shell.leaving.handed import Look
    from leaddesk.ui.shell.main_window import MainWindow
    from leaddesk.ui.shell.seating import Seating
    from leaddesk.ui.shell.stages import Stages
    from leaddesk.ui.signin.guarantees import Guarantees
    from leaddesk.ui.theme.style import Style
    from leaddesk.wiring.seating import Place


def now() -> datetime:
    """Return the present, aware."""
    return datetime.now(UTC)


class Pages:
    """Builds the pages of a seat, each with features of its own."""

    def __init__(self, window: MainWindow, place: Place, style: Style, departure: Departure) -> None:
        from leaddesk.ui.kit.clipboard import shared
        from leaddesk.ui.kit.presenting.surroundings import Surroundings
        from leaddesk.ui.shell.help.everywhere import Everywhere
        from leaddesk.workstation.waits import OwnWait

        self._window = window
        self._place, self._style, self._departure = place, style, departure
        self.own_wait = OwnWait(place.rules.idle_minutes)
        self.around = Surroundings(window, window.toasts, shared(), now, report, open_link)
        Everywhere(window, window.toasts, style)

    def take_up(self, look: Look) -> None:
        """Go on as the program before was left: its wait and its size of texts."""
        self.own_wait.choose(look.wait)
        if look.scale != self._style.scale:
            self._style.apply(self._style.chosen, look.scale)

    def stages(self, seat: Seat, seating: Seating) -> Stages:
        """Build what shows one seat; a lead may name pages of its own server alone (D5)."""
        from urllib.parse import urlsplit

        from leaddesk.ui.shell.doors import Ground, Rooms
        from leaddesk.ui.shell.stages import Stages
        from leaddesk.wiring.features import Features

        place, address = self._place, seat.origin.address
        ground = Ground(
            place.name(address),
            address.url,
            _version,
            lambda: _promises(seat.session.vault, place),
            place.servers,
            self.own_wait,
        )
        around = replace(self.around, hosts=frozenset({urlsplit(address.url).hostname or ""}))
        features = Features(seat.desk, seat.store, around)
        rooms = Rooms(seat.desk, seat.store, features, ground, seating)  # type: ignore[arg-type]
        stages = Stages(self._window, rooms, around, self._style)
        self._departure.follow(seat, stages)
        return stages


def _version() -> str:
    """Looked up only for the page that shows it: the search costs 10 ms (P2)."""
    from importlib.metadata import version

    return version("leaddesk")


async def open_link(address: str) -> bool:
    """Hand an address to the process outside the guard; tell whether anything opened."""
    from leaddesk.guard.entering import held

    hold = held()
    if hold is None or not hold.opener.ask(address):
        return False
    return await asyncio.get_running_loop().run_in_executor(None, hold.opener.answer)


async def _promises(vault: Vault, place: Place) -> Guarantees:
    from leaddesk.wiring.promises import promises

    return await promises(vault.note, renews=place.begin_anew is not None)
