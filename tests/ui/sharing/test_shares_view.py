"""The page of own requests: buttons by name, rows that stay, what waits and what was decided."""

from __future__ import annotations

from dataclasses import replace

from leaddesk.contract.sharing import ShareStatus
from leaddesk.ui.kit.buttons import Button
from leaddesk.ui.sharing.share_state import ShareLine, SharesState
from leaddesk.ui.sharing.shares_view import SharesView
from tests.stories.registry import NOW
from tests.stories.sharing import _line
from tests.support.room import Room, heard, labels

WAITS = _line("1", ShareStatus.PENDING)
DECIDED = _line("2", ShareStatus.REJECTED, "Ayşe Demir", "Erst anrufen")


def standing(room: Room, *lines: ShareLine) -> SharesView:
    view = SharesView()
    view.render_state(SharesState(NOW, lines))
    room.stand(view)
    return view


def test_only_what_waits_can_be_taken_back(room: Room) -> None:
    view = standing(room, WAITS, DECIDED)
    back = [button for button in view.findChildren(Button) if button.shown_text() == "Zurückziehen"]
    taken = heard(view.withdraw_requested)
    assert len(back) == 1
    back[0].click()
    assert taken == ["1"]


def test_each_row_opens_its_lead_and_says_which(room: Room) -> None:
    view = standing(room, WAITS, DECIDED)
    opened = heard(view.lead_opened)
    buttons = [button for button in view.findChildren(Button) if button.shown_text() == "Lead öffnen"]
    assert [button.accessibleName() for button in buttons] == ["Lead öffnen, Anna Meyer"] * 2
    buttons[0].click()
    assert opened == ["lead"]


def test_a_decision_says_by_whom_and_why(room: Room) -> None:
    assert "Ayşe Demir: „Erst anrufen“" in labels(standing(room, DECIDED))


def test_missing_words_are_dashes(room: Room) -> None:
    view = standing(room, replace(WAITS, name="", title="", place="", reason=""))
    assert labels(view).count("–") == 3


def test_a_new_request_leaves_the_focused_row_alone(room: Room) -> None:
    view = standing(room, WAITS)
    button = next(each for each in view.findChildren(Button) if each.shown_text() == "Lead öffnen")
    button.setFocus()
    view.render_state(SharesState(NOW, (DECIDED, WAITS)))
    room.settle()
    assert button.hasFocus()


def test_while_it_is_taken_back_a_second_press_does_nothing(room: Room) -> None:
    view = standing(room, WAITS)
    view.render_state(SharesState(NOW, (WAITS,), frozenset({"1"})))
    room.settle()
    back = next(button for button in view.findChildren(Button) if button.shown_text() == "Zurückziehen")
    assert back.is_busy()
