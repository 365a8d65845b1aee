"""Hostile text turns no neighbour around, hides nothing, and is copied as it came (guarantee D4)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QTextLayout
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from leaddesk.ui.kit.isolation import FSI, PDI, isolated, listed, visible
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.painting.people import initials
from leaddesk.ui.kit.painting.writing import draw_paragraph, draw_text, pen, text_width
from leaddesk.ui.kit.pieces.kv import KeyValueRows, Row
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.type_scale import TextStyle
from tests.support.room import Room, heard, labels

RLO, LRO, RLE, PDF, RLI, LRI, RLM, ZWSP = (
    "\u202e",
    "\u202d",
    "\u202b",
    "\u202c",
    "\u2067",
    "\u2066",
    "\u200f",
    "\u200b",
)
HEBREW, ARABIC = "\u05d0\u05e0\u05d4", "\u0623\u0646\u0627"
HOSTILE = (
    f"Anna{RLO}reyeM",
    f"{RLE}Anna",
    f"{RLI}Anna",
    f"{LRI}Anna{RLO}",
    f"{FSI}Anna{RLO}{FSI}",
    f"{PDI}{PDI}{RLO}Anna",
    f"{PDF}{RLO}Anna{LRO}",
    f"{HEBREW} 24103",
    f"{HEBREW}{PDI}{RLO} 24103",
    f"{RLM}{ARABIC}{RLM}",
    f"{ARABIC} {FSI}{HEBREW}{PDI} 12",
    f"Anna\x1b[31m\x07{ZWSP}Meyer\u2028",
)


def places(shown: str, style: TextStyle = TextStyle.BODY) -> list[float]:
    """Where each character of a line begins, in pixels from the left, as Qt lays it out."""
    layout = QTextLayout(shown, pen(style).font)
    option = layout.textOption()
    option.setTextDirection(Qt.LayoutDirection.LeftToRight)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(10_000)
    layout.endLayout()
    found = [line.cursorToX(index) for index in range(len(shown))]
    return [float(one[0] if isinstance(one, tuple) else one) for one in found]


def turned(before: str, value: str, after: str) -> bool:
    """Whether what stands before or after a value has not the place it would have beside a plain one."""
    shown = before + value + after
    at = places(shown)
    front, back = at[: len(before)], at[-len(after) :]
    wide = [one - back[0] for one in back]
    plain = [one - places(after)[0] for one in places(after)]
    in_order = front == places(before) and all(abs(a - b) < 1 for a, b in zip(wide, plain, strict=True))
    middle = at[len(before) : -len(after)]
    return not (in_order and (not middle or back[0] >= max(middle) - 1))


@pytest.mark.parametrize("value", HOSTILE)
def test_nothing_beside_a_hostile_value_is_turned_around(room: Room, value: str) -> None:
    assert not turned("Notiz von ", isolated(value), " 24103 Kiel, 12 Uhr")
    sentence = listed(", ", (value, "24103 Kiel", value, "12 Uhr"))
    assert not turned("Notiz von ", sentence, " am 5. Mai")


def test_bare_values_do_turn_their_neighbours_so_the_check_sees_something(room: Room) -> None:
    caught = [turned("Notiz von ", value, " 24103 Kiel, 12 Uhr") for value in HOSTILE]
    assert sum(caught) >= 6


@pytest.mark.parametrize("value", HOSTILE)
def test_every_control_can_be_seen(value: str) -> None:
    shown = visible(value)
    hidden = {char for char in value if not char.isprintable() and char not in (FSI, PDI)}
    assert not hidden & set(shown)
    assert shown == visible(shown)
    sentence = text("outbox.quoted", words=value)
    assert not hidden & set(sentence)
    assert visible(sentence) == sentence


def test_controls_have_names_and_plain_text_stays_the_same_object() -> None:
    assert visible(f"a{RLO}b{ZWSP}c\x07{PDI}") == "a‹RLO›b‹ZWSP›c‹U+0007›‹PDI›"
    plain = "Jürgen Großmann, 24103 Kiel – 12.000 €"
    assert visible(plain) is plain
    assert isolated(plain) is plain
    assert visible("Zeile 1\r\nZeile 2\tEnde") == "Zeile 1\r\nZeile 2\tEnde"
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert visible(family) == family


def test_an_isolate_is_a_strangers_unless_it_holds_what_ours_hold() -> None:
    ours = f"Von {FSI}{HEBREW}{PDI} an {FSI}{ARABIC}, {FSI}{HEBREW}{PDI}{PDI}."
    assert visible(ours) == ours
    assert visible(f"{FSI}Anna{PDI}") == "‹FSI›Anna‹PDI›"
    assert visible(f"{FSI}{HEBREW}") == f"‹FSI›{HEBREW}"
    assert visible(f"{RLI}{HEBREW}{PDI}") == f"‹RLI›{HEBREW}‹PDI›"


def painted(shown: str, width: int = 300) -> bytes:
    image = QImage(width, 60, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    draw_text(painter, QRectF(0, 0, width, 30), shown)
    draw_paragraph(painter, QRectF(0, 30, width, 30), shown)
    painter.end()
    return bytes(image.constBits())


def test_what_is_painted_and_measured_is_the_visible_text(room: Room) -> None:
    for value in HOSTILE:
        assert painted(value) == painted(visible(value))
        assert text_width(value) == text_width(visible(value))
    assert painted(f"Anna{RLO}reyeM") == painted("Anna‹RLO›reyeM")
    assert painted(f"Anna{RLO}reyeM") != painted("AnnareyeM")


def test_a_label_keeps_the_original_and_its_tip_shows_the_controls(room: Room) -> None:
    label = PlainLabel(HOSTILE[0] * 9, elide=True)
    room.stand(label)
    label.resize(80, 20)
    room.settle()
    assert label.text() == HOSTILE[0] * 9
    assert "‹RLO›" in label.toolTip()


def test_copying_gives_the_original(room: Room) -> None:
    rows = KeyValueRows()
    rows.set_rows([Row("Name", value, copy=True) for value in HOSTILE])
    room.stand(rows)
    asked = heard(rows.copy_requested)
    for button in rows.findChildren(QAbstractButton):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    for index in asked:
        room.around.clipboard.copy(HOSTILE[index])
        assert QApplication.clipboard().text() == HOSTILE[index]
    assert len(asked) == len(HOSTILE)
    assert set(HOSTILE) <= set(labels(rows))


def test_initials_are_letters_one_can_see() -> None:
    assert initials(f"{RLO}Anna {ZWSP}Meyer") in ("", "AM")
