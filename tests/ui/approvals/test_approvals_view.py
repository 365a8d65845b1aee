"""The approvals page by keyboard: nothing is decided by one key, nor before it could be read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from leaddesk.ui.approvals import approvals_view
from leaddesk.ui.approvals.approval_queue import ApprovalQueue
from leaddesk.ui.approvals.approvals_view import ApprovalsView
from leaddesk.ui.kit.buttons import Button
from leaddesk.ui.kit.labels import PlainLabel
from tests.stories.approvals import OWN, QUESTION, STATE
from tests.support.room import Room, heard, labels

NEXT = STATE.queue[1]


@pytest.fixture
def view(room: Room) -> ApprovalsView:
    made = ApprovalsView()
    made.render_state(STATE)
    room.stand(made)
    made.focus_page()
    return made


@pytest.fixture
def readable(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every question had been on the screen long enough."""
    monkeypatch.setattr(approvals_view, "ARMED_AFTER_MS", 0)


def button(view: ApprovalsView, words: str) -> Button:
    return next(b for b in view.findChildren(Button) if b.shown_text() == words and b.isVisible())


def test_a_and_enter_count_only_after_half_a_second(view: ApprovalsView, room: Room) -> None:
    approved = heard(view.approve_requested)
    room.press(Qt.Key.Key_A)
    room.press(Qt.Key.Key_Return)
    QTest.mouseClick(button(view, "Genehmigen"), Qt.MouseButton.LeftButton)
    assert approved == []
    QTest.qWait(520)
    room.press(Qt.Key.Key_A)
    assert approved == []
    room.press(Qt.Key.Key_Return)
    assert len(approved) == 1


@pytest.mark.usefixtures("readable")
def test_r_asks_for_the_reason_and_enter_gives_it(view: ApprovalsView, room: Room) -> None:
    rejected = heard(view.reject_requested)
    room.press(Qt.Key.Key_R)
    field = view.findChild(QLineEdit)
    assert field.hasFocus()
    room.press(Qt.Key.Key_Return)
    assert rejected == []
    QTest.keyClicks(field, "A call first")
    room.press(Qt.Key.Key_Return)
    assert rejected == ["A call first"]


@pytest.mark.usefixtures("readable")
def test_escape_leaves_the_reason_and_keeps_the_words(view: ApprovalsView, room: Room) -> None:
    room.press(Qt.Key.Key_R)
    field = view.findChild(QLineEdit)
    QTest.keyClicks(field, "A call")
    room.press(Qt.Key.Key_Escape)
    assert not field.isVisible()
    assert button(view, "Ablehnen mit Grund").hasFocus()
    room.press(Qt.Key.Key_R)
    assert field.text() == "A call"


@pytest.mark.usefixtures("readable")
def test_another_question_takes_the_keyboard_from_the_button(view: ApprovalsView, room: Room) -> None:
    approved = heard(view.approve_requested)
    room.press(Qt.Key.Key_A)
    following = replace(QUESTION, line=NEXT, lead_serial=9)
    view.render_state(replace(STATE, queue=STATE.queue[1:], chosen=NEXT.share_request_id, question=following))
    room.settle()
    assert isinstance(QApplication.focusWidget(), ApprovalQueue)
    room.press(Qt.Key.Key_Return)
    assert approved == []


