"""``leaddesk demo``: its own server as a child, signed in by itself, nothing of it kept."""

from __future__ import annotations

import asyncio
import sys

from PySide6.QtWidgets import QApplication

from leaddesk.demo.beside import ROLES, Beside
from leaddesk.demo.child import DemoPerson, DemoServer, DemoServerFailed, start_demo_server
from leaddesk.demo.options import DemoOptions
from leaddesk.personal.masked import Personal
from leaddesk.session.keeper.keeper import Keeper
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.session.profiles.drawer import Cabinet
from leaddesk.settings.address import read_address
from leaddesk.ui.kit.brand.instance import Instance, InstanceKind
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.ui.theme.style import Style
from leaddesk.wiring.application import run
from leaddesk.wiring.client import ClientWindow, prepare
from leaddesk.wiring.seating import Place

DEMO = Instance("Demo", InstanceKind.DEMO)
EXIT_NO_SERVER = 4
OUTBOX = "leaddesk: mails of this demo are shown at {address}\n"
NO_SERVER = "leaddesk: the demo server did not start; see above\n"


def run_demo(options: DemoOptions) -> int:
    """Open the client beside a server of its own, or play the tour; returns the exit code."""
    if options.tour is not None:
        from leaddesk.demo.tour.play import PICTURED, play_tour

        chosen = options.settings.language
        return play_tour(options.leads, options.tour, chosen.value if chosen else PICTURED)

    keeper = Keeper()
    keeper.start()

    async def life(app: QApplication, style: Style, window: MainWindow) -> int:
        try:
            server, _ = await asyncio.gather(start_demo_server(options.leads), prepare())
        except DemoServerFailed:
            sys.stderr.write(NO_SERVER)
            return EXIT_NO_SERVER
        if sys.stderr.isatty():  # whoever began it by hand may want to see the mails that nobody gets
            sys.stderr.write(OUTBOX.format(address=server.outbox))
        try:
            await live(ClientWindow(app, style, window), server, options, KeyringVault(keeper, listed=False))
        finally:
            await server.stop()
        return 0

    return run(options.settings, DEMO, life)


async def live(client: ClientWindow, server: DemoServer, options: DemoOptions, vault: Cabinet) -> None:
    """Sign in as a role and stay until the window is closed; the profile leaves the keyring with it."""
    desk = client.open(Place(read_address(server.url, "demo"), DEMO, vault))
    desk.sign_in.told.lasting = False
    person = person_of(server, options.role)
    others = {role: person_of(server, role) for role in ROLES if role != options.role}
    beside = Beside(options.settings, server.url, others)
    client.window.add_foot(beside.strip())
    try:
        await desk.sign_in.sign_in(Personal(person.email), person.password)
        await client.until_closed()
        await client.sign_out()
        await client.close()
    finally:
        beside.close()


def person_of(server: DemoServer, role: str) -> DemoPerson:
    """Return whom a role means: rep and admin at the manufacturer, partner at the first partner."""
    tenant = server.tenants[1 if role == "partner" else 0]
    wanted = "rep" if role == "partner" else role
    return next(person for person in tenant.people if person.role == wanted)
