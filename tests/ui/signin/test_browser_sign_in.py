"""Signing in with the browser: offered where the server does, said while it lasts, and given up at will."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit

from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.kit.buttons import Button, Kind
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import text
from leaddesk.ui.signin.sign_in_page import SignInPage
from leaddesk.ui.signin.sign_in_presenter import SignInPresenter
from leaddesk.ui.signin.sign_in_state import SignInState
from leaddesk.ui.signin.ways import browser_sign_in
from leaddesk.ui.signin.ways.browser_sign_in import BrowserSignIn
from tests.support.pretended import Answer, PretendedSignIn
from tests.support.room import Room

STATE = SignInState(Instance("Live"), "https://leads.wagner.example", "0.1.0")
BOTH, BROWSER_ONLY = (
    SimpleNamespace(form=True, browser=object(), key=False),
    SimpleNamespace(form=False, browser=object(), key=False),
)
BEGIN, COPY, CANCEL = "Im Browser anmelden", "Link kopieren", "Abbrechen"


class Front:
    """The page with everything that works for it."""

    def __init__(self, room: Room, offered: Any = BOTH) -> None:
        self.room, self.clerk, self.page = room, PretendedSignIn(), SignInPage(STATE)
        self.clerk.offered = offered
        self.tasks = TaskScope(pytest.fail)
        self.form = SignInPresenter(self.page, self.clerk, STATE, self.tasks)  # type: ignore[arg-type]
        self.beside = BrowserSignIn(self.page, self.form, self.clerk, room.around)  # type: ignore[arg-type]
        room.keep(self.form.close)
        room.stand(self.page)

    async def settle(self) -> None:
        for _ in range(8):
            await asyncio.sleep(0)
        self.room.settle()

    def buttons(self) -> dict[str, Button]:
        found = [one for one in self.page.findChildren(Button) if one.isVisibleTo(self.page)]
        return {one.shown_text(): one for one in found}

    def words(self) -> str:
        labels = [one for one in self.page.findChildren(QLabel) if one.isVisibleTo(self.page)]
        return " ".join(one.text() for one in labels)

    def fields(self) -> list[bool]:
        return [one.isVisibleTo(self.page) for one in self.page.findChildren(QLineEdit)[:2]]

    async def press(self, name: str) -> None:
        self.buttons()[name].click()
        await self.settle()


FORM_ONLY = SimpleNamespace(form=True, browser=None, key=False, misnamed=False)


@pytest.mark.parametrize("offered", [None, FORM_ONLY])
async def test_a_server_that_does_not_offer_it_is_not_asked_for_it(room: Room, offered: Any) -> None:
    front = Front(room, offered)
    await front.settle()
    assert BEGIN not in front.buttons() and front.fields() == [True, True]


async def test_beside_the_form_it_is_the_second_way_alone_it_is_the_main_one(room: Room) -> None:
    for offered, kind in ((BOTH, Kind.SECONDARY), (BROWSER_ONLY, Kind.PRIMARY)):
        front = Front(room, offered)
        await front.settle()
        assert front.buttons()[BEGIN].kind() is kind
        assert front.fields() == [offered.form] * 2
        assert ("Anmelden" in front.buttons()) is offered.form


async def test_while_the_browser_is_open_the_page_says_so_then_goes_on(room: Room) -> None:
    front = Front(room)
    await front.settle()
    await front.press(BEGIN)
    assert room.links == ["https://leads.wagner.example/oauth/authorize?state=x"]
    assert "Im Browser geht es weiter" in front.words() and front.fields() == [False, False]
    assert set(front.buttons()) >= {COPY, CANCEL} and BEGIN not in front.buttons()
    assert not any("state=x" in text for text in (front.words(), *front.buttons()))
    front.clerk.browser.set()
    await front.settle()
    assert front.clerk.asked == ["browser"] and front.clerk.me is not None


async def test_when_nothing_opens_the_link_can_be_copied(room: Room) -> None:
    room.opens = False
    front = Front(room)
    await front.settle()
    await front.press(BEGIN)
    assert "Es hat sich kein Browser geöffnet" in front.words()
    await front.press(COPY)
    assert room.around.clipboard.holds_ours() and room.said() == ["Link kopiert"]
    room.around.clipboard.clear_if_ours()
    await front.press(CANCEL)


async def test_given_up_it_can_begin_again(room: Room) -> None:
    front = Front(room)
    await front.settle()
    for _ in range(2):
        await front.press(BEGIN)
        await front.press(CANCEL)
        assert BEGIN in front.buttons() and front.fields() == [True, True]
        assert not front.tasks.busy("sign-in")
    assert len(room.links) == 2 and front.clerk.asked == []


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("refused.browser-refused", "abgelehnt oder abgebrochen"),
        ("refused.browser-late", "zu lange gedauert"),
        ("refused.no-loopback", "lässt die Rückkehr aus dem Browser nicht zu"),
        ("offline", "Server ist nicht erreichbar"),
    ],
)
@pytest.mark.parametrize("offered", [BOTH, BROWSER_ONLY])
async def test_what_went_wrong_is_said_and_the_ways_are_back(
    room: Room, code: str, sentence: str, offered: Any
) -> None:
    front = Front(room, offered)
    front.clerk.browser.set()
    front.clerk.answers = [Answer(code)]
    await front.settle()
    await front.press(BEGIN)
    assert sentence in front.words() and BEGIN in front.buttons()
    assert front.fields() == [offered.form] * 2


async def test_who_works_by_keyboard_stays_at_it(room: Room) -> None:
    """What is closed for the attempt hands the keyboard on: to the way out of it, then back."""
    front = Front(room)
    await front.settle()
    front.buttons()[BEGIN].setFocus()
    room.press(Qt.Key.Key_Return)
    await front.settle()
    assert front.buttons()[CANCEL].hasFocus()
    room.press(Qt.Key.Key_Return)
    await front.settle()
    assert front.buttons()[BEGIN].hasFocus()


async def test_a_server_that_was_away_is_asked_again_how_one_signs_in(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who can come in by their firm alone has no other way: the page must not stay without it."""
    monkeypatch.setattr(browser_sign_in, "FIRST_PAUSE", 0.001)
    front = Front(room, None)
    await front.settle()
    assert BEGIN not in front.buttons()
    front.clerk.offered = BROWSER_ONLY
    await room.until(lambda: BEGIN in front.buttons())
    assert front.fields() == [False, False]


async def test_a_page_that_is_given_up_asks_no_more(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_sign_in, "FIRST_PAUSE", 0.001)
    front = Front(room, None)
    await room.until(lambda: front.beside._pause > 0.001 and front.beside._again.isActive())
    front.form.close()
    front.beside._ask()
    await front.settle()
    assert not front.beside._again.isActive() and not front.tasks.busy("ways")


@pytest.mark.parametrize(
    ("form", "misnamed", "sentence"),
    [
        (False, False, "signin.trouble_no_way"),
        (False, True, "signin.trouble_misnamed"),
        (True, True, "signin.trouble_misnamed"),
        (True, False, None),
    ],
)
async def test_a_missing_way_is_said(room: Room, form: bool, misnamed: bool, sentence: str | None) -> None:
    """A server that calls itself by another address, or offers nothing that is known here."""
    front = Front(room, SimpleNamespace(form=form, browser=None, key=False, misnamed=misnamed))
    await front.settle()
    known = [text(f"signin.trouble_{one}") for one in ("no_way", "misnamed")]
    assert [one for one in known if one in front.words()] == ([text(sentence)] if sentence else [])
    assert front.fields() == [form, form]
