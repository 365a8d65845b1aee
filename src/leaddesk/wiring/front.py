"""The client's start: the window first, then everything that stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaddesk.settings.settings import Settings
from leaddesk.wiring.application import run
from leaddesk.wiring.seating import instance_at, rules_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication

    from leaddesk.session.keeper.keeper import Keeper
    from leaddesk.ui.shell.leaving.handed import Handed
    from leaddesk.ui.shell.main_window import MainWindow
    from leaddesk.ui.theme.style import Style


START_SECONDS = 1.5
"""So long the keyring may think before the window offers to sign in; a late answer still counts (B2)."""


def run_client(settings: Settings, keeper: Keeper, carried: str | None = None) -> int:
    """Open the client for the server of the settings; returns the exit code.

    ``keeper`` was asked for the session's profile when the process began, unless another process began this
    one over itself (``carried``): then nobody is signed in, and the page that was shown is shown again.
    """
    handed = _read(carried)
    settings = settings if handed is None else handed.look.settings(settings)
    instance = instance_at(settings.server, settings.instance)

    async def life(app: QApplication, style: Style, window: MainWindow) -> int:
        from leaddesk.session.keyring_vault import KeyringVault
        from leaddesk.wiring.client import ClientWindow
        from leaddesk.wiring.seating import Place

        client = ClientWindow(app, style, window)
        vault, rules = KeyringVault(keeper, seconds=START_SECONDS), rules_of(settings)
        place = Place(settings.server, instance, vault, settings.named, rules, _way_to_begin_anew())
        if handed is None:
            await client.reach_out(place)
            await client.open_kept(place)
            client.seating.start(place.admits)
        else:
            await client.go_on(place, handed)
        await client.until_closed()
        await client.close()
        return 0

    return run(settings, instance, life, handed.look.put_on if handed is not None else None)


def _read(carried: str | None) -> Handed | None:
    """Read what the process before handed over; imported only where there is something."""
    if carried is None:
        return None
    from leaddesk.ui.shell.leaving.handed import read_handed

    return read_handed(carried)


def _way_to_begin_anew() -> Callable[[str], object] | None:
    from leaddesk.guard.anew.beginning import begin_anew, possible

    return begin_anew if possible() else None
