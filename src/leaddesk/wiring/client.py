"""One client window from first frame to exit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from leaddesk.personal.unexpected import report
from leaddesk.settings.address import ServerAddress
from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.ui.theme.style import Style

if TYPE_CHECKING:
    from leaddesk.api.client import ApiClient
    from leaddesk.desk.desk import Desk
    from leaddesk.session.session import Session
    from leaddesk.session.vault import Vault
    from leaddesk.ui.shell.stages import Stages
    from leaddesk.ui.signin.guarantees import Guarantees

_WAY_OUT = ("pydantic.main", "leaddesk.api.client", "leaddesk.api.transport", "leaddesk.session.session")
_ROOMS = (
    "leaddesk.store.store",
    "leaddesk.desk.outbox",
    "leaddesk.desk.desk",
    "leaddesk.ui.shell.frame.workplace",
    "leaddesk.ui.shell.stages",
    "leaddesk.ui.leads.lead_list_view",
    "leaddesk.wiring.features",
)
"""Imported one after the other with a turn of the loop between, for answers that came meanwhile."""

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


@dataclass(frozen=True)
class _Line:
    """The person's session with the server, and a client that carries it."""

    client: ApiClient
    session: Session
    close: Callable[[], Awaitable[None]]


class ClientWindow:
    """Everything behind one window.

    Invariant: :meth:`close` ends stages, then work, then the connection: nothing writes to what is gone.
    """

    def __init__(self, app: QApplication, style: Style, window: MainWindow) -> None:
        self._app, self._style, self.window = app, style, window
        self._closed = asyncio.Event()
        self._tasks = TaskScope(report)
        self._line: _Line | None = None
        self._stages: Stages | None = None
        window.close_requested.connect(self._closed.set)

    async def reach_out(self, place: Place) -> None:
        """Ask keyring and server, and import meanwhile what shows their answers (P2)."""
        await _import(_WAY_OUT)
        self._tasks.once("ahead", self._connect(place).session.look_ahead)
        await prepare()

    def open(self, place: Place) -> Desk:
        """Import and construct the rooms behind the window; the caller starts the session."""
        from leaddesk.desk.desk import Desk
        from leaddesk.store.store import Store

        line, store = self._line or self._connect(place), Store()
        desk = Desk(line.client, line.session, store, now)
        self._build_stages(desk, store, place)
        return desk

    def _connect(self, place: Place) -> _Line:
        from leaddesk.api.client import ApiClient
        from leaddesk.api.transport import open_http
        from leaddesk.session.renewal.neighbours import Neighbours
        from leaddesk.session.session import Session

        http = open_http(place.address)
        neighbours = Neighbours()
        session = Session(ApiClient(http), place.vault, place.address.url, neighbours)

        async def close() -> None:
            neighbours.leave()
            await http.aclose()

        self._line = _Line(ApiClient(http, session.bearer), session, close)
        return self._line

    def _build_stages(self, desk: Desk, store: object, place: Place) -> None:
        from urllib.parse import urlsplit

        from leaddesk.ui.kit.clipboard import shared
        from leaddesk.ui.kit.presenting.surroundings import Surroundings
        from leaddesk.ui.shell.doors import Ground, Rooms
        from leaddesk.ui.shell.stages import Stages
        from leaddesk.wiring.features import Features

        hosts = frozenset({urlsplit(place.address.url).hostname or ""})
        around = Surroundings(self.window, self.window.toasts, shared(), now, report, open_link, hosts)
        ground = Ground(place.instance, place.address.url, _version, lambda: _promises(place.vault))
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
        from leaddesk.wiring.light_start import settle_down

        pause = _CALM_SECONDS
        for name in LATER:
            if await self._closes_within(pause):
                return
            import_module(name)
            pause = _BREATH_SECONDS
        settle_down()
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
        await self._tasks.cancel_all()
        if self._line is not None:
            await self._line.close()
        self.window.deleteLater()


def _version() -> str:
    """Looked up only for the page that shows it: the search costs 10 ms (P2)."""
    from importlib.metadata import version

    return version("leaddesk")


async def open_link(address: str) -> bool:
    """Hand an address to the process outside the guard; tell whether anything opened."""
    from leaddesk.guard.entering import held

    hold = held()
    if hold is None or not hold.opener.ask(address):
        return False
    return await asyncio.get_running_loop().run_in_executor(None, hold.opener.answer)


def _promises(vault: Vault) -> Guarantees:
    from leaddesk.wiring.promises import promises

    return promises(vault.note)


async def prepare() -> None:
    """Import what :meth:`ClientWindow.open` needs while something else is waited for."""
    await _import(_WAY_OUT)
    await _import(_ROOMS)


async def _import(names: Sequence[str]) -> None:
    for name in names:
        await asyncio.sleep(0)
        import_module(name)
