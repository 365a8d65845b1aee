"""The life of one more client window: who signs in where, how long it stays."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

from leaddesk.demo.recorder import Recorder
from leaddesk.demo.run import DEMO
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.keeper.keeper import Keeper
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.settings.address import read_address
from leaddesk.settings.settings import Settings, read_settings
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.ui.theme.style import Style
from leaddesk.wiring.application import run
from leaddesk.wiring.client import ClientWindow
from leaddesk.wiring.seating import Place

INPUT = 0


@dataclass(frozen=True)
class Part:
    """Which server, which look, and whom to sign in; nobody (None) leaves that to the person at the keys."""

    settings: Settings
    email: Personal[str] | None
    password: Secret | None


def read_part(line: bytes) -> Part:
    """Understand the line of JSON."""
    said = json.loads(line)
    flags = ["--theme", said["theme"], "--language", said["language"], "--server", said["url"]]
    known = said.get("email") is not None
    return Part(
        read_settings(flags, {}),
        Personal(said["email"]) if known else None,
        Secret(said["password"]) if known else None,
    )


def play(part: Part, write_end: int | None) -> int:
    """Open the window and stay until it is closed or the input ends."""

    keeper = Keeper()
    keeper.start()

    async def life(app: QApplication, style: Style, window: MainWindow) -> int:
        if write_end is not None:
            Recorder(app, INPUT, write_end, window.close)
        else:
            leash = QSocketNotifier(INPUT, QSocketNotifier.Type.Read, window)
            leash.activated.connect(window.close)
        client = ClientWindow(app, style, window)
        address = read_address(part.settings.server.url, "demo")
        desk = client.open(Place(address, DEMO, KeyringVault(keeper, listed=False)))
        desk.sign_in.told.lasting = False
        client.seating.start()
        if part.email is not None and part.password is not None:
            await desk.sign_in.sign_in(part.email, part.password)
        await client.until_closed()
        await client.sign_out()
        await client.close()
        return 0

    return run(part.settings, DEMO, life)


def read_line() -> bytes:
    """Read up to the line's end and not one byte more: the rest is for the recorder."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(INPUT, 1)
        if not byte:
            break
        line += byte
    return line
