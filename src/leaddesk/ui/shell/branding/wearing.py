"""Asks once for the brand of a seat's server, and has the window wear it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from leaddesk.ui.kit.brand.instance import Brand, InstanceKind

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from leaddesk.desk.branding.branding import Logo
    from leaddesk.ui.kit.tasks import TaskScope
    from leaddesk.ui.shell.doors import Rooms
    from leaddesk.ui.shell.main_window import MainWindow


class Worn(Protocol):
    """What shows the ground's instance."""

    def repaint(self) -> None: ...


class Wearing:
    """``pages`` are what is in the window of this seat now, to be painted anew.

    Live and demo have paint of their own and are never asked: no server can look like them, or they like it.
    """

    def __init__(
        self, window: MainWindow, rooms: Rooms, tasks: TaskScope, pages: Callable[[], Iterable[Worn | None]]
    ) -> None:
        self._window, self._rooms, self._tasks, self._pages = window, rooms, tasks, pages
        self._known = rooms.ground.instance.kind is not InstanceKind.BRAND

    def begin(self, *, after_rows: bool = False) -> None:
        """Ask, unless that was answered; ``after_rows``: nobody waits longer for the first leads (P2)."""
        if not self._known:
            self._tasks.once("brand", lambda: self._ask(after_rows))

    async def _ask(self, after_rows: bool) -> None:
        if after_rows:
            await self._rows()
        served = await self._rooms.desk.branding.read()
        if served is None:
            return
        self._known = True
        ground = self._rooms.ground
        brand = Brand(served.name, served.colour, _image(served.logo) if served.logo is not None else None)
        if brand != ground.instance.brand:
            ground.instance = replace(ground.instance, brand=brand)
            self._put_on()

    def _put_on(self) -> None:
        for number, page in enumerate(self._pages()):
            if not number:
                self._window.set_instance(self._rooms.ground.instance)
            if page is not None:
                page.repaint()

    async def _rows(self) -> None:
        """Wait until all leads are there, or nobody is signed in any more."""
        desk, there = self._rooms.desk, asyncio.Event()

        def heard(_message: object) -> None:
            if desk.sync.progress.value.done or desk.sign_in.state.value.value != "signed-in":
                there.set()

        topics = (desk.sync.progress.changed, desk.sign_in.state.changed)
        subscriptions = [topic.subscribe(heard) for topic in topics]
        try:
            heard(None)
            await there.wait()
        finally:
            for subscription in subscriptions:
                subscription.close()


def _image(logo: Logo) -> QImage:
    """Take pixels as they are; nothing is decoded here."""
    from PySide6.QtGui import QImage

    return QImage(logo.pixels, logo.width, logo.height, 4 * logo.width, QImage.Format.Format_RGB32).copy()
