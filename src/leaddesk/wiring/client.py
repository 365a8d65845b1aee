"""One client window from first frame to exit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from leaddesk.personal.unexpected import report
from leaddesk.settings.address import ServerAddress
from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.ui.theme.style import Style

if TYPE_CHECKING:
    from leaddesk.desk.desk import Desk
    from leaddesk.session.vault import Vault
    from leaddesk.ui.shell.stages import Stages
    from leaddesk.ui.signin.guarantees import Guarantees

_ROOMS = ("leaddesk.api.client", "leaddesk.desk.desk", "leaddesk.ui.shell.stages", "leaddesk.wiring.features")
_CALM_SECONDS, _BREATH_SECONDS = 2.0, 0.1
"""After a start, and between two imports: none of them is to be felt."""


def now() -> datetime:
    """Return the present, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Place:
    """Which server a window works with and where its session is kept."""

    address: ServerAddress
    instance: Instance
    vault: Vault


class ClientWindow:
    """Everything behind one window.

    Invariant: :meth:`close` ends stages, then work, then the connection: nothing writes to what is gone.
    """

    def __init__(self, app: QApplication, style: Style, window: MainWindow) -> None:
        self._app, self._style, self.window = app, style, window
        self._closed = asyncio.Event()
        self._close_rooms: Callable[[], Awaitable[None]] | None = None
        self._stages: Stages | None = None
        window.close_requested.connect(self._closed.set)

    def open(self, place: Place) -> Desk:
        """Import and construct the rooms behind the window; the caller starts the session."""
        from leaddesk.api.client import ApiClient
        from leaddesk.api.transport import open_http
        from leaddesk.desk.desk import Desk
        from leaddesk.session.session import Session
        from leaddesk.store.store import Store

        http = open_http(place.address)
        client = ApiClient(http)
        session = Session(client, place.vault, place.address.url)
        store = Store()
        desk = Desk(ApiClient(http, session.bearer), session, store, now)
        self._build_stages(desk, store, place)
        self._close_rooms = http.aclose
        return desk

    def _build_stages(self, desk: Desk, store: object, place: Place) -> None:
        from importlib.metadata import version

        from leaddesk.ui.kit.clipboard import shared
        from leaddesk.ui.kit.presenting.surroundings import Surroundings
        from leaddesk.ui.shell.doors import Ground, Rooms
        from leaddesk.ui.shell.stages import Stages
        from leaddesk.wiring.features import Features

        around = Surroundings(self.window, self.window.toasts, shared(), now, report)
        ground = Ground(
            place.instance, place.address.url, version("leaddesk"), lambda: _promises(place.vault)
        )
        rooms = Rooms(desk, store, Features(desk, store, around), ground)  # type: ignore[arg-type]
        self._stages = Stages(self.window, rooms, around, self._style)

    @property
    def stages(self) -> Stages:
        """What the window shows; there once :meth:`open` was called."""
        if self._stages is None:
            raise LookupError("the window is not open")
        return self._stages

    async def until_closed(self) -> None:
        """Wait until the person closes the window; meanwhile import what the first rows did not need."""
        from leaddesk.wiring.features import LATER

        pause = _CALM_SECONDS
        for name in LATER:
            if await self._closes_within(pause):
                return
            import_module(name)
            pause = _BREATH_SECONDS
        await self._closed.wait()

    async def _closes_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._closed.wait()
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """End everything behind the window."""
        if self._stages is not None:
            self._stages.close()
        if self._close_rooms is not None:
            await self._close_rooms()
        self.window.deleteLater()


def _promises(vault: Vault) -> Guarantees:
    from leaddesk.wiring.promises import promises

    return promises(vault.note)


async def prepare() -> None:
    """Import what :meth:`ClientWindow.open` needs while something else is waited for: the demo's server."""
    for name in _ROOMS:
        await asyncio.sleep(0)
        import_module(name)
