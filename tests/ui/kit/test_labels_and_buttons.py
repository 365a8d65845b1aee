"""Labels show text as text; buttons are reached by keys, named, and quiet while busy."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Button, Kind, Link, Size, danger, icon_button, primary, quiet, secondary
from leaddesk.ui.kit.labels import IconLabel, MaskedLabel, PlainLabel, set_tip
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import Scheme
from leaddesk.ui.theme.type_scale import TextStyle
from tests.stories.stage import Stage, lay_out, painted

MARKUP = "<b>Anna</b> <img src='file:///etc/hostname'> & Söhne"


def test_markup_is_shown_character_by_character(stage: Stage) -> None:
    label = PlainLabel(MARKUP)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.text() == MARKUP
    assert label.sizeHint().width() > PlainLabel("Anna & Söhne").sizeHint().width()


def test_a_tooltip_is_text_too(stage: Stage) -> None:
    label = PlainLabel("x")
    set_tip(label, MARKUP)
    assert "<b>" not in label.toolTip()
    assert "&lt;b&gt;" in label.toolTip()
    set_tip(label, "Anna Meyer")
    assert label.toolTip() == "Anna Meyer"


def test_a_long_text_ends_in_an_ellipsis_and_stands_whole_in_the_tooltip(stage: Stage) -> None:
    label = PlainLabel("Gabriele Müller-Lüdenscheid", elide=True)
    lay_out(label, 90, 20)
    assert label.is_cut()
    assert label.toolTip() == label.text() == "Gabriele Müller-Lüdenscheid"
    label.resize(400, 20)
    assert label.toolTip() == ""
    label.setText("Anna")
    assert label.toolTip() == ""


def test_wrapped_text_breaks_even_inside_a_long_word(stage: Stage) -> None:
    label = PlainLabel("Donaudampfschifffahrtsgesellschaft", wrap=True)
    assert label.heightForWidth(80) >= 3 * 20
    assert label.heightForWidth(2000) == 20
    assert PlainLabel("eins\nzwei", wrap=True).heightForWidth(2000) == 40
    lay_out(label, 80, 20)
    assert label.is_cut()


def test_wrapping_counts_characters_beyond_the_basic_plane(stage: Stage) -> None:
    from leaddesk.ui.kit.painting.writing import _broken

    lines = _broken("😀😀 Anna 😀 Meyer", TextStyle.BODY, None, 60, 1.0)
    assert "".join(lines).replace(" ", "") == "😀😀Anna😀Meyer"


def test_lines_have_the_height_of_their_style(stage: Stage) -> None:
    heights = {style: PlainLabel("x", style).sizeHint().height() for style in TextStyle}
    assert heights[TextStyle.BODY] == 20
    assert heights[TextStyle.ROW_NAME] == 18
    assert heights[TextStyle.HERO] == 36


def test_labels_follow_theme_scale_role_and_weight(stage: Stage) -> None:
    label = PlainLabel("Anna Meyer")
    lay_out(label, 120, 20)
    light, width = painted(label), label.sizeHint().width()
    stage.style.apply(Scheme.DARK, 2.0)
    assert painted(label) != light
    assert label.sizeHint().width() == pytest.approx(2 * width, abs=3)
    stage.style.apply(Scheme.LIGHT, 1.0)
    assert painted(label) == light
    label.set_role("dangerText")
    label.set_bold(True)
    assert painted(label) != light


def test_a_masked_place_says_so_and_holds_only_dots(stage: Stage) -> None:
    label = MaskedLabel("Name ist verdeckt")
    assert label.text() == "••••"
    assert label.accessibleName() == "Name ist verdeckt"


def test_an_icon_label_changes_its_icon(stage: Stage) -> None:
    label = IconLabel(Icon.ALERT, "dangerText", 14)
    assert label.sizeHint().width() == 14
    lay_out(label, 14, 14)
    before = painted(label)
    label.set_icon(Icon.CHECK, "successText")
    assert painted(label) != before


@pytest.mark.parametrize(
    ("size", "height"), [(Size.SMALL, 28), (Size.NORMAL, 32), (Size.OFFER, 36), (Size.LARGE, 40)]
)
def test_buttons_have_the_heights_of_the_tokens(stage: Stage, size: Size, height: int) -> None:
    assert primary("Anrufen", size=size).sizeHint().height() == height


def test_each_kind_is_named_for_the_sheet(stage: Stage) -> None:
    made = [primary("a"), secondary("a"), quiet("a"), danger("a"), Link("a")]
    kinds = [Kind.PRIMARY, Kind.SECONDARY, Kind.QUIET, Kind.DANGER, Kind.LINK]
    assert [button.property("kind") for button in made] == [kind.value for kind in kinds]
    assert [button.kind() for button in made] == kinds


def test_icon_and_key_hint_make_a_button_wider(stage: Stage) -> None:
    plain, full = secondary("Notiz"), secondary("Notiz", icon=Icon.NOTE, hint="N")
    assert full.sizeHint().width() >= plain.sizeHint().width() + 16 + 6 + 18
    full.set_hint("")
    full.set_icon(None)
    assert full.sizeHint() == plain.sizeHint()


def test_an_ampersand_is_no_mnemonic(stage: Stage) -> None:
    button = secondary("Meyer & Sohn")
    assert button.shown_text() == "Meyer & Sohn"
    assert button.shortcut().isEmpty()


def test_a_button_without_words_has_a_name_and_a_tooltip(stage: Stage) -> None:
    button = icon_button(Icon.CLOSE, "Schließen", size=Size.SMALL)
    assert (button.accessibleName(), button.toolTip()) == ("Schließen", "Schließen")
    assert (button.sizeHint().width(), button.sizeHint().height()) == (28, 28)


@pytest.fixture
def button(window: QWidget) -> Button:
    made = primary("Senden")
    column = QVBoxLayout(window)
    column.addWidget(made)
    made.setFocus()
    return made


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_space_and_enter_press(button: Button, key: Qt.Key) -> None:
    pressed: list[bool] = []
    button.clicked.connect(lambda: pressed.append(True))
    QTest.keyClick(button, key)
    assert pressed == [True]


def test_a_busy_button_ignores_everybody_but_keeps_the_focus(button: Button) -> None:
    pressed: list[bool] = []
    button.clicked.connect(lambda: pressed.append(True))
    button.set_busy(True)
    QTest.keyClick(button, Qt.Key.Key_Return)
    QTest.keyClick(button, Qt.Key.Key_Space)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed == []
    assert button.is_busy()
    assert button.hasFocus()
    button.set_busy(False)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed == [True]


def test_a_long_link_ends_in_an_ellipsis_and_a_tooltip(stage: Stage) -> None:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    link = Link("anna.meyer.mit.einem.sehr.langen.namen@beispiel.example")
    row.addWidget(link)
    lay_out(holder, 120, 24)
    assert link.width() <= 120
    assert link.toolTip() == link.shown_text()
    holder.resize(600, 24)
    lay_out(holder, 600, 24)
    assert link.toolTip() == ""


def test_every_state_of_a_button_looks_different(stage: Stage) -> None:
    button = secondary("Notiz")
    lay_out(button, button.sizeHint().width() + 40, 32)
    rest = painted(button)
    button.setDown(True)
    pressed = painted(button)
    button.setDown(False)
    button.setEnabled(False)
    disabled = painted(button)
    button.setEnabled(True)
    button.set_busy(True)
    busy = painted(button)
    assert len({_bytes(image) for image in (rest, pressed, disabled, busy)}) == 4


def test_a_link_under_the_pointer_is_underlined(stage: Stage) -> None:
    link = Link("Vergessen?")
    lay_out(link, link.sizeHint().width(), 24)
    rest = painted(link)
    link.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, True)
    stage.app.sendEvent(link, QEvent(QEvent.Type.HoverEnter))
    assert painted(link) != rest


def _bytes(image: QImage) -> bytes:
    return bytes(image.constBits())
