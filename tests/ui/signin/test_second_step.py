"""The code of a second factor: asked for after the password, on the sign-in page and on the lock page."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from leaddesk.personal.masked import Personal, Secret
from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.kit.buttons import Button
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.shell.lock.lock_presenter import LockPresenter
from leaddesk.ui.shell.state import LockState, Who
from leaddesk.ui.signin.sign_in_page import SignInPage
from leaddesk.ui.signin.sign_in_presenter import SignInPresenter
from leaddesk.ui.signin.sign_in_state import SignInState
from tests.support.pretended import Answer, PretendedSignIn
from tests.support.room import Room

SIGN_IN = SignInState(Instance("Live"), "https://leads.wagner.example", "0.1.0")
LOCKED = LockState(Instance("Live"), Who("Maren Boysen", "m", "Wagner"), "13:42")
CODE = "123 456"


class Front:
    """One of both pages after a right password."""

    def __init__(self, room: Room, kind: str) -> None:
        self.room, self.clerk, self.tasks = room, PretendedSignIn(), TaskScope(pytest.fail)
        self.clerk.answers = [Answer("refused.second-factor")]
        page: Any = SignInPage(SIGN_IN) if kind == "sign-in" else LockPage(LOCKED)
        presenter: Any = SignInPresenter if kind == "sign-in" else LockPresenter
        state: Any = SIGN_IN if kind == "sign-in" else LOCKED
        self.page: QWidget = page
        self.presenter = presenter(page, self.clerk, state, self.tasks)
        room.keep(self.presenter.close)
        room.stand(page)
        if kind == "sign-in":
            page.sign_in_requested.emit(Personal("m@x.example"), Secret("right"))
        else:
            page.unlock_requested.emit(Secret("right"))

    async def settle(self) -> None:
        for _ in range(8):
            await asyncio.sleep(0)
        self.room.settle()

    def shown(self, kind: type[Any]) -> list[Any]:
        return [one for one in self.page.findChildren(kind) if one.isVisibleTo(self.page)]

    def words(self) -> str:
        return " ".join(one.text() for one in self.shown(QLabel))

    async def enter(self, code: str, answer: str) -> None:
        self.clerk.answers = [Answer(answer)]
        (field,) = self.shown(QLineEdit)
        assert field.hasFocus()
        field.setText(code)
        QTest.keyClick(field, Qt.Key.Key_Return)
        await self.settle()


BOTH = pytest.mark.parametrize("kind", ["sign-in", "lock"])


@BOTH
async def test_it_takes_the_place_of_the_password_and_goes_on(room: Room, kind: str) -> None:
    front = Front(room, kind)
    await front.settle()
    assert "Authenticator-App" in front.words()
    await front.enter(CODE, "ok")
    assert front.clerk.asked[-1] == f"code {CODE}"


@BOTH
async def test_a_wrong_code_is_said_and_can_be_typed_over(room: Room, kind: str) -> None:
    front = Front(room, kind)
    await front.settle()
    await front.enter(CODE, "refused.sign-in")
    assert "Dieser Code stimmt nicht." in front.words() and "Passwort stimmt" not in front.words()
    (field,) = front.shown(QLineEdit)
    assert field.selectedText() == CODE
    await front.enter("", "ok")
    assert "Bitte den Code eingeben." in front.words() and len(front.clerk.asked) == 2


@BOTH
async def test_too_late_it_begins_anew_and_back_goes_back(room: Room, kind: str) -> None:
    for leave in ("late", "back"):
        front = Front(room, kind)
        await front.settle()
        if leave == "late":
            await front.enter(CODE, "refused.ticket-over")
            assert "Bitte das Passwort noch einmal eingeben." in front.words()
        else:
            next(one for one in front.shown(Button) if one.shown_text() == "Zurück").click()
            await front.settle()
        assert "Authenticator-App" not in front.words()
        assert not any(CODE in field.text() for field in front.page.findChildren(QLineEdit))