@pytest.mark.usefixtures("readable")
def test_new_values_of_the_same_lead_must_be_read_first(
    view: ApprovalsView, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved = heard(view.approve_requested)
    room.press(Qt.Key.Key_A)
    monkeypatch.setattr(approvals_view, "ARMED_AFTER_MS", 500)
    changed = replace(QUESTION, lead_serial=QUESTION.lead_serial + 1, lead_changed=True)
    view.render_state(replace(STATE, question=changed))
    room.settle()
    room.press(Qt.Key.Key_A)
    room.press(Qt.Key.Key_Return)
    assert approved == []
    assert "Der Lead wurde inzwischen geändert. Bitte prüfen Sie die neuen Werte." in labels(view)


@pytest.mark.usefixtures("readable")
def test_ones_own_request_can_be_read_but_not_decided(view: ApprovalsView, room: Room) -> None:
    approved, rejected = heard(view.approve_requested), heard(view.reject_requested)
    own = replace(QUESTION, line=OWN)
    view.render_state(replace(STATE, chosen=OWN.share_request_id, question=own))
    room.settle()
    for key in (Qt.Key.Key_A, Qt.Key.Key_Return, Qt.Key.Key_R, Qt.Key.Key_Return):
        room.press(key)
    assert (approved, rejected) == ([], [])
    shown = {each.shown_text() for each in view.findChildren(Button) if each.isVisible()}
    assert not {"Genehmigen", "Ablehnen mit Grund"} & shown


@pytest.mark.usefixtures("readable")
def test_while_an_answer_is_awaited_nothing_is_decided_again(view: ApprovalsView, room: Room) -> None:
    approved, rejected = heard(view.approve_requested), heard(view.reject_requested)
    room.press(Qt.Key.Key_R)
    QTest.keyClicks(view.findChild(QLineEdit), "no")
    view.render_state(replace(STATE, busy=True))
    room.press(Qt.Key.Key_Return)
    room.press(Qt.Key.Key_Escape)
    room.press(Qt.Key.Key_A)
    room.press(Qt.Key.Key_Return)
    assert (approved, rejected) == ([], [])


@pytest.mark.parametrize(("down", "up"), [(Qt.Key.Key_J, Qt.Key.Key_K), (Qt.Key.Key_Down, Qt.Key.Key_Up)])
def test_the_queue_is_walked_by_keys(view: ApprovalsView, room: Room, down: Qt.Key, up: Qt.Key) -> None:
    chosen = heard(view.request_chosen)
    room.press(down)
    room.press(up)
    assert chosen == ["2", "1"]


def test_the_arrows_beside_the_question_walk_the_queue(view: ApprovalsView) -> None:
    chosen = heard(view.request_chosen)
    next(b for b in view.findChildren(Button) if b.accessibleName() == "Nächste Freigabe").click()
    assert chosen == ["2"]


def test_a_push_leaves_the_question_as_it_is(view: ApprovalsView, room: Room) -> None:
    before = view.findChildren(PlainLabel)
    view.render_state(replace(STATE, approved_today=5))
    view.render_state(replace(STATE, busy=True))
    room.settle()
    assert view.findChildren(PlainLabel) == before
    assert view.findChild(ApprovalQueue).hasFocus()


def test_the_queue_speaks_and_tells_ones_own(view: ApprovalsView) -> None:
    queue = view.findChild(ApprovalQueue)
    assert [queue.item(row).text() for row in (0, 2)] == [
        "Anna Meyer, Wärme Nord",
        "Familie Öztürk, Wärme Nord, Ihre eigene",
    ]


def test_what_stays_in_the_house_is_never_left_out(view: ApprovalsView) -> None:
    shown = labels(view)
    assert shown.index("Bleibt im Haus") < shown.index("Budget") < shown.index("Journal")
    assert shown.count("nie") == 6


def test_a_question_that_cannot_be_read_can_be_asked_again(view: ApprovalsView, room: Room) -> None:
    asked = heard(view.retry_requested)
    view.render_state(replace(STATE, question=None, problem="Die Plattform ist gerade nicht verfügbar."))
    room.settle()
    button(view, "Erneut versuchen").click()
    assert len(asked) == 1


def test_server_text_is_shown_character_by_character(view: ApprovalsView, room: Room) -> None:
    odd = "<b>x</b> & co"
    line = replace(QUESTION.line, name=odd, requester=odd, market=odd)
    fields = tuple(replace(field, value=odd) for field in QUESTION.leaving)
    view.render_state(replace(STATE, question=replace(QUESTION, line=line, reason=odd, leaving=fields)))
    room.settle()
    assert labels(view).count(odd) == len(fields) + 1
    assert f"„{odd}“" in labels(view)
    shown = view.findChildren(PlainLabel)
    assert {label.textFormat() for label in shown} == {Qt.TextFormat.PlainText}
    assert all("&lt;b&gt;" in label.toolTip() for label in shown if "<" in label.toolTip())
