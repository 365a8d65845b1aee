"""Whatever becomes of its page, a begun note is at its lead again: the real shell, desk and server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from leaddesk.contract.ids import LeadId
from leaddesk.personal.masked import Secret
from leaddesk.session.sealing.ahead import KeyAhead
from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.kit.clipboard import shared
from leaddesk.ui.kit.pieces.choices import CheckBox
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.shell.doors import Ground, Rooms
from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.shell.leaving.leaving import Leaving, Onward
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.ui.shell.stages import Stages
from leaddesk.ui.shell.state import Route
from leaddesk.ui.signin.sign_in_page import SignInPage
from leaddesk.wiring.features import Features
from tests.desk.conftest import Office, Town, town
from tests.desk.sealing.test_safe import Keys
from tests.stories.registry import NOW
from tests.stories.stage import Stage
from tests.support.pretended import no_link
from tests.support.trade import PASSWORD

__all__ = ["town"]

WORDS, OTHERS = "Ruft Montag zurueck", "Dach ist voll"


class Shell:
    """One seat of a window, as wiring makes it, with a keyring that keeps keys."""

    def __init__(self, stage: Stage, town: Town, office: Office) -> None:
        self.anna, self.ole = (town.trade.add_lead(keeper="Maren") for _ in range(2))
        self.desk, self.keys, self.errors = office.desk, Keys(), list[BaseException]()
        self.desk.safe._vault, self.desk.safe._keys = self.keys, KeyAhead(self.keys)
        self.window = MainWindow(Instance("Live"))
        around = Surroundings(
            self.window, self.window.toasts, shared(), lambda: NOW, self.errors.append, no_link
        )
        features: Any = Features(self.desk, office.store, around)
        ground = Ground(Instance("Live"), town.url, lambda: "0.1.0")
        self.stages = Stages(
            self.window, Rooms(self.desk, office.store, features, ground), around, stage.style
        )
        self.left = 0
        onward = Onward(self._leave, renews=False, toasts=self.window.toasts)
        self.leaving = Leaving(town.url, self.desk, self.stages, onward)

    def _leave(self) -> None:
        self.left += 1

    async def begin(self) -> None:
        self.window.show()
        self.stages.start()
        await self.until(lambda: self.desk.sync.progress.value.done)

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not true():
                QApplication.processEvents()
                await asyncio.sleep(0.01)

    @property
    def routes(self) -> Any:
        day: Any = self.stages._day
        return day._routes

    def opens(self, lead: LeadId) -> tuple[str, bool]:
        """Open a lead; return what stands in the note's field, and whether it stays in the house."""
        self.routes.open_lead(lead)
        return self.begun

    @property
    def begun(self) -> tuple[str, bool]:
        return self._one(QPlainTextEdit).toPlainText(), self._one(CheckBox).isChecked()

    def types(self, words: str) -> None:
        QTest.keyClicks(self._one(QPlainTextEdit), words)

    def ticks(self) -> None:
        self._one(CheckBox).click()

    def _one(self, kind: type[Any]) -> Any:
        (found,) = self.routes.lead._detail.view.findChildren(kind)
        return found

    def close(self) -> None:
        self.leaving.close()
        self.stages.close()
        self.window.hold_closing(lambda: True)
        self.window.close()
        self.window.deleteLater()
        assert self.errors == []


@pytest.fixture
async def shell(stage: Stage, town: Town) -> AsyncIterator[Shell]:
    office = await town.office()
    await office.sign_in("Maren")
    made = Shell(stage, town, office)
    await made.begin()
    yield made
    made.close()
    await asyncio.sleep(0)


async def test_it_is_there_after_whatever_one_looked_at_and_after_a_lock_and_gone_after_a_sign_out(
    shell: Shell,
) -> None:
    assert shell.opens(shell.anna) == ("", True)
    shell.types(WORDS)
    shell.ticks()
    assert shell.opens(shell.ole) == ("", True)
    shell.types(OTHERS)
    shell.routes.leave()
    assert shell.opens(shell.anna) == (WORDS, False), "another lead, none"
    shell.routes.open(Route.SHARES)
    shell.routes.show_queue()
    assert shell.opens(shell.ole) == (OTHERS, True), "another page, the queue"
    shell.stages.go_behind()
    shell.stages.come()
    assert shell.begun == (OTHERS, True) and shell.opens(shell.anna) == (WORDS, False), "another tenant"
    shell.stages._choose_language("en")
    assert shell.begun == (WORDS, False) and shell.opens(shell.ole) == (OTHERS, True), "another language"
    await a_lock_leaves_no_word_and_brings_every_one_back(shell)
    await shell.desk.sign_in.sign_out()
    await shell.until(lambda: isinstance(shell.window.page(), SignInPage))
    assert shell.desk.drafts.count == 0 and not shell.keys.keys


async def a_lock_leaves_no_word_and_brings_every_one_back(shell: Shell) -> None:
    shell.stages.lock()
    assert isinstance(shell.window.page(), LockPage)
    await shell.until(lambda: shell.left)
    assert shell.desk.drafts.all() == () and shell.desk.drafts.count == 2 and len(shell.keys.keys) == 1
    outcome = await shell.desk.sign_in.unlock(Secret(PASSWORD))
    assert outcome.code == "ok" and isinstance(shell.window.page(), Workplace)
    await shell.until(lambda: shell.begun == (OTHERS, True))
    assert shell.opens(shell.anna) == (WORDS, False) and not shell.keys.keys
