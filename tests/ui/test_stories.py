"""Every story: no text cut off in any language at 200 %, and the kit's looks as committed.

200 % is the text scale of the theme: every length and letter twice as large, in a window twice as large, as
a person sets it who needs large print. What is not measured in tokens does not grow and is found here.
"""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QTabBar, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Link, secondary
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.wording import Language
from leaddesk.ui.theme.tokens import Scheme, current
from tests.stories.registry import Story, all_stories, one_story, story
from tests.stories.stage import Look, Stage, lay_out
from tests.support.cut_off import assert_no_cut_off, cut_off
from tests.support.likeness import assert_picture, compare

STORIES = all_stories()
PICTURED = [each for each in STORIES if each.name.startswith("kit/")]


def name(value: object) -> str | None:
    return value.name if isinstance(value, Story) else None


@pytest.mark.parametrize(("spoken", "scale"), [("de", 1.0), ("de", 2.0), ("en", 2.0), ("pseudo", 2.0)])
@pytest.mark.parametrize("shown", STORIES, ids=name)
def test_no_text_is_cut_off(stage: Stage, shown: Story, spoken: Language, scale: float) -> None:
    with stage.standing(shown, Look(Scheme.LIGHT, spoken, scale)) as widget:
        assert_no_cut_off(widget)


@pytest.mark.parametrize("shown", STORIES, ids=name)
def test_what_the_keyboard_reaches_has_a_name_and_is_large_enough(stage: Stage, shown: Story) -> None:
    with stage.standing(shown, Look()) as widget:
        assert [type(each).__name__ for each in reachable(widget) if not spoken_name(each)] == []
        assert [spoken_name(each) for each in reachable(widget) if is_small(each)] == []


def is_small(widget: QWidget) -> bool:
    """Whether a button is lower than the least target; links in a line of text may be (WCAG 2.5.8)."""
    button = isinstance(widget, QAbstractButton) and not isinstance(widget, Link)
    return button and widget.height() < current().length("control.minTarget")


def reachable(root: QWidget) -> list[QWidget]:
    """Widgets below ``root`` that Tab visits."""
    return [
        each
        for each in root.findChildren(QWidget)
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and each.isEnabled()
        and each.isVisibleTo(root)
        and each.focusProxy() is None
        and not isinstance(each, QScrollArea | QTabBar | OverlayDialog)
    ]


def spoken_name(widget: QWidget) -> str:
    """What a screen reader says for a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("shown", PICTURED, ids=name)
def test_a_story_looks_as_it_did(stage: Stage, shown: Story, scheme: Scheme) -> None:
    look = Look(scheme)
    assert_picture(f"{shown.name}-{look.suffix}", stage.picture(shown, look))


def test_a_planted_cut_off_is_found(stage: Stage) -> None:
    page = QWidget()
    column = QVBoxLayout(page)
    label, button, outside = (
        PlainLabel("Anna Meyer aus Kiel"),
        secondary("Freigeben"),
        PlainLabel("weg", parent=page),
    )
    label.setFixedWidth(40)
    button.setFixedWidth(50)
    outside.setGeometry(195, 0, 60, 20)
    for widget in (label, button):
        column.addWidget(widget)
    lay_out(page, 200, 100)
    assert len(list(cut_off(page))) == 3
    with pytest.raises(AssertionError, match="Anna Meyer"):
        assert_no_cut_off(page)


def test_an_unknown_story_names_its_neighbours() -> None:
    with pytest.raises(KeyError, match="kit/components"):
        one_story("kit/nothing")


def test_two_stories_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two stories"):
        story("kit/components", (1, 1))(QWidget)


def picture(color: str, width: int = 100) -> QImage:
    image = QImage(width, 100, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    return image


def test_pictures_may_differ_in_a_few_pixels_only() -> None:
    image = picture("#ffffff")
    assert compare(image, picture("#ffffff"))[0] == ""
    assert compare(image, picture("#fafafa"))[0] == ""
    for x in range(50):
        image.setPixelColor(x, 0, QColor("black"))
    assert compare(image, picture("#ffffff"))[0] == ""
    image.setPixelColor(0, 1, QColor("black"))
    problem, marked = compare(image, picture("#ffffff"))
    assert "0.5%" in problem
    assert marked is not None
    assert marked.pixelColor(0, 1) == QColor("red")


def test_a_picture_of_another_size_or_none_at_all_is_a_failure() -> None:
    assert compare(picture("#ffffff"), picture("#ffffff", 90))[0] == "100x100 instead of 90x100"
    with pytest.raises(AssertionError, match="UPDATE_PICTURES"):
        assert_picture("kit/never-painted", picture("#ffffff"))
