"""The offers page by keyboard: two keys to decide, four reasons, cards that stay, nothing hidden carried."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QRadioButton

from leaddesk.contract.markets import DisclosedDocument, DisclosedField
from leaddesk.ui.kit.buttons import Button
from leaddesk.ui.kit.floating.focus_ring import RingMark
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.offers import offer_card
from leaddesk.ui.offers.offer_card import OfferCard, remaining
from leaddesk.ui.offers.offers_state import OffersState
from leaddesk.ui.offers.offers_view import OffersView
from tests.stories.offers import CARDS, PAST
from tests.stories.registry import NOW
from tests.support.room import Room, carried, heard, labels

STATE = OffersState(NOW, CARDS, PAST)


@pytest.fixture
def view(room: Room) -> OffersView:
    made = OffersView()
    made.render_state(STATE)
    room.stand(made)
    made.focus_page()
    return made


@pytest.fixture
def readable(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every card had been on the screen long enough."""
    monkeypatch.setattr(offer_card, "ARMED_AFTER_MS", 0)


def cards(view: OffersView) -> list[OfferCard]:
    found = [card for card in view.findChildren(OfferCard) if card.isVisible()]
    return sorted(found, key=lambda card: (card.y(), card.x()))


def button(card: OfferCard, words: str) -> Button:
    return next(b for b in card.findChildren(Button) if b.shown_text() == words and b.isVisible())


def test_a_and_enter_count_only_after_half_a_second(view: OffersView, room: Room) -> None:
    accepted = heard(view.accept_requested)
    assert cards(view)[0].hasFocus()
    room.press(Qt.Key.Key_A)
    room.press(Qt.Key.Key_Return)
    QTest.mouseClick(button(cards(view)[0], "Annehmen"), Qt.MouseButton.LeftButton)
    assert accepted == []
    QTest.qWait(520)
    room.press(Qt.Key.Key_A)
    assert accepted == []
    room.press(Qt.Key.Key_Return)
    assert accepted == ["1"]


@pytest.mark.usefixtures("readable")
def test_r_shows_four_reasons_arrows_choose_and_enter_declines(view: OffersView, room: Room) -> None:
    declined = heard(view.decline_requested)
    room.press(Qt.Key.Key_R)
    reasons = [radio for radio in cards(view)[0].findChildren(QRadioButton) if radio.isVisible()]
    assert len(reasons) == 4
    room.press(Qt.Key.Key_Down)
    room.press(Qt.Key.Key_Return)
    assert declined == [("1", "Zu weit entfernt")]


@pytest.mark.usefixtures("readable")
def test_another_reason_needs_words(view: OffersView, room: Room) -> None:
    declined = heard(view.decline_requested)
    room.press(Qt.Key.Key_R)
    for _ in range(3):
        room.press(Qt.Key.Key_Down)
    room.press(Qt.Key.Key_Return)
    field = cards(view)[0].findChild(QLineEdit)
    assert declined == []
    assert field.hasFocus()
    QTest.keyClicks(field, "On holiday")
    room.press(Qt.Key.Key_Return)
    assert declined == [("1", "On holiday")]


@pytest.mark.usefixtures("readable")
def test_escape_turns_the_card_back_and_keeps_the_keyboard_on_it(view: OffersView, room: Room) -> None:
    declined = heard(view.decline_requested)
    room.press(Qt.Key.Key_R)
    room.press(Qt.Key.Key_Escape)
    assert cards(view)[0].hasFocus()
    assert button(cards(view)[0], "Annehmen").isVisible()
    assert declined == []


@pytest.mark.parametrize(("on", "back"), [(Qt.Key.Key_Right, Qt.Key.Key_Left), (Qt.Key.Key_J, Qt.Key.Key_K)])
def test_the_cards_are_walked_by_keys(view: OffersView, room: Room, on: Qt.Key, back: Qt.Key) -> None:
    for key, place in ((on, 1), (on, 2), (on, 2), (back, 1)):
        room.press(key)
        assert cards(view)[place].hasFocus()


def test_a_focused_card_wears_the_ring(view: OffersView, room: Room) -> None:
    room.press(Qt.Key.Key_Right)
    ring = room.window.findChild(RingMark)
    card = cards(view)[1]
    around = ring.geometry()
    assert ring.isVisible()
    assert around.contains(card.rect().translated(card.mapTo(room.window, card.rect().topLeft())))


@pytest.mark.usefixtures("readable")
def test_while_an_answer_is_awaited_nothing_is_decided_again(view: OffersView, room: Room) -> None:
    accepted, declined = heard(view.accept_requested), heard(view.decline_requested)
    view.render_state(replace(STATE, open=(replace(CARDS[0], pending=True), *CARDS[1:])))
    for key in (Qt.Key.Key_A, Qt.Key.Key_Return, Qt.Key.Key_R, Qt.Key.Key_Return):
        room.press(key)
    button(cards(view)[0], "Annehmen").click()
    assert (accepted, declined) == ([], [])


