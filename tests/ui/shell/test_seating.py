"""Several sign-ins in one window: one is shown, all are locked, none leaves anything in another's window."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu

from leaddesk.session.state import SessionState
from leaddesk.ui.kit.brand.instance import Instance, InstanceKind
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.shell.opening.starting_page import StartingPage
from leaddesk.ui.shell.place.place import PlaceButton
from leaddesk.ui.signin.sign_in_page import SignInPage
from tests.stories.stage import Stage
from tests.support.pretended import Answer, Company, named
from tests.support.room import carried

WAGNER = Instance("Live")
BRAND = Instance("Nordwärme Partner", InstanceKind.BRAND)


@pytest.fixture
async def company(stage: Stage) -> AsyncIterator[Company]:
    made = Company(stage.style, WAGNER)
    yield made
    made.close()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - any state of any desk
            await asyncio.sleep(0)


async def two(company: Company) -> tuple[Any, Any]:
    """Wagner in front, Petersen behind; both signed in."""
    first = company.seats.front
    company.seating.start()
    await until(lambda: first.desk.calls == ["run"])
    second = company.sit(BRAND)
    second.desk.sign_in.person = named("Jörg Kruse", "Petersen Wärme KG")
    await until(lambda: second.desk.calls == ["run"])
    return first, second


async def test_a_seat_behind_works_and_shows_nothing(company: Company) -> None:
    _, second = await two(company)
    assert second.desk.calls == ["run"]
    text = carried(company.window)
    assert "Heiztechnik Wagner AG" in text and "Petersen" not in text


async def test_alt_and_a_number_shows_another_seat_with_its_own_paint_and_title(company: Company) -> None:
    first, second = await two(company)
    company.window.show()
    company.window.activateWindow()
    QTest.qWaitForWindowActive(company.window)
    QTest.keyClick(company.window.windowHandle(), Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    await until(lambda: company.seats.front is second)
    text = carried(company.window)
    assert "Petersen Wärme KG" in text and "Heiztechnik Wagner AG" not in text
    assert company.window.windowTitle() == "leaddesk – Nordwärme Partner"
    QTest.keyClick(company.window.windowHandle(), Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    await until(lambda: company.seats.front is first)
    assert company.window.windowTitle() == "leaddesk – Live"
    assert (first.desk.calls, second.desk.calls) == (["run"], ["run"]), "nothing was loaded anew"


async def test_coming_back_one_finds_what_one_left(company: Company) -> None:
    await two(company)
    page = company.window.page()
    assert isinstance(page, Workplace)
    page.top.search.setText("meyer")
    company.seating.show(1)
    other = company.window.page()
    assert isinstance(other, Workplace) and other.top.search.text() == ""
    company.seating.show(0)
    again = company.window.page()
    assert isinstance(again, Workplace) and again.top.search.text() == "meyer"


async def test_one_lock_locks_all(company: Company) -> None:
    first, second = await two(company)
    page = company.window.page()
    assert isinstance(page, Workplace)
    page.top.lock_requested.emit()
    await until(lambda: "finish-lock" in second.desk.calls)
    assert isinstance(company.window.page(), LockPage)
    states = [seat.desk.sign_in.state.value for seat in (first, second)]
    assert states == [SessionState.LOCKED, SessionState.LOCKED]
    company.seating.show(1)
    page = company.window.page()
    assert isinstance(page, LockPage)
    assert "Petersen Wärme KG" in carried(page) and "Wagner" not in carried(page)


async def test_the_menu_names_every_seat_and_the_way_to_another(company: Company) -> None:
    await two(company)
    page = company.window.page()
    assert isinstance(page, Workplace)
    button = page.findChild(PlaceButton)
    assert button is not None
    button.click()
    menu = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu) and one.isVisible())
    entries = [action.text() for action in menu.actions() if action.text()]
    assert entries[0].startswith("Heiztechnik Wagner AG · Live (5)") and entries[0].endswith("Alt 1")
    assert entries[1].startswith("Petersen Wärme KG · Nordwärme Partner") and entries[1].endswith("Alt 2")
    assert entries[2:] == ["Bei einem weiteren anmelden …", "Überall hier abmelden"]
    menu.actions()[1].trigger()
    menu.close()
    await until(lambda: company.seats.front is company.seats.all[1])


async def test_signing_in_to_another_opens_an_empty_door_and_touches_nobody(company: Company) -> None:
    first, _ = await two(company)
    company.next = [Answer("session-over")]
    company.seating.sign_in_elsewhere()
    await until(lambda: isinstance(company.window.page(), SignInPage))
    assert len(company.seats.all) == 3
    assert first.desk.sign_in.state.value is SessionState.SIGNED_IN
    assert "Wagner" not in carried(company.window)


async def test_signing_out_shows_the_next_and_forgets_the_seat(company: Company) -> None:
    first, second = await two(company)
    await first.desk.sign_in.sign_out()
    await until(lambda: company.seats.all == (second,))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert isinstance(company.window.page(), Workplace)
    assert "Wagner" not in carried(company.window)
    assert first.left


async def test_signing_out_of_all_asks_once_for_what_is_unsent_anywhere(company: Company) -> None:
    _, second = await two(company)
    second.desk.outbox.kept = [object()]
    company.seating.sign_out_all()
    dialog = company.window.findChild(OverlayDialog)
    assert dialog is not None and dialog.primary is not None
    second.desk.outbox.kept = []
    dialog.primary.click()
    await until(lambda: len(company.seats.all) == 1)
    await until(lambda: isinstance(company.window.page(), SignInPage))


async def test_the_window_stays_open_while_changes_wait_behind(company: Company) -> None:
    _, second = await two(company)
    closed: list[bool] = []
    company.window.close_requested.connect(lambda: closed.append(True))
    second.desk.outbox.kept = [object()]
    assert not company.window.close()
    second.desk.outbox.kept = []
    assert company.window.close()
    assert closed == [True]


async def test_a_seat_that_is_still_asking_shows_so(company: Company) -> None:
    await two(company)
    company.next = [Answer("slow")]
    third = company.sit(BRAND)
    company.seats.show(third)
    assert isinstance(company.window.page(), StartingPage)
    third.desk.sign_in.let_go.set()
    await until(lambda: isinstance(company.window.page(), Workplace))


async def test_a_session_that_ended_behind_is_said_when_one_comes(company: Company) -> None:
    _, second = await two(company)
    second.desk.sign_in.me = None
    second.desk.sign_in.state.set(SessionState.ENDED)
    assert isinstance(company.window.page(), Workplace)
    company.seating.show(1)
    page = company.window.page()
    assert isinstance(page, SignInPage)
    assert any("Sitzung ist zu Ende" in label.text() for label in page.findChildren(QLabel))
