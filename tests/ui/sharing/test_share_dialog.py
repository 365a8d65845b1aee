"""The share dialog by hand: markets by arrows, one press, what was typed stays, nothing hidden is carried."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from leaddesk.contract.markets import DisclosedDocument, DisclosedField
from leaddesk.ui.kit.buttons import Button
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.pieces.choices import ChoiceCard
from leaddesk.ui.kit.wording import text
from leaddesk.ui.sharing.share_dialog import ShareDialog
from tests.stories.sharing import DIALOG
from tests.support.room import Room, carried, heard, labels


@pytest.fixture
def dialog(room: Room) -> ShareDialog:
    made = ShareDialog(room.window, DIALOG)
    room.window.show()
    room.window.activateWindow()
    QTest.qWaitForWindowActive(room.window)
    made.start()
    room.settle()
    return made


def send_button(dialog: ShareDialog) -> Button:
    found = dialog.primary
    assert found is not None
    return found


def cards(dialog: ShareDialog) -> list[ChoiceCard]:
    return [card for card in dialog.findChildren(ChoiceCard) if card.isVisible()]


def test_arrows_choose_the_market_and_enter_sends(dialog: ShareDialog, room: Room) -> None:
    chosen, sent = heard(dialog.market_chosen), heard(dialog.share_requested)
    assert QApplication.focusWidget() is cards(dialog)[0]
    room.press(Qt.Key.Key_Down)
    assert chosen == ["s"]
    assert QApplication.focusWidget() is cards(dialog)[1]
    room.press(Qt.Key.Key_Return)
    assert sent == [""]


def test_tab_goes_from_market_to_reason_and_to_the_cross_last(dialog: ShareDialog, room: Room) -> None:
    room.press(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is dialog.findChild(QLineEdit)
    room.press(Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is cards(dialog)[0]
    room.press(Qt.Key.Key_Backtab)
    last = QApplication.focusWidget()
    assert isinstance(last, Button)
    assert last.accessibleName() == text("kit.close")


def test_enter_in_the_reason_sends_it_along(dialog: ShareDialog, room: Room) -> None:
    sent = heard(dialog.share_requested)
    field = dialog.findChild(QLineEdit)
    field.setFocus()
    QTest.keyClicks(field, "No fitter until March")
    room.press(Qt.Key.Key_Return)
    assert sent == ["No fitter until March"]


def test_escape_leaves_and_nothing_was_sent(dialog: ShareDialog, room: Room) -> None:
    sent, left = heard(dialog.share_requested), heard(dialog.dismissed)
    room.press(Qt.Key.Key_Escape)
    assert (sent, len(left)) == ([], 1)


def test_while_it_is_sent_nothing_can_be_pressed_or_changed(dialog: ShareDialog, room: Room) -> None:
    sent = heard(dialog.share_requested)
    dialog.render_state(replace(DIALOG, busy=True))
    room.press(Qt.Key.Key_Return)
    QTest.mouseClick(send_button(dialog), Qt.MouseButton.LeftButton)
    assert sent == []
    assert [card.isEnabled() for card in cards(dialog)] == [False, False]


def test_what_was_typed_stays_when_it_could_not_be_sent(dialog: ShareDialog) -> None:
    field = dialog.findChild(QLineEdit)
    QTest.keyClicks(field, "keep me")
    dialog.render_state(replace(DIALOG, busy=True))
    dialog.render_state(replace(DIALOG, problem="Keine Verbindung."))
    assert field.text() == "keep me"
    assert "Keine Verbindung." in labels(dialog)
    assert send_button(dialog).isEnabled()


def test_without_a_preview_nothing_can_be_sent_but_it_can_be_asked_for_again(
    dialog: ShareDialog, room: Room
) -> None:
    asked, sent = heard(dialog.preview_requested), heard(dialog.share_requested)
    dialog.render_state(replace(DIALOG, preview=None, problem="Die Plattform ist nicht da."))
    room.settle()
    room.press(Qt.Key.Key_Return)
    assert sent == []
    next(b for b in dialog.findChildren(Button) if b.shown_text() == "Erneut versuchen").click()
    assert len(asked) == 1


def test_a_market_that_is_gone_is_no_choice_any_more(dialog: ShareDialog, room: Room) -> None:
    dialog.render_state(replace(DIALOG, markets=DIALOG.markets[1:], chosen=None, preview=None))
    room.settle()
    assert [card.accessibleName().split(",")[0] for card in cards(dialog)] == ["Solar Küste"]
    assert not cards(dialog)[0].isChecked()
    assert not send_button(dialog).isEnabled()


def test_the_button_says_whether_somebody_has_to_approve(dialog: ShareDialog) -> None:
    assert send_button(dialog).shown_text() == "Zur Genehmigung senden"
    dialog.render_state(replace(DIALOG, chosen=DIALOG.markets[1].market_id))
    assert send_button(dialog).shown_text() == "Jetzt anbieten"


def test_a_hidden_field_carries_its_value_in_no_widget(dialog: ShareDialog, room: Room) -> None:
    assert DIALOG.preview is not None
    secret = DisclosedField(label="Telefon", state="hidden", value="0171 SECRET")
    before = DisclosedDocument(title="Wärmepumpe", fields=[secret])
    dialog.render_state(replace(DIALOG, preview=replace(DIALOG.preview, before=before)))
    room.settle()
    assert "Telefon" in carried(dialog)
    assert "SECRET" not in carried(dialog)


def test_server_text_is_shown_character_by_character(dialog: ShareDialog, room: Room) -> None:
    assert DIALOG.preview is not None
    odd = "<b>x</b> & co"
    field = DisclosedField(label=odd, state="visible", value=odd)
    document = DisclosedDocument(title=odd, fields=[field])
    market = replace(DIALOG.markets[0], name=odd)
    preview = replace(DIALOG.preview, before=document, after=document, stays=(odd,))
    dialog.render_state(replace(DIALOG, preview=preview, markets=(market, DIALOG.markets[1])))
    room.settle()
    assert labels(dialog).count(odd) >= 6
    shown = dialog.findChildren(PlainLabel)
    assert {label.textFormat() for label in shown} == {Qt.TextFormat.PlainText}
    assert all("&lt;b&gt;" in w.toolTip() for w in shown if "<" in w.toolTip())


def test_the_same_preview_is_not_built_twice(dialog: ShareDialog, room: Room) -> None:
    before = dialog.findChildren(PlainLabel)
    dialog.render_state(replace(DIALOG, busy=True))
    dialog.render_state(DIALOG)
    room.settle()
    assert dialog.findChildren(PlainLabel) == before
