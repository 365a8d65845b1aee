"""Somebody signs in at an open window: seconds from the press of the button to the first rows, as JSON.

Standard input brings one line of JSON: url, email, password, and the way: ``form``, or ``browser`` – a person
at a browser who needs no time to think, made of the HTTP requests a browser makes.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtWidgets import QApplication

from benchmarks.programs.watched import TOLD, watch_tables
from leaddesk.personal.masked import Personal, Secret
from leaddesk.settings.address import read_address
from leaddesk.settings.settings import read_settings
from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.wiring.application import run

if TYPE_CHECKING:
    from leaddesk.ui.theme.style import Style

PATIENCE = 60.0
REQUEST = re.compile(r'name="request" value="([^"]+)"')


async def browse(address: str) -> None:
    """Open the page, fill it in, follow where it leads."""
    from leaddesk.api.library import httpx

    split = urlsplit(address)
    async with httpx.AsyncClient(base_url=f"{split.scheme}://{split.netloc}", trust_env=False) as http:
        page = await http.get(address, follow_redirects=True)
        handle = REQUEST.search(page.text)
        assert handle is not None
        typed = {"request": handle[1], "language": "en", "email": SAID["email"], "password": SAID["password"]}
        sent = await http.post("/sign-in", data=typed)
        await http.get(sent.headers["location"])


async def life(app: QApplication, style: Style, window: MainWindow) -> int:
    """Wait at the form as a person does, then sign in."""
    from leaddesk.session.keyring_vault import KeyringVault
    from leaddesk.ui.signin.sign_in_page import SignInPage
    from leaddesk.wiring.client import ClientWindow
    from leaddesk.wiring.seating import Place

    readable, writable = os.pipe()
    watch_tables(writable)
    client = ClientWindow(app, style, window)
    place = Place(
        read_address(SAID["url"], "url"), Instance("Live"), KeyringVault(listed=False, seconds=PATIENCE)
    )
    await client.reach_out(place)
    desk = await client.open_kept(place)
    client.seating.start(place.admits)
    async with asyncio.timeout(PATIENCE):
        while not isinstance(window.page(), SignInPage):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await desk.sign_in.ways()
        await asyncio.sleep(1.0)
        began = time.monotonic()
        if SAID["way"] == "form":
            outcome = await desk.sign_in.sign_in(Personal(SAID["email"]), Secret(SAID["password"]))
        else:
            outcome = await desk.sign_in.sign_in_with_browser(browse, b"<p>in", b"<p>not in")
        assert outcome.code == "ok", outcome.code
        while not TOLD:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        while not desk.sync.progress.value.done:  # noqa: ASYNC110 - the load is not to be broken off
            await asyncio.sleep(0.01)
    print(json.dumps(float(os.read(readable, 64)) - began), flush=True)
    await client.sign_out()
    await client.close()
    return 0


if __name__ == "__main__":
    SAID = json.loads(sys.stdin.readline())
    sys.exit(run(read_settings(["--server", SAID["url"]], {}), Instance("Live"), life))
