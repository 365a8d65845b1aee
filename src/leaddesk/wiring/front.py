"""The client's start: the window first, then everything that stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaddesk.settings.settings import Settings
from leaddesk.wiring.application import run
from leaddesk.wiring.seating import instance_at, rules_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from leaddesk.guard.anew.carrying import Carried
    from leaddesk.session.keeper.keeper import Keeper
    from leaddesk.ui.shell.main_window import MainWindow
    from leaddesk.ui.theme.style import Style
    from leaddesk.wiring.arriving.arrival import Arrival
    from leaddesk.wiring.client import ClientWindow
    from leaddesk.wiring.seating import Place


START_SECONDS = 1.5
"""So long the keyring may think before the window offers to sign in; a late answer still counts (B2)."""


def run_client(settings: Settings, keeper: Keeper, carried: Carried | None = None) -> int:
    """Open the client for the server of the settings; returns the exit code.

    ``keeper`` was asked for the session's profile when the process began, unless another process began this
    one over itself (``carried``): then nobody is signed in, and the page that was shown is shown again.
    """
    arrival = _arrival(carried)
    settings = settings if arrival is None else arrival.handed.look.settings(settings)
    instance = instance_at(settings.server, settings.instance)

    async def life(app: QApplication, style: Style, window: MainWindow) -> int:
        from leaddesk.session.keyring_vault import KeyringVault
        from leaddesk.wiring.arriving.arrival import way_to_begin_anew
        from leaddesk.wiring.client import ClientWindow
        from leaddesk.wiring.seating import Place

        client = ClientWindow(app, style, window)
        vault, rules = KeyringVault(keeper, seconds=START_SECONDS), rules_of(settings)
        place = Place(settings.server, instance, vault, settings.named, rules, way_to_begin_anew(client))
        await _begin(client, place, arrival)
        await client.until_closed()
        await client.close()
        return 0

    return run(settings, instance, life, arrival.handed.look.put_on if arrival is not None else None)


async def _begin(client: ClientWindow, place: Place, arrival: Arrival | None) -> None:
    """Open with what the keyring keeps, or stand where the process before stood."""
    if arrival is None:
        await client.reach_out(place)
        await client.open_kept(place)
        client.seating.start(place.admits)
    else:
        await client.go_on(place, arrival.handed)
        await arrival.take_the_place(client.window)


def _arrival(carried: Carried | None) -> Arrival | None:
    """Read what the process before handed over; imported only where there is something."""
    if carried is None:
        return None
    from leaddesk.wiring.arriving.arrival import arrival_of

    return arrival_of(carried)
