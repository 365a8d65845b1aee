"""One person changes a step, another one's window shows it: seconds from the wish to the paint, as JSON.

Standard input brings one line of JSON: url, where the change is made if elsewhere, and for two people e-mail
and password. Both clients live in this process, which is slower than two would be: they share one loop.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QTableView

from leaddesk.personal.masked import Personal, Secret
from leaddesk.settings.address import read_address
from leaddesk.settings.settings import read_settings
from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.wiring.application import run

if TYPE_CHECKING:
    from leaddesk.desk.desk import Desk
    from leaddesk.ui.theme.style import Style

ROWS, ROUNDS, PAUSE, PATIENCE = 12, 10, 0.03, 20.0


class Painted(QObject):
    """Notes when the paint of a table is done."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self.at = 0.0
        table.viewport().installEventFilter(self)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self._note)
        return False

    def _note(self) -> None:
        self.at = time.perf_counter()


async def until(true: Any) -> None:
    """Wait for something to be so. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def seen(desk: Desk, other: Desk, table: QTableView) -> list[float]:
    """Change steps of the rows in sight through the other desk and wait for each paint."""
    leads, painted = desk._store.leads, Painted(table)
    slots = [leads.get(slot) for slot in table.model().slots[:ROWS]]
    ids = [view.lead_id for view in slots if view.step is not None]
    came: list[float] = []
    leads.changes.subscribe(lambda _: came.append(time.perf_counter()))
    found = []
    for number in range(ROUNDS * len(ids)):
        lead_id = ids[number % len(ids)]
        slot = leads.slot_of(lead_id)
        steps = [step for step in other.directory.steps(lead_id) if step != leads.get(slot).step]
        wanted = steps[number % len(steps)]
        began = time.perf_counter()
        asking = asyncio.ensure_future(other.leads.change_step(lead_id, wanted))
        await until(lambda: leads.get(slot).step == wanted)  # noqa: B023
        await until(lambda: painted.at >= came[-1])
        found.append(painted.at - began)
        assert (await asking).code == "ok"
        await asyncio.sleep(PAUSE)
    return found


async def life(app: QApplication, style: Style, window: MainWindow) -> int:
    """Open a window for one person and a desk for the other."""
    from leaddesk.api.client import ApiClient
    from leaddesk.api.transport import open_http
    from leaddesk.desk.desk import Desk
    from leaddesk.session.memory_vault import MemoryVault
    from leaddesk.session.session import Session
    from leaddesk.store.store import Store
    from leaddesk.wiring.client import ClientWindow
    from leaddesk.wiring.seating import Place

    address = read_address(SAID["url"], "url")
    client = ClientWindow(app, style, window)
    desk = client.open(Place(address, Instance("Live"), MemoryVault()))
    beside = read_address(SAID.get("there", SAID["url"]), "there")
    http = open_http(beside)
    session = Session(ApiClient(http), MemoryVault(), beside.url)
    other = Desk(ApiClient(http, session.bearer), session, Store(), lambda: datetime.now(UTC))
    for each, (email, password) in zip((desk, other), SAID["people"], strict=True):
        outcome = await each.sign_in.sign_in(Personal(email), Secret(password))
        assert outcome.code == "ok", outcome.code
    work = asyncio.ensure_future(other.run())
    await until(lambda: desk.sync.progress.value.done and other.sync.progress.value.done)
    await asyncio.sleep(1.0)
    table = next(found for found in window.findChildren(QTableView) if found.model() is not None)
    print(json.dumps(await seen(desk, other, table)), flush=True)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await http.aclose()
    await client.close()
    return 0


if __name__ == "__main__":
    SAID = json.loads(sys.stdin.readline())
    sys.exit(run(read_settings(["--server", SAID["url"]], {}), Instance("Live"), life))
