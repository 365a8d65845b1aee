"""The lead detail under hand and eye: keys, drafts, pushes while somebody works, text as it was sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QScrollArea, QTabBar, QWidget

from leaddesk.contract.ids import LeadId
from leaddesk.ui.kit.buttons import Button
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.phrases import DASH
from leaddesk.ui.leads.detail.state import (
    Allowed,
    DetailTab,
    FieldLine,
    HistoryLine,
    LeadDetailState,
    NoteLine,
    Presence,
    StepState,
)
from leaddesk.ui.leads.detail.step_bar import StepBar
from leaddesk.ui.leads.detail.view import LeadDetailView
from tests.stories.lead_detail import ANNA, STEPS
from tests.stories.registry import NOW
from tests.support.room import Room, carried, heard, labels

CTRL = Qt.KeyboardModifier.ControlModifier
MANY = tuple(NoteLine("Maren Boysen", f"Notiz {n}", NOW - timedelta(minutes=n), True) for n in range(60))


@pytest.fixture
def view(room: Room) -> LeadDetailView:
    made = LeadDetailView()
    made.render_state(ANNA)
    room.stand(made)
    return made


def editor(view: LeadDetailView) -> QPlainTextEdit:
    return view.findChild(QPlainTextEdit)


def step_bar(view: LeadDetailView) -> StepBar:
    return view.findChild(StepBar)


def page(view: LeadDetailView) -> QScrollArea:
    return next(area for area in view.findChildren(QScrollArea) if area.isVisible())


def button(view: QWidget, words: str) -> Button:
    return next(each for each in view.findChildren(Button) if each.shown_text() == words)


def test_n_leads_into_the_note_and_ctrl_enter_sends_it(view: LeadDetailView, room: Room) -> None:
    written = heard(view.note_written)
    view.write_note()
    assert editor(view).hasFocus()
    QTest.keyClicks(editor(view), "Ruft um 3 an")
    room.press(Qt.Key.Key_Return, CTRL)
    assert written == [("Ruft um 3 an", True)]
    assert view.draft() == ""


def test_enter_alone_makes_a_new_line_and_an_empty_note_is_not_sent(view: LeadDetailView, room: Room) -> None:
    written = heard(view.note_written)
    view.write_note()
    room.press(Qt.Key.Key_Return)
    room.press(Qt.Key.Key_Return, CTRL)
    assert written == []
    assert not button(view, "Notiz speichern").isEnabled()


def test_escape_leaves_the_note_and_keeps_the_words(view: LeadDetailView, room: Room) -> None:
    view.write_note()
    QTest.keyClicks(editor(view), "angefangen")
    room.press(Qt.Key.Key_Escape)
    assert not editor(view).hasFocus()
    assert view.isAncestorOf(QApplication.focusWidget())
    assert view.draft() == "angefangen"


def test_the_note_can_be_meant_for_partners_too(view: LeadDetailView, room: Room) -> None:
    written = heard(view.note_written)
    view.write_note()
    QTest.keyClicks(editor(view), "an alle")
    room.press(Qt.Key.Key_Tab)
    room.press(Qt.Key.Key_Space)
    room.press(Qt.Key.Key_Tab)
    room.press(Qt.Key.Key_Return)
    assert written == [("an alle", False)]


def test_s_leads_to_the_steps_arrows_propose_and_enter_takes(view: LeadDetailView, room: Room) -> None:
    chosen = heard(view.step_requested)
    view.change_step()
    room.press(Qt.Key.Key_Right)
    room.press(Qt.Key.Key_Right)
    assert step_bar(view).accessibleDescription() == "Angebot"
    assert chosen == []
    room.press(Qt.Key.Key_Return)
    assert chosen == ["Angebot"]


def test_escape_drops_a_proposed_step_and_the_current_one_is_never_sent(
    view: LeadDetailView, room: Room
) -> None:
    chosen = heard(view.step_requested)
    view.change_step()
    room.press(Qt.Key.Key_Right)
    room.press(Qt.Key.Key_Escape)
    room.press(Qt.Key.Key_Return)
    room.press(Qt.Key.Key_Left)
    room.press(Qt.Key.Key_Right)
    room.press(Qt.Key.Key_Return)
    assert chosen == []


def test_a_push_does_not_take_the_proposed_step_away(view: LeadDetailView, room: Room) -> None:
    chosen = heard(view.step_requested)
    view.change_step()
    room.press(Qt.Key.Key_Right)
    view.render_state(replace(ANNA, now=NOW + timedelta(minutes=1), notes=MANY))
    room.press(Qt.Key.Key_Return)
    assert chosen == ["Vor-Ort-Termin"]


def test_t_and_delete_ask_only_where_the_person_may(view: LeadDetailView) -> None:
    shared, deleted = heard(view.share_requested), heard(view.delete_requested)
    view.share()
    view.delete()
    assert shared == [ANNA.lead_id]
    assert len(deleted) == 1
    view.render_state(replace(ANNA, allowed=Allowed()))
    for act in (view.share, view.delete, view.write_note, view.change_step):
        act()
    assert (len(shared), len(deleted)) == (1, 1)
    assert QApplication.focusWidget() not in (editor(view), step_bar(view))


def test_what_a_person_may_not_do_is_not_there(view: LeadDetailView) -> None:
    view.render_state(replace(ANNA, allowed=Allowed()))
    shown = [each.shown_text() for each in view.findChildren(Button) if each.isVisible()]
    assert not {"Freigeben", "Notiz", "Notiz speichern"} & set(shown)
    assert not editor(view).isVisible()


def test_typing_focus_draft_scroll_and_tab_survive_a_push(view: LeadDetailView, room: Room) -> None:
    view.render_state(replace(ANNA, notes=MANY))
    view.open_tab(DetailTab.JOURNAL)
    view.write_note()
    QTest.keyClicks(editor(view), "mitten im ")
    room.settle()
    page(view).verticalScrollBar().setValue(300)
    where = page(view)
    view.render_state(replace(ANNA, now=NOW + timedelta(seconds=1), notes=MANY, step=StepState(STEPS, "Neu")))
    room.settle()
    QTest.keyClicks(QApplication.focusWidget(), "Satz")
    assert view.draft() == "mitten im Satz"
    assert page(view) is where
    assert where.verticalScrollBar().value() == 300


def test_rows_that_did_not_change_stay_the_same_widgets(view: LeadDetailView, room: Room) -> None:
    view.open_tab(DetailTab.HISTORY)
    before = view.findChildren(PlainLabel)
    later = replace(ANNA, now=NOW + timedelta(minutes=5))
    view.render_state(later)
    assert view.findChildren(PlainLabel) == before
    new = HistoryLine(NOW, "Jens Kröger", "note-added")
    view.render_state(replace(later, history=(new, *(ANNA.history or ()))))
    room.settle()
    after = set(view.findChildren(PlainLabel))
    assert set(before) <= after
    assert len(after) == len(before) + 3


def test_another_lead_forgets_the_draft_and_starts_at_the_top(view: LeadDetailView, room: Room) -> None:
    view.render_state(replace(ANNA, notes=MANY))
    view.open_tab(DetailTab.JOURNAL)
    room.settle()
    page(view).verticalScrollBar().setValue(300)
    view.set_draft("für Anna")
    view.render_state(replace(ANNA, lead_id=LeadId("b"), name="Björn Petersen", notes=MANY))
    assert view.draft() == ""
    assert page(view).verticalScrollBar().value() == 0


def test_a_deleted_lead_leaves_nothing_behind(view: LeadDetailView, room: Room) -> None:
    view.set_draft("Anna zurückrufen")
    assert "0171 39200 42" in carried(view)
    view.render_state(LeadDetailState(ANNA.lead_id, NOW, Presence.GONE))
    room.settle()
    left = carried(view)
    for personal in ("Anna", "0171", "anna.meyer", "Feldstraße", "Ölheizung", "Rückruf", "Lorenzen"):
        assert personal not in left
    closed = heard(view.closed)
    button(view, "Schließen").click()
    assert len(closed) == 1


def test_server_text_is_shown_character_by_character(view: LeadDetailView, room: Room) -> None:
    odd = "<b>x</b> & co"
    view.render_state(
        replace(
            ANNA,
            name=odd,
            contact=(FieldLine(odd, odd),),
            quotes=(odd * 8,),
            notes=(NoteLine(odd, odd, NOW, True),),
            step=StepState((odd, "zwei"), odd),
            owner=None,
        )
    )
    room.settle()
    texts = [label.text() for label in view.findChildren(PlainLabel)]
    assert texts.count(odd) >= 4
    rich = [label for label in view.findChildren(PlainLabel) if label.textFormat() != Qt.TextFormat.PlainText]
    assert rich == []
    tips = [each.toolTip() for each in view.findChildren(QWidget) if "<" in each.toolTip()]
    assert all("&lt;b&gt;" in tip for tip in tips)


def test_an_empty_value_is_a_dash_without_a_copy_button(view: LeadDetailView, room: Room) -> None:
    view.render_state(replace(ANNA, contact=(FieldLine("Telefon", "", copyable=True),), interest=()))
    room.settle()
    assert DASH in labels(view)
    assert [each for each in view.findChildren(Button) if each.accessibleName() == "Telefon kopieren"] == []


def test_a_hostile_value_is_shown_with_its_controls_and_copied_as_it_is(
    view: LeadDetailView, room: Room
) -> None:
    hostile = "anna\u202emoc.live\u200b@example.de"
    line = FieldLine("E-Mail", hostile, copyable=True)
    view.render_state(
        replace(ANNA, name="A\u2067nna", contact=(line,), subtitle=("\u05d0\u05e0\u05d4", "24103 Kiel"))
    )
    room.settle()
    copied = heard(view.copy_requested)
    next(b for b in view.findChildren(Button) if b.accessibleName() == "E-Mail kopieren").click()
    assert copied == [hostile]
    assert "\u2068\u05d0\u05e0\u05d4\u2069 • 24103 Kiel" in labels(view)
    assert all("\u202e" not in each.toolTip() for each in view.findChildren(QWidget))


def test_copying_gives_the_whole_value(view: LeadDetailView) -> None:
    copied = heard(view.copy_requested)
    next(b for b in view.findChildren(Button) if b.accessibleName() == "E-Mail kopieren").click()
    assert copied == ["anna.meyer@example.de"]


def test_recipients_are_the_owners_business(view: LeadDetailView) -> None:
    view.open_tab(DetailTab.RECIPIENTS)
    view.render_state(replace(ANNA, owner="Heiztechnik Wagner AG", recipients=None))
    bar = view.findChild(QTabBar)
    assert [bar.isTabVisible(index) for index in range(5)] == [True, True, True, True, False]
    assert bar.currentIndex() != 4
    assert "Lead von Heiztechnik Wagner AG" in carried(view)


def test_what_could_not_be_loaded_says_so_and_can_be_asked_again(view: LeadDetailView, room: Room) -> None:
    asked = heard(view.retry_requested)
    view.open_tab(DetailTab.HISTORY)
    view.render_state(replace(ANNA, history=None, failed="Keine Verbindung."))
    room.settle()
    assert "Keine Verbindung." in labels(view)
    next(
        b for b in view.findChildren(Button) if b.isVisible() and b.shown_text() == "Erneut versuchen"
    ).click()
    assert len(asked) == 1


def test_walking_shows_the_place_and_ends_at_the_ends(view: LeadDetailView, room: Room) -> None:
    walked = heard(view.walk_requested)
    view.set_place(1, 2)
    room.settle()
    back = next(b for b in view.findChildren(Button) if b.accessibleName() == "Vorheriger Lead")
    on = next(b for b in view.findChildren(Button) if b.accessibleName() == "Nächster Lead")
    assert "1 / 2" in labels(view)
    assert (back.isEnabled(), on.isEnabled()) == (False, True)
    on.click()
    assert walked == [1]
    view.set_place(0, 0)
    assert not on.isVisible()


def test_tab_visits_the_detail_from_top_to_bottom(view: LeadDetailView, room: Room) -> None:
    view.setFocus()
    visited = []
    QTest.keyClick(room.window, Qt.Key.Key_Tab)
    for _ in range(20):
        now = QApplication.focusWidget()
        if now is None or now in visited:
            break
        visited.append(now)
        QTest.keyClick(now, Qt.Key.Key_Tab)
    heights = [each.mapTo(view, each.rect().topLeft()).y() for each in visited]
    first = heights.index(min(heights))
    rolled = heights[first:] + heights[:first]
    assert rolled == sorted(rolled)
    assert editor(view) in visited
    assert step_bar(view) in visited
