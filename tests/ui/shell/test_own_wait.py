"""Choosing to have it lock sooner, never later than others decided; and the page of promises."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from leaddesk.contract.people import TenantPolicy
from leaddesk.personal.masked import Secret
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.shell.help.keys_dialog import KeysDialog
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.signin.guarantees import Guarantees, GuaranteesDialog
from leaddesk.workstation.waits import OwnWait, Wait, WaitBy
from tests.support.pretended import Pretended, named


@pytest.mark.parametrize(
    ("limit", "chosen", "asked", "expected"),
    [
        (None, None, 10, Wait(10)),
        (None, 5, 10, Wait(5, WaitBy.PERSON)),
        (None, 30, 10, Wait(10)),
        (None, 10, 10, Wait(10)),
        (3, None, 10, Wait(3, WaitBy.MACHINE)),
        (3, 5, 10, Wait(3, WaitBy.MACHINE)),
        (3, 2, 10, Wait(2, WaitBy.PERSON)),
        (20, None, 10, Wait(10)),
    ],
)
def test_the_shortest_of_policy_machine_and_person_counts(
    limit: int | None, chosen: int | None, asked: int, expected: Wait
) -> None:
    own = OwnWait(limit)
    own.choose(chosen)
    assert own.wait(asked) == expected


@pytest.mark.parametrize(
    ("limit", "asked", "offered"), [(None, 10, (5, 2, 1)), (2, 10, (1,)), (None, 1, ()), (None, 3, (2, 1))]
)
def test_only_less_than_is_allowed_is_offered(
    limit: int | None, asked: int, offered: tuple[int, ...]
) -> None:
    assert OwnWait(limit).offered(asked) == offered


async def signed_in(office: Pretended) -> None:
    office.window.resize(1000, 700)
    office.window.show()
    office.stages.start()
    await rounds()


async def rounds() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def _menu(office: Pretended) -> QMenu:
    page = office.window.page()
    assert isinstance(page, Workplace)
    page.top.person_menu_requested.emit()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def _own(office: Pretended) -> OwnWait:
    return office.rooms.ground.own_wait


async def test_it_is_chosen_by_keyboard_and_said_how_long_that_lasts(office: Pretended) -> None:
    await signed_in(office)
    menu = _menu(office)
    waits = next(action for action in menu.actions() if action.text() == text("shell.menu_wait"))
    menu.setActiveAction(waits)
    QTest.keyClick(menu, Qt.Key.Key_Right)
    inner = waits.menu()
    assert isinstance(inner, QMenu) and inner.isVisible()
    for _ in range(2):
        QTest.keyClick(inner, Qt.Key.Key_Down)
    QTest.keyClick(inner, Qt.Key.Key_Return)
    assert _own(office).chosen == 2
    said = [label.text() for label in office.window.findChildren(PlainLabel)]
    assert text("shell.wait_chosen", n=2) in said


async def test_what_one_person_chose_is_not_another_persons(office: Pretended) -> None:
    await signed_in(office)
    _own(office).choose(2)
    await _lock_and_unlock(office)
    assert _own(office).chosen == 2
    office.desk.sign_in.person = named("Ayşe Demir", "Heiztechnik Wagner AG")
    await _lock_and_unlock(office)
    assert _own(office).chosen is None


async def test_a_policy_of_one_minute_leaves_nothing_to_choose(office: Pretended) -> None:
    await signed_in(office)
    office.desk.rules.policy.set(TenantPolicy(idle_minutes=1))
    assert text("shell.menu_wait") not in [action.text() for action in _menu(office).actions()]


async def _lock_and_unlock(office: Pretended) -> None:
    office.stages.lock()
    page = office.window.page()
    assert isinstance(page, LockPage)
    page.unlock_requested.emit(Secret("correct horse"))
    await rounds()


async def test_the_page_of_promises_says_what_was_tried(
    office: Pretended,
) -> None:
    async def tried() -> Guarantees:
        await asyncio.sleep(0)
        return Guarantees(("kept",), ("not told by anybody",))

    office.rooms.ground.__dict__["guarantees"] = tried
    await signed_in(office)
    page = office.window.page()
    assert isinstance(page, Workplace)
    page.navigation.help_requested.emit()
    office.window.findChildren(KeysDialog)[-1].promises_requested.emit()
    await rounds()
    (dialog,) = office.window.findChildren(GuaranteesDialog)
    assert "not told by anybody" in [label.text() for label in dialog.findChildren(PlainLabel)]
