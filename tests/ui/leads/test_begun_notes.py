"""A begun note is found again at its lead: what is typed is kept, what a page puts there is not typed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit

from leaddesk.contract.ids import LeadId
from leaddesk.desk.outcomes import Ok, Outcome, Queued, Reason, Refused, Unknown
from leaddesk.desk.sending.drafts import Draft, Drafts
from leaddesk.personal.masked import Personal
from leaddesk.ui.kit import masks
from leaddesk.ui.kit.pieces.choices import CheckBox
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.leads.detail.note.noting import Noting
from leaddesk.ui.leads.detail.state import LeadDetailState, Presence
from leaddesk.ui.leads.detail.view import LeadDetailView
from tests.stories.lead_detail import ANNA
from tests.stories.registry import NOW
from tests.support.room import Room, heard

CTRL = Qt.KeyboardModifier.ControlModifier
A, B = LeadId("anna"), LeadId("björn")


class Writing:
    """Somebody at the details of two leads; ``sent`` is what the desk was given, ``answer`` what it says."""

    def __init__(self, room: Room) -> None:
        self.room, self.drafts = room, Drafts()
        self.sent: list[tuple[LeadId, str, bool]] = []
        self.answer: Outcome[Any] = Ok(None)
        self.lets_go = asyncio.Event()
        self.lets_go.set()
        self.told: list[Outcome[Any]] = []
        self.tasks = TaskScope(room.errors.append)
        self.comes()

    def comes(self) -> None:
        """As a page is built: at first, or anew."""
        self.view = LeadDetailView()
        desk: Any = SimpleNamespace(drafts=self.drafts, leads=SimpleNamespace(add_note=self._add_note))
        self.noting = Noting(self.view, desk, self.tasks, self.told.append)
        self.room.stand(self.view)

    def leaves(self) -> None:
        """As a page is closed: another one, another tenant or language, a lock."""
        self.noting.close()
        self.tasks.close()
        self.tasks = TaskScope(self.room.errors.append)

    async def _add_note(self, lead_id: LeadId, note: Personal[str], *, intern: bool) -> Outcome[Any]:
        self.sent.append((lead_id, note.reveal(), intern))
        await self.lets_go.wait()
        return self.answer

    @property
    def field(self) -> QPlainTextEdit:
        return self.view.findChild(QPlainTextEdit)

    @property
    def shown(self) -> tuple[str, bool]:
        return self.field.toPlainText(), self.view.findChild(CheckBox).isChecked()

    def at(self, lead: LeadId) -> Writing:
        self.view.render_state(replace(ANNA, lead_id=lead))
        self.noting.show(lead)
        return self

    def types(self, words: str) -> None:
        self.view.write_note()
        QTest.keyClicks(self.field, words)

    def ticks(self) -> None:
        self.view.findChild(CheckBox).click()

    async def sends(self, *notes: str) -> None:
        for words in notes:
            self.view.write_note()
            self.field.insertPlainText(words)  # QTest types no emoji
            self.room.press(Qt.Key.Key_Return, CTRL)
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.fixture
async def maren(room: Room) -> AsyncIterator[Writing]:
    made = Writing(room)
    yield made
    made.lets_go.set()
    made.leaves()
    await asyncio.sleep(0)


async def test_another_lead_begins_empty_and_the_first_has_its_words_again(maren: Writing) -> None:
    maren.at(A).types("Ruft um 3 an")
    assert maren.at(B).shown == ("", True)
    maren.types("Dach voll")
    assert maren.at(A).shown == ("Ruft um 3 an", True)
    assert maren.at(B).shown == ("Dach voll", True)
    maren.at(A).types("!")
    assert maren.drafts.of(A) == Draft("Ruft um 3 an!"), "one writes on at the end"


async def test_what_may_leave_the_house_is_so_at_its_lead_only(maren: Writing) -> None:
    maren.at(A).types("an alle")
    maren.ticks()
    assert maren.shown == ("an alle", False)
    assert maren.at(B).shown == ("", True), "another lead's tick is its own"
    maren.types("intern")
    assert maren.at(A).shown == ("an alle", False)
    maren.ticks()
    assert maren.at(B).at(A).shown == ("an alle", True)


async def test_it_outlives_its_page(maren: Writing) -> None:
    maren.at(A).types("Ruft um 3 an")
    maren.ticks()
    maren.leaves()
    maren.comes()
    assert maren.at(A).shown == ("Ruft um 3 an", False)


async def test_what_was_saved_or_erased_is_begun_no_more(maren: Writing) -> None:
    await maren.at(A).sends("Ruft um 3 an")
    assert maren.sent == [(A, "Ruft um 3 an", True)]
    assert not maren.drafts.count and maren.at(B).at(A).shown[0] == ""
    maren.types("x")
    assert maren.drafts.count == 1
    maren.room.press(Qt.Key.Key_Backspace)
    assert not maren.drafts.count


@pytest.mark.parametrize("presence", [Presence.AWAITED, Presence.GONE])
async def test_a_lead_that_is_not_there_takes_its_note_out_of_sight_and_keeps_it(
    maren: Writing, presence: Presence
) -> None:
    maren.at(A).types("Ruft um 3 an")
    maren.view.render_state(LeadDetailState(A, NOW, presence))
    maren.noting.show(None)
    assert maren.shown == ("", True)
    assert maren.at(A).shown == ("Ruft um 3 an", True)


@pytest.mark.parametrize("answer", [Ok(None), Queued("e"), Unknown("e")])
async def test_what_the_desk_has_taken_in_is_not_begun_again(maren: Writing, answer: Outcome[Any]) -> None:
    maren.answer = answer
    await maren.at(A).sends("Ruft um 3 an")
    assert not maren.drafts.count and maren.told == [answer]


async def test_a_refused_note_is_a_begun_one_again_whichever_lead_is_shown_by_then(maren: Writing) -> None:
    maren.answer = Refused(Reason.INVALID, "text")
    maren.lets_go.clear()
    await maren.at(A).sends("zu lang")
    maren.at(B).types("Dach voll")
    maren.lets_go.set()
    await maren.room.until(lambda: maren.drafts.of(A))
    assert maren.shown == ("Dach voll", True) and maren.told == [maren.answer]
    assert maren.at(A).shown == ("zu lang", True)


async def test_below_what_was_refused_stands_what_was_typed_since(maren: Writing) -> None:
    maren.answer = Refused(Reason.INVALID, "text")
    maren.lets_go.clear()
    await maren.at(A).sends("zu lang 🙂")
    maren.types("und")
    maren.ticks()
    maren.lets_go.set()
    await maren.room.until(lambda: maren.told)
    assert maren.shown == ("zu lang 🙂\n\nund", True), "as private as the more private of both"
    maren.types(" mehr")
    assert maren.shown[0].endswith("\n\nund mehr"), "the cursor stayed where it was"


async def test_what_comes_back_behind_the_curtain_is_masked(maren: Writing) -> None:
    maren.at(A)
    with masks.drawn():
        maren.drafts.bring_back(A, Draft("Ruft um 3 an"))
        painted = QPlainTextEdit.toPlainText(maren.field)
    assert painted and "Ruft" not in painted and maren.shown == ("Ruft um 3 an", True)


async def test_what_waits_behind_a_slow_answer_is_not_lost_with_its_page(maren: Writing) -> None:
    maren.lets_go.clear()
    await maren.at(A).sends("one", "two", "three")
    assert maren.sent == [(A, "one", True)] and not maren.drafts.count
    maren.leaves()
    assert maren.drafts.of(A) == Draft("two\n\nthree")


async def test_a_note_whose_sending_had_not_begun_is_not_lost_with_its_page(maren: Writing) -> None:
    maren.at(A).types("one")
    maren.room.press(Qt.Key.Key_Return, CTRL)
    maren.leaves()
    await asyncio.sleep(0)
    assert maren.sent == [] and maren.drafts.of(A) == Draft("one")


async def test_nothing_a_page_puts_into_the_field_counts_as_typed(maren: Writing) -> None:
    maren.at(A).types("x")
    told = heard(maren.view.draft_changed)
    maren.at(B).at(A)
    assert told == []
