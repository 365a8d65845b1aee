"""The sign-in page asks for what is needed and says plainly what went wrong."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea, QWidget

from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.kit.buttons import Button, Kind
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.signin.sign_in_page import SignInPage
from leaddesk.ui.signin.sign_in_presenter import SignInPresenter
from leaddesk.ui.signin.sign_in_state import SignInState, Trouble
from tests.stories.stage import Stage
from tests.support.pretended import Answer, PretendedSignIn, Word

STATE = SignInState(Instance("Live"), "https://leads.wagner.example", "0.1.0")
MAIL, WORD = "maren.boysen@wagner.example", "correct horse"


def fields(page: SignInPage) -> tuple[QLineEdit, QLineEdit]:
    mail, password = page.findChildren(QLineEdit)[:2]
    return mail, password


def words(page: SignInPage) -> str:
    return " ".join(label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page))


def test_enter_in_either_field_signs_in(stage: Stage) -> None:
    page = SignInPage(STATE)
    asked: list[tuple[Any, Any]] = []
    page.sign_in_requested.connect(lambda mail, password: asked.append((mail, password)))
    mail, password = fields(page)
    mail.setText(f" {MAIL} ")
    password.setText(WORD)
    QTest.keyClick(password, Qt.Key.Key_Return)
    QTest.keyClick(mail, Qt.Key.Key_Return)
    assert [(each.reveal(), secret.reveal()) for each, secret in asked] == [(MAIL, WORD)] * 2
    assert WORD not in repr(asked)
    assert MAIL not in repr(asked)


def test_an_empty_field_is_named_before_anything_is_sent(stage: Stage) -> None:
    page = SignInPage(STATE)
    asked: list[Any] = []
    page.sign_in_requested.connect(lambda *given: asked.append(given))
    fields(page)[0].setText(MAIL)
    QTest.keyClick(fields(page)[0], Qt.Key.Key_Return)
    assert asked == []
    assert "Bitte ausfüllen." in words(page)


def test_in_a_low_window_no_sentence_is_cut_off_and_the_keyboard_reaches_all(stage: Stage) -> None:
    page = SignInPage(STATE)
    page.resize(720, 480)
    page.show()
    area = page.findChildren(QScrollArea)[0]
    for trouble in (None, Trouble.MISNAMED):
        page.render_state(replace(STATE, trouble=trouble, session_only=True, keyring="locked"))
        stage.app.processEvents()
        wrapped = [one for one in page.findChildren(QLabel) if one.isVisibleTo(page) and one.wordWrap()]
        assert all(one.height() >= one.heightForWidth(one.width()) for one in wrapped)
    assert area.verticalScrollBar().maximum() > 0 and area.focusPolicy() is Qt.FocusPolicy.StrongFocus
    page.resize(1400, 1000)
    stage.app.processEvents()
    assert area.verticalScrollBar().maximum() == 0 and area.focusPolicy() is Qt.FocusPolicy.NoFocus
    page.close()


@pytest.mark.parametrize("trouble", list(Trouble))
def test_every_trouble_has_a_sentence(stage: Stage, trouble: Trouble) -> None:
    page = SignInPage(replace(STATE, trouble=trouble, seconds=28))
    before = words(SignInPage(STATE))
    assert words(page) != before
    assert trouble is not Trouble.THROTTLED or "28 Sekunden" in words(page)


def test_nothing_is_offered_that_is_not_there(stage: Stage) -> None:
    page = SignInPage(STATE)
    shown = [button.shown_text() for button in page.findChildren(Button) if button.isVisibleTo(page)]
    assert sorted(shown) == ["", "Anmelden", "English"]
    assert "Was dieser Rechner zusichern kann" not in shown
    page.render_state(replace(STATE, promises=True))
    assert "Was dieser Rechner zusichern kann" in [
        button.shown_text() for button in page.findChildren(Button) if button.isVisibleTo(page)
    ]


def test_a_keyring_that_is_not_there_is_said(stage: Stage) -> None:
    page = SignInPage(replace(STATE, session_only=True))
    assert "Anmeldung gilt nur für diese Sitzung" in words(page)


async def test_while_signing_in_a_second_press_does_nothing(stage: Stage) -> None:
    clerk = PretendedSignIn()
    gate = asyncio.Event()

    async def slow(email: Any, password: Any) -> Answer:
        clerk.asked.append("sign-in")
        await gate.wait()
        return Answer("refused.sign-in")

    clerk.sign_in = slow  # type: ignore[method-assign]
    page = SignInPage(STATE)
    presenter = SignInPresenter(page, clerk, STATE, TaskScope(pytest.fail))  # type: ignore[arg-type]
    fields(page)[0].setText(MAIL)
    fields(page)[1].setText(WORD)
    button = next(each for each in page.findChildren(Button) if each.kind() is Kind.PRIMARY)
    button.click()
    await asyncio.sleep(0)
    assert button.is_busy()
    assert not fields(page)[1].isEnabled()
    button.click()
    gate.set()
    for _ in range(3):
        await asyncio.sleep(0)
    assert clerk.asked == ["sign-in"]
    assert "E-Mail oder Passwort stimmt nicht." in words(page)
    assert fields(page)[0].text() == MAIL
    presenter.close()


@pytest.mark.parametrize("trouble", list(Trouble))
def test_after_an_attempt_the_keyboard_is_back_in_the_password(window: QWidget, trouble: Trouble) -> None:
    page = SignInPage(STATE, window)
    page.show()
    fields(page)[1].setFocus()
    page.render_state(replace(STATE, busy=True))
    assert not fields(page)[1].hasFocus()
    page.render_state(replace(STATE, trouble=trouble))
    assert fields(page)[1].hasFocus()


async def test_a_server_that_is_no_leaddesk_is_told_from_one_in_trouble(stage: Stage) -> None:
    clerk = PretendedSignIn()
    page = SignInPage(STATE)
    presenter = SignInPresenter(page, clerk, STATE, TaskScope(pytest.fail))  # type: ignore[arg-type]
    for info, sentence in ((None, "kein leaddesk-Server"), (object(), "antwortet gerade nicht richtig")):
        clerk.info, clerk.answers = info, [Answer("unavailable")]
        page.resume_requested.emit()
        for _ in range(3):
            await asyncio.sleep(0)
        assert sentence in words(page)
    presenter.close()


async def test_the_keyring_may_fail_while_the_page_is_open(stage: Stage) -> None:
    clerk = PretendedSignIn()
    page = SignInPage(STATE)
    presenter = SignInPresenter(page, clerk, STATE, TaskScope(pytest.fail))  # type: ignore[arg-type]
    assert "nur für diese Sitzung" not in words(page)
    clerk.vault_changed.publish(Word.NO_SERVICE)
    assert "nur für diese Sitzung" in words(page)
    presenter.close()
