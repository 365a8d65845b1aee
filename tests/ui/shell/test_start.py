"""A start with a kept sign-in, against a real server: rows before their page, and the desktop heard first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from leaddesk.api.client import ApiClient
from leaddesk.api.transport import open_http
from leaddesk.personal.masked import Personal, Secret
from leaddesk.session.memory_vault import MemoryVault
from leaddesk.session.session import Session
from leaddesk.settings.address import ServerAddress, read_address
from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.wiring.client import ClientWindow
from leaddesk.wiring.seating import Place
from tests.desk.conftest import served
from tests.stories.stage import Stage
from tests.support.desktops import FakeLogind, private_bus
from tests.support.trade import PASSWORD, opened

LEADS, PATIENCE = 130, 60.0
ROUNDS = 25
"""Questions to the server, one after the other: meanwhile a load that does not wait would be done."""


class Start:
    """A window that starts as the front door has it start, with a sign-in of Maren's that was kept."""

    def __init__(self, stage: Stage, address: ServerAddress, vault: MemoryVault) -> None:
        self.window = MainWindow(Instance("Live"))
        self.window.show()
        self.client = ClientWindow(stage.app, stage.style, self.window)
        self._place = Place(address, Instance("Live"), vault)

    async def reach_out(self) -> None:
        await self.client.reach_out(self._place)

    async def open(self) -> None:
        await self.client.open_kept(self._place)
        self.client.seating.start(self._place.admits)

    @property
    def leads(self) -> int:
        first = self.client._first
        return len(first.store.leads) if first is not None else 0

    @property
    def loaded(self) -> bool:
        first = self.client._first
        return first is not None and first.desk.sync.progress.value.done


@asynccontextmanager
async def start(stage: Stage) -> AsyncIterator[Start]:
    async with opened() as trade:
        for _ in range(LEADS):
            trade.add_lead()
        async with served(trade.app) as url:
            address, vault = read_address(url, "url"), MemoryVault()
            http = open_http(address)
            session = Session(ApiClient(http), vault, address.url)
            email = "maren@x.example"
            await session.begin(await session.proof.by_password(Personal(email), Secret(PASSWORD)))
            await http.aclose()
            started = Start(stage, address, vault)
            try:
                yield started
            finally:
                await started.client.close()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - server, bus and window have no event in common
            await asyncio.sleep(0.005)


async def test_the_first_rows_are_there_before_their_page_and_the_rest_waits_for_it(stage: Stage) -> None:
    async with start(stage) as begun:
        await begun.reach_out()
        await until(lambda: begun.leads)
        assert begun.client._first is not None
        for _ in range(ROUNDS):
            assert await begun.client._first.desk.reachable()
        assert not begun.loaded
        assert not isinstance(begun.window.page(), Workplace)
        await begun.open()
        assert isinstance(begun.window.page(), Workplace)
        await until(lambda: begun.loaded)
        assert begun.leads == LEADS


@pytest.mark.parametrize("stands", [{"LockedHint": True}, {"PreparingForSleep": True}, {"Active": False}])
async def test_a_desktop_that_is_locked_already_locks_the_first_rows(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, stands: dict[str, bool]
) -> None:
    with private_bus() as bus:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus)
        logind = FakeLogind(bus, stands=stands)
        try:
            async with start(stage) as begun:
                await begun.reach_out()
                await until(lambda: begun.leads)
                await begun.open()
                await until(lambda: isinstance(begun.window.page(), LockPage))
                assert begun.leads == 0
        finally:
            logind.close()


async def test_a_lock_is_heard_from_the_first_rows_on(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with private_bus() as bus:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus)
        logind = FakeLogind(bus)
        try:
            async with start(stage) as begun:
                await begun.reach_out()
                await until(lambda: begun.leads)
                await begun.open()
                assert isinstance(begun.window.page(), Workplace)
                await until(lambda: logind.held)
                logind.lock()
                await until(lambda: isinstance(begun.window.page(), LockPage))
                assert begun.leads == 0
        finally:
            logind.close()