@pytest.mark.usefixtures("readable")
def test_a_push_keeps_what_is_being_typed_in_a_card(view: OffersView, room: Room) -> None:
    cards(view)[1].setFocus()
    room.press(Qt.Key.Key_R)
    for _ in range(3):
        room.press(Qt.Key.Key_Down)
    room.press(Qt.Key.Key_Return)
    QTest.keyClicks(QApplication.focusWidget(), "half a wo")
    view.render_state(replace(STATE, open=CARDS[1:]))
    room.settle()
    QTest.keyClicks(QApplication.focusWidget(), "rd")
    assert cards(view)[0].findChild(QLineEdit).text() == "half a word"


@pytest.mark.usefixtures("readable")
def test_when_the_card_ends_the_keyboard_goes_to_the_next_card_not_to_a_button(
    view: OffersView, room: Room
) -> None:
    accepted = heard(view.accept_requested)
    room.press(Qt.Key.Key_A)
    view.render_state(replace(STATE, open=CARDS[1:]))
    room.settle()
    assert QApplication.focusWidget() is cards(view)[0]
    room.press(Qt.Key.Key_Return)
    assert accepted == []


def test_a_card_that_slid_under_the_pointer_counts_as_new(view: OffersView, room: Room) -> None:
    accepted = heard(view.accept_requested)
    QTest.qWait(520)
    view.render_state(replace(STATE, open=CARDS[1:]))
    room.settle()
    QTest.mouseClick(button(cards(view)[0], "Annehmen"), Qt.MouseButton.LeftButton)
    assert accepted == []


@pytest.mark.usefixtures("readable")
def test_after_the_deadline_nothing_can_be_pressed(view: OffersView, room: Room) -> None:
    accepted = heard(view.accept_requested)
    view.tick(CARDS[0].deadline_at)
    room.press(Qt.Key.Key_A)
    room.press(Qt.Key.Key_Return)
    assert accepted == []
    assert not button(cards(view)[0], "Annehmen").isEnabled()


def test_a_tick_moves_figures_and_the_sentence_above(view: OffersView) -> None:
    before = view.findChildren(PlainLabel)
    view.tick(NOW + timedelta(minutes=2))
    assert "3 offen, nächste Frist in 9 Min." in labels(view)
    assert view.findChildren(PlainLabel) == before


@pytest.mark.parametrize(
    ("left", "figure", "unit"),
    [
        (timedelta(minutes=11, seconds=42), "11:42", "Minuten"),
        (timedelta(seconds=5), "0:05", "Minuten"),
        (timedelta(), "0:00", "Minuten"),
        (timedelta(hours=2, minutes=31), "2:31", "Stunden"),
        (timedelta(hours=22), "22", "Stunden"),
    ],
)
@pytest.mark.usefixtures("stage")
def test_the_figure_in_the_ring(left: timedelta, figure: str, unit: str) -> None:
    assert remaining(left) == (figure, unit)


def test_little_time_left_is_late() -> None:
    assert [card.is_late(NOW) for card in CARDS] == [True, False, False]
    assert CARDS[2].is_late(CARDS[2].deadline_at - timedelta(hours=4))


def test_a_hidden_field_carries_its_value_in_no_widget(view: OffersView, room: Room) -> None:
    secret = DisclosedField(label="Telefon", state="hidden", value="0171 SECRET")
    document = DisclosedDocument(title="Wärmepumpe", fields=[secret])
    view.render_state(replace(STATE, open=(replace(CARDS[0], offer_id="9", document=document),)))
    room.settle()
    assert "Telefon" in carried(view)
    assert "SECRET" not in carried(view)


def test_server_text_is_shown_character_by_character(view: OffersView, room: Room) -> None:
    odd = "<b>x</b> & co"
    document = DisclosedDocument(title=odd, fields=[DisclosedField(label=odd, state="visible", value=odd)])
    card = replace(CARDS[0], offer_id="9", document=document, owner=odd, market=odd)
    view.render_state(OffersState(NOW, (card,), (replace(PAST[2], title=odd, reason=odd),)))
    room.settle()
    assert labels(view).count(odd) == 4
    shown = view.findChildren(PlainLabel)
    assert {label.textFormat() for label in shown} == {Qt.TextFormat.PlainText}
    assert all("&lt;b&gt;" in label.toolTip() for label in shown if "<" in label.toolTip())


def test_an_empty_value_is_a_dash(view: OffersView, room: Room) -> None:
    document = DisclosedDocument(title="x", fields=[DisclosedField(label="Gebäude", state="visible")])
    view.render_state(OffersState(NOW, (replace(CARDS[0], offer_id="9", document=document),)))
    room.settle()
    assert "–" in labels(view)


def test_an_accepted_offer_leads_to_its_lead(view: OffersView) -> None:
    opened = heard(view.lead_opened)
    ways = [b for b in view.findChildren(Button) if b.shown_text() == "Lead öffnen"]
    assert [b.accessibleName() for b in ways] == ["Lead öffnen, Wärmepumpe, 24340 Eckernförde"]
    ways[0].click()
    assert opened == ["lead"]


def test_narrow_the_cards_stand_under_each_other(view: OffersView, room: Room) -> None:
    room.window.resize(500, 900)
    room.settle()
    assert len({card.x() for card in cards(view)}) == 1
