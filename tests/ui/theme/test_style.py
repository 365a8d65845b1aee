"""The look on the application: one sheet from tokens, following the system, replaceable at run time."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from pytestqt.qtbot import QtBot

from leaddesk.ui.theme import style as look
from leaddesk.ui.theme.palette import contrast_theme, palette
from leaddesk.ui.theme.stylesheet import stylesheet
from leaddesk.ui.theme.tokens import Scheme, Theme, current, load
from leaddesk.ui.theme.type_scale import TextStyle, family, font, line_height
from tests.stories.stage import Stage


@pytest.mark.parametrize("scheme", Scheme)
def test_the_sheet_uses_only_colours_of_the_tokens(scheme: Scheme) -> None:
    theme = Theme(scheme)
    sheet = stylesheet(theme)
    known = {theme.css(name) for name in load()["color"][scheme.value]}
    assert "@" not in sheet
    assert set(re.findall(r"rgba\([\d,]+\)", sheet)) <= known
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", sheet)


def test_lengths_in_the_sheet_grow_and_lines_stay_thin() -> None:
    sheet = stylesheet(Theme(Scheme.LIGHT, 2.0))
    assert "QScrollBar:vertical { width: 20px; }" in sheet
    assert "border: 1px solid" in sheet
    assert "border: 2px solid" in sheet


def test_applying_a_scheme_changes_palette_sheet_and_font(stage: Stage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(stage.style.changed, timeout=60_000):
        stage.style.apply(Scheme.DARK, 2.0)
    theme = current()
    assert theme == Theme(Scheme.DARK, 2.0)
    assert stage.app.palette().color(QPalette.ColorRole.Window) == theme.color("window")
    assert stage.app.styleSheet() == stylesheet(theme)
    assert stage.app.font().pixelSize() == 26
    assert stage.style.chosen is Scheme.DARK


def test_without_a_choice_the_system_decides_now_and_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.style.apply(None)
    for scheme in (Scheme.DARK, Scheme.HIGH_CONTRAST, Scheme.LIGHT):
        monkeypatch.setattr(look, "system_scheme", lambda _app, scheme=scheme: scheme)
        stage.app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Unknown)
        assert current().scheme is scheme


def test_a_choice_outlasts_a_change_of_the_system(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.style.apply(Scheme.LIGHT)
    monkeypatch.setattr(look, "system_scheme", lambda _app: Scheme.DARK)
    stage.app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert current().scheme is Scheme.LIGHT


def test_a_system_that_says_nothing_is_light(stage: Stage) -> None:
    assert look.system_scheme(stage.app) is Scheme.LIGHT


def test_a_contrast_theme_of_the_system_gives_its_colours() -> None:
    system = QPalette()
    system.setColor(QPalette.ColorRole.Highlight, "#ff00ff")
    theme = contrast_theme(system, 1.0)
    assert theme.scheme is Scheme.HIGH_CONTRAST
    assert theme.color("accent").name() == "#ff00ff"


def test_disabled_text_has_its_own_colour() -> None:
    theme = Theme(Scheme.LIGHT)
    made = palette(theme)
    assert made.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text) == theme.color("textDisabled")


def test_the_type_scale_is_the_tokens(stage: Stage) -> None:
    assert family() == "Inter"  # fonts-inter is one of the packages of make setup
    title = font(TextStyle.TITLE)
    assert (title.pixelSize(), title.weight().value, line_height(TextStyle.TITLE)) == (20, 600, 28)
    assert font(TextStyle.BODY, bold=True).weight().value == 600


def test_figures_stand_in_columns(stage: Stage) -> None:
    from PySide6.QtGui import QFontMetricsF

    metrics = QFontMetricsF(font(TextStyle.BODY))
    widths = {round(metrics.horizontalAdvance(digit), 3) for digit in "0123456789"}
    assert len(widths) == 1
