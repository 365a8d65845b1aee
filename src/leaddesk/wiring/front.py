"""The client's start: the window first, then everything that stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaddesk.settings.settings import Settings
from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.wiring.application import run

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from leaddesk.session.keeper.keeper import Keeper
    from leaddesk.ui.shell.main_window import MainWindow
    from leaddesk.ui.theme.style import Style


def run_client(settings: Settings, keeper: Keeper) -> int:
    """Open the client for the server of the settings; returns the exit code.

    ``keeper`` was asked for the session's profile when the process began.
    """

    async def life(app: QApplication, style: Style, window: MainWindow) -> int:
        from leaddesk.session.keyring_vault import KeyringVault
        from leaddesk.wiring.client import ClientWindow, Place

        client = ClientWindow(app, style, window)
        place = Place(settings.server, Instance(settings.instance), KeyringVault(keeper))
        await client.reach_out(place)
        client.open(place)
        client.stages.start()
        await client.until_closed()
        await client.close()
        return 0

    return run(settings, Instance(settings.instance), life)
