"""The lock page says why it locked, and a lock that comes while somebody unlocks is not lost."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from leaddesk.personal.masked import Secret
from leaddesk.session.state import SessionState
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.shell.lock.lock_presenter import LOOK_MS
from leaddesk.ui.shell.state import LockCause, Locking, Memory
from tests.support.pretended import Answer, Pretended
from tests.support.room import carried
from tests.ui.shell.test_stages import rounds, signed_in


def _said(page: QWidget) -> str:
    return " ".join(child.accessibleName() for child in page.findChildren(QWidget))


@pytest.mark.parametrize(
    ("locking", "words"),
    [
        (Locking(LockCause.IDLE, 10), "nach 10 Minuten Pause"),
        (Locking(LockCause.DESKTOP), "zusammen mit diesem Rechner"),
        (Locking(LockCause.SLEEP), "vor dem Ruhezustand"),
        (Locking(LockCause.SWITCHED), "eine andere Person"),
    ],
)
async def test_it_says_why(office: Pretended, locking: Locking, words: str) -> None:
    await signed_in(office)
    office.stages.lock(locking)
    page = office.window.page()
    assert isinstance(page, LockPage)
    assert words in _said(page)


async def test_a_lock_while_unlocking_is_not_lost(office: Pretended) -> None:
    await signed_in(office)
    office.stages.lock()
    page, answered = office.window.page(), asyncio.Event()
    assert isinstance(page, LockPage)
    unlock = office.desk.sign_in.unlock

    async def slowly(password: Secret) -> Answer:
        await answered.wait()
        return await unlock(password)

    office.desk.sign_in.unlock = slowly  # type: ignore[method-assign]
    page.unlock_requested.emit(Secret("correct horse"))
    await rounds()
    office.stages.lock(Locking(LockCause.SLEEP))
    answered.set()
    await rounds()
    assert office.desk.sign_in.state.value is SessionState.LOCKED
    assert isinstance(office.window.page(), LockPage)
    office.desk.sign_in.unlock = unlock  # type: ignore[method-assign]
    page = office.window.page()
    assert isinstance(page, LockPage)
    page.unlock_requested.emit(Secret("correct horse"))
    await rounds()
    assert isinstance(office.window.page(), Workplace)


async def test_a_lock_during_an_attempt_that_fails_is_over_with_it(office: Pretended) -> None:
    await signed_in(office)
    office.stages.lock()
    page = office.window.page()
    assert isinstance(page, LockPage)
    office.desk.sign_in.answers = [Answer("refused.sign-in")]
    page.unlock_requested.emit(Secret("wrong"))
    office.stages.lock(Locking(LockCause.SLEEP))
    await rounds()
    page.unlock_requested.emit(Secret("correct horse"))
    await rounds()
    assert isinstance(office.window.page(), Workplace)


async def test_with_the_platform_down_it_says_so_and_stops_saying_so(office: Pretended) -> None:
    await signed_in(office)
    office.desk.answers_calls = False
    office.stages.lock()
    page = office.window.page()
    assert isinstance(page, LockPage)
    await rounds()
    assert page._outage.isVisibleTo(page)
    office.desk.answers_calls = True
    (looks,) = [one for one in page.children() if isinstance(one, QTimer)]
    assert looks.isActive() and looks.interval() == LOOK_MS
    looks.timeout.emit()
    await rounds()
    assert not page._outage.isVisibleTo(page)


@pytest.mark.parametrize("after", [Memory.KEPT, Memory.FAILED, Memory.EMPTIED])
async def test_a_page_that_is_about_to_begin_anew_says_so_and_takes_nothing_that_would_be_lost(
    office: Pretended, after: Memory
) -> None:
    await signed_in(office)
    office.window.show()
    office.stages.lock()
    page = office.window.page()
    assert isinstance(page, LockPage)
    field = next(one for one in page.findChildren(QLineEdit) if one.isVisibleTo(page))
    office.stages.say_memory(Memory.EMPTYING)
    QTest.keyClicks(page, "correct")
    assert not field.isEnabled() and field.text() == "" and text("lock.memory_emptying") in carried(page)
    office.stages.say_memory(after)
    assert field.isEnabled() and office.window.focusWidget() is field
    QTest.keyClicks(field, "correct horse")
    assert field.text() == "correct horse"
