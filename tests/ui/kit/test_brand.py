"""A brand's paint always stands out, is never live's or demo's, and leaves words readable."""

from __future__ import annotations

from itertools import product

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from leaddesk.settings.address import read_address
from leaddesk.ui.kit.brand.colour import LEAST, LEAST_TEXT, alike, contrast, standing_out
from leaddesk.ui.kit.brand.instance import Brand, Instance, InstanceKind, draw_instance, paint_of, tint
from leaddesk.ui.theme.tokens import Scheme, current
from leaddesk.wiring.seating import instance_at
from tests.stories.stage import Stage

LEVELS = ("00", "55", "aa", "ff")
COLOURS = tuple(f"#{r}{g}{b}" for r, g, b in product(LEVELS, repeat=3))


def branded(colour: str, kind: InstanceKind = InstanceKind.BRAND) -> Instance:
    return Instance("host.example", kind, brand=Brand("Nord", colour))


@pytest.mark.parametrize("scheme", list(Scheme))
def test_any_colour_stands_out_and_words_on_its_tint_can_be_read(stage: Stage, scheme: Scheme) -> None:
    stage.style.apply(scheme)
    theme = current()
    window, surface = theme.hex("window").lower(), theme.hex("surface").lower()
    for colour in (*COLOURS, window, surface):
        paint, ground = paint_of(branded(colour)).name(), tint(branded(colour)).name()
        assert contrast(paint, window) >= LEAST and contrast(paint, surface) >= LEAST, colour
        for words in ("text", "text2", "text3"):
            assert contrast(theme.hex(words), ground) >= LEAST_TEXT, (colour, words)


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_no_brand_looks_like_live_or_demo(stage: Stage, scheme: Scheme) -> None:
    stage.style.apply(scheme)
    theme = current()
    for kind in (InstanceKind.LIVE, InstanceKind.DEMO):
        theirs = theme.hex(kind.value).lower()
        assert paint_of(branded(theirs)) == theme.color("brand")
        assert not any(alike(paint_of(branded(colour)).name(), theirs) for colour in COLOURS)
        assert paint_of(branded("#123456", kind)) == theme.color(kind.value)
        assert tint(branded("#123456", kind)) == theme.color(f"{kind.value}Tint")


def test_most_colours_are_taken_and_changed_as_little_as_it_takes(stage: Stage) -> None:
    stage.style.apply(Scheme.LIGHT)
    neutral = current().color("brand")
    taken = [colour for colour in COLOURS if paint_of(branded(colour)) != neutral]
    assert len(taken) > 0.8 * len(COLOURS)
    assert paint_of(branded("#8000cc")).name() == "#8000cc"
    assert standing_out("#ffff00", ("#ffffff",)) not in ("#000000", "#ffff00")


def test_in_high_contrast_the_theme_decides(stage: Stage) -> None:
    stage.style.apply(Scheme.HIGH_CONTRAST)
    assert paint_of(branded("#0f766e")) == current().color("brand")
    assert tint(branded("#0f766e")) == current().color("brandTint")


def test_the_edge_is_painted_in_it(stage: Stage) -> None:
    stage.style.apply(Scheme.LIGHT)
    edge = QImage(4, 40, QImage.Format.Format_RGB32)
    painter = QPainter(edge)
    draw_instance(painter, QRectF(0, 0, 4, 40), branded("#8000cc"))
    painter.end()
    assert edge.pixelColor(2, 20).name() == "#8000cc"


def test_a_name_settled_here_is_not_changed_from_there() -> None:
    assert (branded("").label, branded("").place) == ("Nord", "host.example · Nord")
    settled = Instance("Wagner", InstanceKind.BRAND, settled=True, brand=Brand("Nord"))
    assert settled.label == settled.place == "Wagner"


@pytest.mark.parametrize(
    ("given", "settled"), [(None, False), ("leads.wagner.example", False), ("Wagner", True)]
)
def test_a_name_that_is_only_the_hosts_is_nobodys_choice(given: str | None, settled: bool) -> None:
    found = instance_at(read_address("https://leads.wagner.example", "test"), given)
    assert (found.kind, found.settled) == (InstanceKind.BRAND, settled)
