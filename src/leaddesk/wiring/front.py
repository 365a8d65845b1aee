"""The client's start: the window first, then everything that stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaddesk.settings.settings import Settings
from leaddesk.wiring.application import run
from leaddesk.wiring.seating import instance_at, rules_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from leaddesk.session.keeper.keeper import Keeper
    from leaddesk.ui.shell.main_window import MainWindow
    from leaddesk.ui.theme.style import Style


def run_client(settings: Settings, keeper: Keeper) -> int:
    """Open the client for the server of the settings; returns the exit code.

    ``keeper`` was asked for the session's profile when the process began.
    """

    instance = instance_at(settings.server, settings.instance)

    async def life(app: QApplication, style: Style, window: MainWindow) -> int:
        from leaddesk.session.keyring_vault import KeyringVault
        from leaddesk.wiring.client import ClientWindow
        from leaddesk.wiring.seating import Place

        client = ClientWindow(app, style, window)
        place = Place(settings.server, instance, KeyringVault(keeper), settings.named, rules_of(settings))
        await client.reach_out(place)
        await client.open_kept(place)
        client.seating.start(place.admits)
        await client.until_closed()
        await client.close()
        return 0

    return run(settings, instance, life)
