"""A window that starts again and again in one process, told from outside when: ``python -m … URL [planted]``.

The window, its pages, session, vault and keeper are the product's. Reads an order a line, tells a line of
JSON of each page the window comes to, and at the end of a round how long its loop stood still. Ours is only
the second look at the clock.

A start of the product is a process of its own: it collects no garbage before it has settled down, and passes
over what was there by then (:mod:`leaddesk.wiring.light_start`). Here hundreds of windows live one after the
other in one process. So each begins and settles down as the product does, and what a window leaves is
collected after its end, where nobody counts: a person never meets the garbage of an earlier start.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import qasync
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication

from leaddesk.api.errors import ApiError
from leaddesk.session import blocking
from leaddesk.session.keeper.keeper import Keeper
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.settings.address import read_address
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.ui.theme.style import Style
from leaddesk.wiring.client import _CALM_SECONDS, ClientWindow
from leaddesk.wiring.front import START_SECONDS
from leaddesk.wiring.light_start import settle_down, travel_light
from leaddesk.wiring.seating import Place, instance_at
from tests.support.beats import Beats

FORM, DAY = "SignInPage", "Workplace"


class Window:
    """One start of the client, as the front door does it, up to its close."""

    def __init__(self, app: QApplication, style: Style, url: str) -> None:
        travel_light()
        self._settling = asyncio.get_running_loop().call_later(_CALM_SECONDS, settle_down)
        address = read_address(url, "url")
        instance = instance_at(address)
        self.window = MainWindow(instance)
        self.window.show()
        self._keeper = Keeper()
        self._client = ClientWindow(app, style, self.window)
        self._place = Place(address, instance, KeyringVault(self._keeper, seconds=START_SECONDS))

    async def start(self) -> None:
        """Ask the keyring, and open what stands behind the window."""
        self._keeper.start(self._place.address.url)
        await self._client.reach_out(self._place)
        await self._client.open_kept(self._place)
        self._client.seating.start(self._place.admits)

    def page(self) -> str:
        """Return which page is in the window."""
        return type(self.window.page()).__name__

    async def renew(self) -> str:
        """Renew the token now, as the end of its time does; tells what came of it."""
        assert self._client._seats is not None
        bearer = self._client._seats.front.session.bearer
        bearer._access = None
        try:
            await bearer.enter()
        except ApiError as error:
            return type(error).__name__
        return "renewed"

    def left(self) -> str:
        """Return what the keyring has missed after the end."""
        vault = self._place.vault
        assert isinstance(vault, KeyringVault)
        missed = vault._owed.pending
        return f"{len(missed)} not kept, {vault.note}" if missed else ""

    def stands(self) -> str:
        """Return where the session stands, and how the keyring's last call went."""
        assert self._client._seats is not None
        seat = self._client._seats.front
        return f"{seat.state}, {self._place.vault.note}, {self.page()}"

    async def close(self) -> None:
        """End it, as a person who closes the window does; nobody signs out."""
        self._settling.cancel()
        await self._client.close()
        self.window.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


class Orders:
    """What is told on standard input, one word a line."""

    def __init__(self) -> None:
        self._words: asyncio.Queue[str] = asyncio.Queue()
        self._rest = b""
        asyncio.get_running_loop().add_reader(0, self._read)

    async def next(self) -> str:
        """Wait for the next word; nothing at the end."""
        return await self._words.get()

    def _read(self) -> None:
        piece = os.read(0, 4096)
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            self._words.put_nowait(line.decode())
        if not piece:
            asyncio.get_running_loop().remove_reader(0)
            self._words.put_nowait("")


def tell(**facts: Any) -> None:
    """Say something to who gives the orders."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


async def serve(app: QApplication, style: Style, url: str) -> None:
    """Do what is ordered until the input ends."""
    orders = Orders()
    window: Window | None = None
    beats: Beats | None = None
    watching: QTimer | None = None
    while word := await orders.next():
        if word == "start":
            window = Window(app, style, url)
            beats = Beats(window.window.page)
            beats.begin()
            watching = _tell_pages(window)
            await window.start()
        elif word == "renew" and window is not None:
            began = time.monotonic()
            outcome = await window.renew()
            tell(renewed=outcome, after=time.monotonic() - began)
        elif word == "how" and window is not None:
            tell(stands=window.stands())
        elif word == "end" and window is not None and watching is not None and beats is not None:
            watching.stop()
            beats.end()
            await window.close()
            beats.close()
            told = {"stall": beats.longest, "building": beats.building, "left": window.left()}
            window = watching = beats = None
            gc.unfreeze()
            gc.collect()
            tell(**told)


def _tell_pages(window: Window) -> QTimer:
    """Tell of each page once it is there."""
    began, seen = time.monotonic(), [window.page()]

    def look() -> None:
        page = window.page()
        if page != seen[-1]:
            seen.append(page)
            tell(page=page, after=time.monotonic() - began)

    timer = QTimer(window.window)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(look)
    timer.start(5)
    return timer


async def _in_the_loop(_self: blocking.Blocking, work: Callable[[], Any], _seconds: float) -> Any:
    """The product with a broken part: whoever asks the keyring waits for it."""
    return work()


def main() -> int:
    """Open a loop and serve."""
    if sys.argv[2:] == ["planted"]:
        blocking.Blocking.call = _in_the_loop  # type: ignore[method-assign, assignment]
    app = QApplication(["leaddesk"])
    app.setQuitOnLastWindowClosed(False)
    style = Style(app)
    loop = qasync.QEventLoop(app)
    with loop:
        loop.run_until_complete(serve(app, style, sys.argv[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
