"""Small widgets: named, reached by keys, following theme and scale, saying what happened."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Button, Link
from leaddesk.ui.kit.painting.people import initials, slot_of
from leaddesk.ui.kit.painting.steps import step_role
from leaddesk.ui.kit.painting.writing import elided, text_width
from leaddesk.ui.kit.pieces.chips import AddChip, FilterChip, PlainChip
from leaddesk.ui.kit.pieces.choices import CheckBox, ChoiceCard, RadioButton
from leaddesk.ui.kit.pieces.empty import EmptyState
from leaddesk.ui.kit.pieces.kv import KeyValueRows, Row
from leaddesk.ui.kit.pieces.marks import (
    Avatar,
    Badge,
    CountdownRing,
    Dot,
    Hairline,
    KeyHint,
    Mark,
    Skeleton,
    StepMark,
    Tag,
    Tone,
)
from leaddesk.ui.kit.pieces.notice import Notice
from leaddesk.ui.kit.pieces.tabs import Segmented, TabBar
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import Scheme
from leaddesk.ui.theme.type_scale import TextStyle
from tests.stories.stage import Stage, lay_out, painted


def put(window: QWidget, *widgets: QWidget) -> None:
    column = QVBoxLayout(window)
    for widget in widgets:
        column.addWidget(widget)
        widget.show()


def marks() -> list[Mark]:
    ring = CountdownRing()
    ring.show_left(0.5, "12", "Min.")
    return [
        Tag("Neu", Tone.ACCENT),
        Badge("warten auf Sie", 3),
        KeyHint("Strg K"),
        Dot("verbunden"),
        Avatar("Maren Boysen", "m"),
        StepMark(1, 5, "Kontakt"),
        ring,
    ]


@pytest.mark.parametrize("index", range(7))
def test_marks_are_named_and_follow_theme_and_scale(stage: Stage, index: int) -> None:
    mark = marks()[index]
    assert mark.accessibleName()
    size = mark.sizeHint()
    lay_out(mark, size.width(), size.height())
    light = painted(mark)
    stage.style.apply(Scheme.DARK, 2.0)
    assert mark.sizeHint().height() == 2 * size.height()
    assert painted(mark) != light


def test_initials_are_the_first_and_last_word() -> None:
    names = ("Maren Boysen", "Ute von der Lühe-Bergmann", "Şebnem", "", "  ", "24 Kiel")
    assert [initials(name) for name in names] == ["MB", "UL", "Ş", "", "", "K"]


def test_a_person_keeps_one_colour_and_all_six_are_used() -> None:
    assert slot_of("person-1") == slot_of("person-1")
    assert {slot_of(str(n)) for n in range(100)} == {1, 2, 3, 4, 5, 6}


def test_steps_of_any_pipeline_share_the_five_colours() -> None:
    assert [step_role(n, 5) for n in range(5)] == [
        "stepNew",
        "stepContact",
        "stepVisit",
        "stepOffer",
        "stepClose",
    ]
    assert (step_role(0, 8), step_role(7, 8), step_role(0, 1)) == ("stepNew", "stepClose", "stepNew")


def test_every_step_looks_different(stage: Stage) -> None:
    pictures = []
    for position in range(5):
        mark = StepMark(position, 5, "Schritt")
        lay_out(mark, 80, 20)
        pictures.append(bytes(painted(mark).constBits()))
    assert len(set(pictures)) == 5


def test_an_avatar_of_nobody_has_no_name(stage: Stage) -> None:
    avatar = Avatar("Maren Boysen", "m")
    assert avatar.toolTip() == "Maren Boysen"
    avatar.set_person("", "")
    assert avatar.toolTip() == ""


def test_a_counter_of_nothing_is_not_there(stage: Stage) -> None:
    badge = Badge("warten auf Sie", 0)
    assert badge.isHidden()
    badge.set_count(12480)
    assert not badge.isHidden()
    assert badge.sizeHint().width() > badge.sizeHint().height()
    badge.set_count(0)
    assert badge.isHidden()


def test_a_ring_repaints_only_what_changed(stage: Stage) -> None:
    ring = CountdownRing("toast")
    assert ring.sizeHint().width() == 64
    ring.show_left(0.5, "29:12", "Min.")
    assert ring.accessibleName() == "29:12 Min."
    lay_out(ring, 64, 64)
    calm = painted(ring)
    ring.show_left(0.5, "29:12", "Min.", late=True)
    assert painted(ring) != calm


def test_text_is_measured_and_shortened(stage: Stage) -> None:
    assert text_width("Anna Meyer", bold=True) > text_width("Anna Meyer")
    assert elided("Anna Meyer", TextStyle.BODY, 40).endswith("…")
    assert elided("Anna", TextStyle.BODY, 400) == "Anna"


def test_the_cross_of_a_chip_removes_and_the_rest_asks(window: QWidget) -> None:
    chip = FilterChip("Region", "Nord", "Region: Nord")
    put(window, chip)
    heard: list[str] = []
    chip.removed.connect(lambda: heard.append("removed"))
    chip.clicked.connect(lambda: heard.append("clicked"))
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(chip, left, pos=QPoint(chip.width() - 10, 10))
    QTest.mouseClick(chip, left, pos=QPoint(10, 10))
    QTest.keyClick(chip, Qt.Key.Key_Delete)
    QTest.keyClick(chip, Qt.Key.Key_Return)
    assert heard == ["removed", "clicked", "removed", "clicked"]


def test_chips_are_24_high_and_named(stage: Stage) -> None:
    for chip in (FilterChip("a", "b", "a: b"), AddChip("Filter"), PlainChip("Interesse", Icon.OFFERS)):
        assert chip.sizeHint().height() == 24
        assert chip.accessibleName()


def test_boxes_are_ticked_by_space_and_by_their_words(window: QWidget) -> None:
    box, radio = CheckBox("Tasten & Hilfe"), RadioButton("Nicht erreicht")
    put(window, box, radio)
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert box.isChecked()
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(60, 10))
    assert not box.isChecked()
    QTest.mouseClick(radio, Qt.MouseButton.LeftButton, pos=QPoint(60, 10))
    assert radio.isChecked()
    assert box.sizeHint().height() >= 24


def test_cards_exclude_each_other_and_leave_enter_to_the_dialog(window: QWidget) -> None:
    one, other = (
        ChoiceCard("Wärme Nord", "38 Partner", "mit Genehmigung"),
        ChoiceCard("Solar Küste", "12 Partner"),
    )
    put(window, one, other)
    one.setChecked(True)
    QTest.mouseClick(other, Qt.MouseButton.LeftButton)
    assert (one.isChecked(), other.isChecked()) == (False, True)
    other.setFocus()
    QTest.keyClick(other, Qt.Key.Key_Up)
    assert one.isChecked()
    QTest.keyClick(one, Qt.Key.Key_Return)
    assert one.isChecked()
    assert one.accessibleName() == "Wärme Nord, 38 Partner, mit Genehmigung"


@pytest.fixture
def tabs(window: QWidget) -> TabBar:
    bar = TabBar()
    put(window, bar)
    for key, shown, count in (
        ("overview", "Überblick", None),
        ("journal", "Journal", 6),
        ("history", "Verlauf", None),
    ):
        bar.add(key, shown, count)
    return bar


def test_tabs_are_known_by_key_and_moved_by_arrows(tabs: TabBar) -> None:
    heard: list[str] = []
    tabs.selected.connect(heard.append)
    tabs.setFocus()
    QTest.keyClick(tabs, Qt.Key.Key_Right)
    tabs.select("history")
    assert heard == ["journal", "history"]
    assert tabs.current_key() == "history"
    with pytest.raises(KeyError):
        tabs.select("nowhere")


def test_a_count_is_part_of_the_spoken_name(tabs: TabBar) -> None:
    assert tabs.accessibleTabName(1) == "Journal 6"
    width = tabs.tabSizeHint(1).width()
    tabs.set_count("journal", 12480)
    assert tabs.accessibleTabName(1) == "Journal 12.480"
    assert tabs.tabSizeHint(1).width() > width
    tabs.set_count("journal", None)
    assert tabs.accessibleTabName(1) == "Journal"


def test_narrow_tabs_keep_their_words_in_a_tooltip(stage: Stage, tabs: TabBar) -> None:
    lay_out(tabs, 150, 36)
    painted(tabs)
    assert tabs.tabToolTip(0) == "Überblick"
    lay_out(tabs, 600, 36)
    painted(tabs)
    assert tabs.tabToolTip(0) == ""


def test_a_switch_announces_what_a_person_chose(window: QWidget) -> None:
    switch = Segmented([("list", "Liste", Icon.FILTER), ("board", "Board", None)])
    put(window, switch)
    heard: list[str] = []
    switch.selected.connect(heard.append)
    switch.select("board")
    assert heard == []
    first = switch.findChildren(QWidget)[0]
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert heard == ["list"]
    assert switch.sizeHint().height() == 28


ROWS = [
    Row("Telefon", "0171 39200 42", copy=True, link=True),
    Row("Firma"),
    Row("Name", "Anna Meyer", masked=True, copy=True),
    Row("Bemerkung", "lang " * 40, wrap=True),
]


@pytest.fixture
def facts(window: QWidget) -> KeyValueRows:
    rows = KeyValueRows()
    put(window, rows)
    rows.set_rows(ROWS)
    return rows


def shown_texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


def test_missing_is_a_dash_and_masked_values_are_in_no_widget(facts: KeyValueRows) -> None:
    assert "–" in shown_texts(facts)
    assert "••••" in shown_texts(facts)
    assert "Anna Meyer" not in shown_texts(facts)


def test_copying_and_opening_name_the_row(facts: KeyValueRows) -> None:
    heard: list[tuple[str, int]] = []
    facts.copy_requested.connect(lambda index: heard.append(("copy", index)))
    facts.opened.connect(lambda index: heard.append(("open", index)))
    copies = [
        button for button in facts.findChildren(Button) if button.accessibleName() == "Telefon kopieren"
    ]
    links = facts.findChildren(Link)
    assert (len(copies), len(links)) == (1, 1)
    copies[0].click()
    links[0].click()
    assert heard == [("copy", 0), ("open", 0)]


def test_the_same_rows_are_not_built_again_and_clearing_takes_them_at_once(facts: KeyValueRows) -> None:
    before = facts.findChildren(QLabel)
    facts.set_rows(list(ROWS))
    assert facts.findChildren(QLabel) == before
    facts.clear()
    assert facts.findChildren(QLabel) == []


def test_a_note_says_title_sentence_and_one_thing_to_do(stage: Stage) -> None:
    note = Notice(Tone.WARNING, Icon.PEOPLE, "Wird schon betreut", "Anne Maier", "Vergleichen")
    heard: list[bool] = []
    note.acted.connect(lambda: heard.append(True))
    assert note.button is not None
    note.button.click()
    assert heard == [True]
    note.say("Offline")
    assert note.accessibleName() == "Offline"


def test_an_empty_page_offers_the_next_step(stage: Stage) -> None:
    page = EmptyState(Icon.SEARCH, "Nichts", "Kein Treffer.", primary="Leeren", secondary="Überall suchen")
    heard: list[str] = []
    page.primary_pressed.connect(lambda: heard.append("primary"))
    page.secondary_pressed.connect(lambda: heard.append("secondary"))
    assert page.primary_button is not None
    assert page.secondary_button is not None
    page.primary_button.click()
    page.secondary_button.click()
    assert heard == ["primary", "secondary"]
    assert page.accessibleName() == "Nichts"
    assert EmptyState(Icon.SEARCH, "Nichts", "Nichts.").primary_button is None


def test_lines_and_skeletons_take_the_room_they_need(stage: Stage) -> None:
    assert Hairline().height() == 1 or Hairline().maximumHeight() == 1
    assert Hairline(Qt.Orientation.Vertical).maximumWidth() == 1
    assert Skeleton(3).sizeHint().height() == 3 * 48
    assert Skeleton(2, row_height=28).sizeHint().height() == 56
