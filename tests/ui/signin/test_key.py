"""Signing in with an API key: shown where the server knows nothing else, and never kept by a page."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.kit.buttons import Button
from leaddesk.ui.kit.pieces.choices import CheckBox
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text
from leaddesk.ui.signin.sign_in_page import SignInPage
from leaddesk.ui.signin.sign_in_presenter import SignInPresenter
from leaddesk.ui.signin.sign_in_state import SignInState, Trouble
from leaddesk.ui.signin.ways.browser_sign_in import BrowserSignIn
from tests.support.pretended import Answer, PretendedSignIn, Word
from tests.support.room import Room, carried

STATE = SignInState(Instance("Live"), "https://api.leadtributor.cloud", "0.1.0")
KEY_ONLY = SimpleNamespace(form=False, browser=None, key=True)
KEY = "canary-key-7f3a91c04be2"


class Front:
    """The page at a server that takes keys alone, with everything that works for it."""

    def __init__(self, room: Room, state: SignInState = STATE) -> None:
        self.room, self.clerk, self.page = room, PretendedSignIn(), SignInPage(state)
        self.clerk.offered = KEY_ONLY
        if state.session_only:
            self.clerk.vault_note = Word.NO_SERVICE
        self.form = SignInPresenter(self.page, self.clerk, state, TaskScope(pytest.fail))  # type: ignore[arg-type]
        self.beside = BrowserSignIn(self.page, self.form, self.clerk, room.around)  # type: ignore[arg-type]
        room.keep(self.form.close)
        room.stand(self.page)

    async def settle(self) -> None:
        for _ in range(8):
            await asyncio.sleep(0)
        self.room.settle()

    @property
    def field(self) -> QLineEdit:
        (found,) = (one for one in self.page.findChildren(QLineEdit) if one.isVisibleTo(self.page))
        return found

    def words(self) -> str:
        shown = (one for one in self.page.findChildren(QLabel) if one.isVisibleTo(self.page))
        return " ".join(one.text() for one in shown)

    async def enter(self, key: str) -> None:
        self.field.setText(key)
        QTest.keyClick(self.field, Qt.Key.Key_Return)
        await self.settle()


async def front(room: Room, state: SignInState = STATE) -> Front:
    made = Front(room, state)
    await made.settle()
    return made


async def test_one_field_is_shown_and_has_the_keyboard(room: Room) -> None:
    here = await front(room)
    assert here.field.accessibleName() == text("signin.key") and here.field.hasFocus()
    assert here.field.echoMode() is QLineEdit.EchoMode.Password
    shown = [one.shown_text() for one in here.page.findChildren(Button) if one.isVisibleTo(here.page)]
    assert shown.count("Anmelden") == 1 and text("signin.browser") not in shown


@pytest.mark.parametrize("ticked", [False, True])
async def test_the_keyring_gets_it_only_when_the_person_says_so(room: Room, ticked: bool) -> None:
    here = await front(room)
    (box,) = here.page.findChildren(CheckBox)
    assert not box.isChecked()
    if ticked:
        QTest.keyClick(box, Qt.Key.Key_Space)
    await here.enter(KEY)
    assert here.clerk.asked == [f"key {KEY} {ticked}"]


async def test_enter_signs_in_from_the_box_too(room: Room) -> None:
    here = await front(room)
    here.field.setText(KEY)
    (box,) = here.page.findChildren(CheckBox)
    box.setFocus()
    room.press(Qt.Key.Key_Space)
    room.press(Qt.Key.Key_Return)
    await here.settle()
    assert here.clerk.asked == [f"key {KEY} True"]


async def test_without_a_keyring_there_is_nothing_to_tick(room: Room) -> None:
    here = await front(room, replace(STATE, session_only=True))
    assert not any(box.isVisibleTo(here.page) for box in here.page.findChildren(CheckBox))
    assert text("signin.session_only") in here.words()
    await here.enter(KEY)
    assert here.clerk.asked == [f"key {KEY} False"]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("refused.key", "trouble_key"),
        ("refused.key-shape", "trouble_key_shape"),
        ("refused.key-too-long", "trouble_key_too_long"),
        ("refused.key-reads-nothing", "trouble_key_reads_nothing"),
        ("refused.network", "trouble_network"),
        ("offline", "trouble_unreachable"),
    ],
)
async def test_what_went_wrong_stands_at_the_field_and_the_key_can_be_mended(
    room: Room, code: str, sentence: str
) -> None:
    here = await front(room)
    here.clerk.answers = [Answer(code)]
    await here.enter(KEY)
    assert text(f"signin.{sentence}") in here.words() and here.words().count(text(f"signin.{sentence}")) == 1
    assert here.field.hasFocus() and here.field.selectedText() != ""


async def test_nothing_typed_is_nothing_asked(room: Room) -> None:
    here = await front(room)
    await here.enter("   ")
    assert here.clerk.asked == [] and text("signin.key_missing") in here.words()


async def test_a_session_that_ended_says_that_the_key_did(room: Room) -> None:
    here = await front(room, replace(STATE, trouble=Trouble.ENDED))
    assert text("signin.trouble_key_over") in here.words()


async def test_the_key_leaves_the_page_with_it_and_stands_in_no_name(room: Room) -> None:
    here = await front(room)
    here.clerk.answers = [Answer("refused.key")]
    await here.enter(KEY)
    assert KEY in carried(here.page)
    here.field.setText("")
    assert KEY not in carried(here.page) and KEY not in here.room.window.windowTitle()
    here.field.setText(KEY)
    assert KEY not in repr(here.form.state())
    here.page.forget()
    assert KEY not in carried(here.page)
