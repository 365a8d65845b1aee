"""The question who is there, for people whose browser answers it: said, waited for, given up, tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from leaddesk.desk.outcomes import Failure, Offline, Ok, Reason, Refused
from leaddesk.personal.masked import Secret
from leaddesk.ui.account.step_up_dialog import StepUpDialog
from leaddesk.ui.account.step_up_presenter import StepUpPresenter
from leaddesk.ui.kit.buttons import Button
from leaddesk.ui.kit.wording import text
from tests.support.room import Room, carried, labels

LINK = "https://leads.wagner.example/oauth/authorize?request_uri=urn%3Aone"
BEGIN, INSTEAD, COPY = "Im Browser bestätigen", "Stattdessen im Browser bestätigen", "Link kopieren"
PASSWORD_INSTEAD = "Stattdessen das Passwort"


class Clerk:
    """A step-up clerk whose browser answers when it is told to."""

    def __init__(self, offered: tuple[str, ...]) -> None:
        self.on_wanted: Callable[[], object] | None = None
        self.offered = offered
        self.given_up = self.begun = self.left = 0
        self.came = asyncio.Event()
        self.answer: Ok[None] | Failure = Ok(None)
        self.pages: tuple[bytes, bytes] = (b"", b"")

    async def by_password(self, _password: Secret) -> Ok[None] | Failure:
        return self.answer

    async def in_browser(
        self, opening: Callable[[str], Awaitable[None]], heard: bytes, refused: bytes
    ) -> Ok[None] | Failure:
        self.begun += 1
        self.pages = heard, refused
        try:
            await opening(LINK)
            await self.came.wait()
        except asyncio.CancelledError:
            self.left += 1
            raise
        return self.answer

    def give_up(self) -> None:
        self.given_up += 1


class Asked:
    """The open question."""

    def __init__(self, room: Room, *offered: str) -> None:
        self.room, self.clerk = room, Clerk(offered)
        presenter = StepUpPresenter(self.clerk, room.around)  # type: ignore[arg-type]
        room.keep(presenter.close)
        assert self.clerk.on_wanted is not None
        self.clerk.on_wanted()

    @property
    def dialog(self) -> StepUpDialog:
        return self.room.window.findChildren(StepUpDialog)[0]

    def is_open(self) -> bool:
        self.room.settle()
        return bool(self.room.window.findChildren(StepUpDialog))

    def buttons(self) -> dict[str, Button]:
        found = [one for one in self.dialog.findChildren(Button) if one.isVisibleTo(self.dialog)]
        return {one.shown_text(): one for one in found}

    def fields(self) -> list[QLineEdit]:
        return [one for one in self.dialog.findChildren(QLineEdit) if one.isVisibleTo(self.dialog)]

    async def until_said(self, key: str) -> None:
        await self.room.until(lambda: text(key) in labels(self.dialog))


async def test_exactly_the_ways_there_are_are_offered(room: Room) -> None:
    firm = Asked(room, "browser")
    assert firm.fields() == [] and BEGIN in firm.buttons()
    assert not {INSTEAD, PASSWORD_INSTEAD, "Weiter"} & set(firm.buttons())
    assert text("account.step_up_sentence_browser") in labels(firm.dialog)
    room.press(Qt.Key.Key_Escape)
    room.settle()
    both = Asked(room, "password", "browser")
    assert len(both.fields()) == 1 and {INSTEAD, "Weiter"} <= set(both.buttons())
    assert text("account.step_up_by_code") not in both.buttons()


async def test_enter_opens_the_browser_and_its_answer_ends_the_question(room: Room) -> None:
    asked = Asked(room, "browser")
    room.press(Qt.Key.Key_Return)
    await asked.until_said("account.step_up_waiting")
    assert room.links == [LINK] and LINK not in carried(asked.dialog) and "urn" not in carried(asked.dialog)
    asked.clerk.came.set()
    await room.until(lambda: not asked.is_open())
    heard, refused = (page.decode() for page in asked.clerk.pages)
    assert text("account.step_up_page_done") in heard and text("account.step_up_page_not") in refused
    assert asked.clerk.left == 0


async def test_when_nothing_opens_the_link_can_be_copied(room: Room) -> None:
    room.opens = False
    asked = Asked(room, "browser")
    room.press(Qt.Key.Key_Return)
    await asked.until_said("account.step_up_unopened")
    asked.buttons()[COPY].click()
    assert room.around.clipboard.holds_ours() and room.said() == ["Link kopiert"]
    room.around.clipboard.clear_if_ours()
    room.press(Qt.Key.Key_Escape)
    await room.until(lambda: asked.clerk.left == 1)
    assert asked.clerk.given_up == 1, "who gives up waits for no browser"


async def test_another_way_may_be_taken_while_the_browser_is_open_and_what_was_typed_is_there(
    room: Room,
) -> None:
    asked = Asked(room, "password", "browser")
    field = asked.fields()[0]
    QTest.keyClicks(field, "halb ge")
    asked.buttons()[INSTEAD].click()
    await asked.until_said("account.step_up_waiting")
    asked.buttons()[PASSWORD_INSTEAD].click()
    await room.until(lambda: asked.clerk.left == 1)
    assert asked.fields()[0].text() == "halb ge" and asked.fields()[0].isEnabled()
    room.press(Qt.Key.Key_Return)
    await room.until(lambda: not asked.is_open())


@pytest.mark.parametrize(
    ("outcome", "key"),
    [
        (Refused(Reason.OTHER_PERSON), "account.step_up_other_person"),
        (Refused(Reason.BROWSER_REFUSED), "account.step_up_given_up"),
        (Refused(Reason.BROWSER_LATE), "account.step_up_late"),
        (Refused(Reason.TICKET_OVER), "account.step_up_used"),
        (Refused(Reason.NOT_FRESH), "outcome.refused.not-fresh"),
        (Refused(Reason.FIRM_AWAY), "outcome.refused.firm-away"),
        (Refused(Reason.NO_LOOPBACK), "outcome.refused.no-loopback"),
        (Offline(), "outcome.offline"),
    ],
    ids=lambda one: getattr(one, "code", ""),
)
async def test_what_went_wrong_is_said_and_it_can_begin_again(room: Room, outcome: Failure, key: str) -> None:
    asked = Asked(room, "browser")
    asked.clerk.answer = outcome
    asked.clerk.came.set()
    room.press(Qt.Key.Key_Return)
    await asked.until_said(key)
    assert asked.clerk.given_up == 0, "what waits waits on"
    asked.clerk.answer = Ok(None)
    room.press(Qt.Key.Key_Return)
    await room.until(lambda: not asked.is_open())
    assert asked.clerk.begun == 2
