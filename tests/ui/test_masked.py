"""While the curtain is drawn no story shows a prospect: painted, as a tooltip, or to a screen reader (C4)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QLineEdit, QWidget

from leaddesk.demo.painted import painted_text
from leaddesk.ui.kit import masks
from leaddesk.ui.kit.buttons import Link
from leaddesk.ui.kit.entry.edits import SENSITIVE, LineEdit, TextEdit
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.speech.roles import install
from tests.stories.registry import Story, all_stories
from tests.stories.stage import Look, Stage

PROSPECTS = (
    *("Meyer", "39200", "Feldstr", "24103", "Brandt", "Thießen", "Schröder", "Björn Petersen", "Hoffmann"),
    *("Luft/Wasser", "Einfamilienhaus", "Ölheizung", "Rückruf", "Unterlagen", "Förderung", "Quartal"),
)
"""What stories say of prospects: names, numbers, places, wishes, what was noted about them."""
SHOWN = [each for each in all_stories() if each.name.partition("/")[0] not in ("kit", "signin", "lock")]
READ = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value, QAccessible.Text.Help)
ROWS = 40


def spoken(about: QAccessibleInterface) -> Iterator[str]:
    """Everything a screen reader can read of a widget and what is in it; of long tables the first cells."""
    yield from (about.text(kind) for kind in READ)
    for index in range(min(about.childCount(), ROWS)):
        child = about.child(index)
        if child is not None and child.isValid():
            yield from spoken(child)


def told(widget: QWidget) -> str:
    """All that a story tells, by every way."""
    words = [found.words for found in painted_text(widget)]
    words += [each.toolTip() for each in (widget, *widget.findChildren(QWidget))]
    words += spoken(QAccessible.queryAccessibleInterface(widget))
    return "\n".join(words)


def found_in(words: str) -> set[str]:
    return {mark for mark in PROSPECTS if mark in words}


@pytest.fixture(autouse=True)
def _open_again(stage: Stage) -> Iterator[None]:
    install(stage.app)
    yield
    masks.draw(False)


@pytest.mark.parametrize("story", SHOWN, ids=lambda story: story.name)
def test_a_story_behind_the_curtain_names_nobody_and_is_whole_afterwards(stage: Stage, story: Story) -> None:
    with stage.standing(story, Look()) as widget:
        before = told(widget)
        masks.draw(True)
        assert found_in(told(widget)) == set()
        masks.draw(False)
        assert told(widget) == before


def test_the_search_finds_prospects_where_nothing_is_masked(stage: Stage) -> None:
    seen: set[str] = set()
    for name in (
        "leads/detail/overview",
        "leads/detail/journal",
        "leads/list/day",
        "approvals/page/question",
    ):
        for story in SHOWN:
            if story.name == name:
                with stage.standing(story, Look()) as widget:
                    seen |= found_in(told(widget))
    assert {"Meyer", "39200", "Ölheizung", "Rückruf", "Schröder"} <= seen


def test_what_comes_while_the_curtain_is_drawn_comes_masked(window: QWidget) -> None:
    masks.draw(True)
    label, link = PlainLabel("Anna Meyer", personal=True), Link("0171", personal=True)
    label.setText("Anna Brandt")
    assert {label.text(), link.shown_text()} == {masks.masked_name()}
    masks.draw(False)
    assert (label.text(), link.shown_text()) == ("Anna Brandt", "0171")


def test_a_text_keeps_its_place_behind_the_mask(window: QWidget) -> None:
    label = PlainLabel("Anna Meyer " * 30, wrap=True, personal=True)
    before = (label.sizeHint(), label.heightForWidth(200))
    with masks.drawn():
        assert (label.sizeHint(), label.heightForWidth(200)) == before


def test_what_is_being_typed_is_hidden_kept_and_not_copied(window: QWidget) -> None:
    note, line, told_of = TextEdit(), LineEdit(), []
    note.textChanged.connect(lambda: told_of.append(1))
    note.setPlainText("Rückruf Anna")
    line.setText("Anna")
    cursor = note.textCursor()
    cursor.setPosition(3)
    note.setTextCursor(cursor)
    heard = len(told_of)
    with masks.drawn():
        assert "Anna" not in "".join(spoken(QAccessible.queryAccessibleInterface(note)))
        assert "Anna" not in line.displayText()
        note.selectAll()
        note.copy_out(cut=False)
        assert (note.toPlainText(), line.text()) == ("Rückruf Anna", "Anna")
    assert (note.toPlainText(), note.textCursor().position(), len(told_of)) == ("Rückruf Anna", 3, heard)
    assert line.echoMode() is QLineEdit.EchoMode.Normal


def test_a_password_that_was_looked_at_stays_sensitive(window: QWidget) -> None:
    line = LineEdit()
    for mode in (QLineEdit.EchoMode.Password, QLineEdit.EchoMode.Normal):
        line.setEchoMode(mode)
        assert line.inputMethodHints() & SENSITIVE == SENSITIVE


def test_the_lead_of_a_running_call_stays_readable(window: QWidget) -> None:
    detail, other = QWidget(window), PlainLabel("Jörg Brandt", personal=True, parent=window)
    called = PlainLabel("Anna Meyer", personal=True, parent=detail)
    masks.draw(True, spared=detail)
    assert (called.text(), other.text()) == ("Anna Meyer", masks.masked_name())
