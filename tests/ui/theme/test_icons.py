"""Icons: built from Lucide, painted in token colours, and clear words where one is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QIcon, QImage, QPainter

from leaddesk.ui.theme import icons as loader
from leaddesk.ui.theme.icons import Icon, IconsNotBuilt, draw_icon, icon, pixmap
from leaddesk.ui.theme.tokens import Scheme, current
from tests.stories.stage import Stage


def test_without_a_build_one_sentence_names_the_way_out(
    monkeypatch: pytest.MonkeyPatch, stage: Stage
) -> None:
    monkeypatch.setattr(loader, "BUILT", Path("nowhere.json"))
    loader._drawings.cache_clear()
    loader._painted.cache_clear()
    with pytest.raises(IconsNotBuilt, match="make setup"):
        pixmap(Icon.SHARE)
    monkeypatch.undo()
    loader._drawings.cache_clear()
    assert not pixmap(Icon.SHARE).isNull()


def test_an_icon_newer_than_the_build_says_so_too(monkeypatch: pytest.MonkeyPatch, stage: Stage) -> None:
    monkeypatch.setattr(loader, "_drawings", dict)
    loader._painted.cache_clear()
    with pytest.raises(IconsNotBuilt, match=r"share-2 .*make setup"):
        pixmap(Icon.SHARE)


def colours(image: QImage) -> set[str]:
    """Names of the fully opaque colours of a picture."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


def test_icons_take_the_colour_of_their_role_in_each_theme(stage: Stage) -> None:
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        stage.style.apply(scheme)
        drawn = pixmap(Icon.PLUS, "dangerText", 16, 4.0).toImage()
        assert colours(drawn) == {current().color("dangerText").name()}


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0, 3.0])
def test_icons_have_the_pixels_of_the_device(stage: Stage, ratio: float) -> None:
    drawn = pixmap(Icon.SHARE, size=16, ratio=ratio)
    assert drawn.width() == round(16 * ratio)
    assert pixmap(Icon.SHARE, size=16, ratio=ratio).cacheKey() == drawn.cacheKey()


def test_large_icons_have_thinner_strokes(stage: Stage) -> None:
    assert b'stroke-width="2.0"' in loader._svg(Icon.SHARE, "#000000", 16)
    assert b'stroke-width="1.75"' in loader._svg(Icon.SHARE, "#000000", 24)


def test_a_menu_icon_knows_being_disabled(stage: Stage) -> None:
    made = icon(Icon.DELETE, "text")
    disabled = made.pixmap(16, QIcon.Mode.Disabled).toImage()
    assert disabled != made.pixmap(16).toImage()


def test_painting_lands_on_whole_device_pixels(stage: Stage) -> None:
    def shot(offset: float) -> QImage:
        image = QImage(24, 24, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        draw_icon(painter, QPointF(4 + offset, 4 + offset), Icon.SHARE)
        painter.end()
        return image

    assert shot(0.3) == shot(0.0)
    sharp = QImage(32, 32, QImage.Format.Format_ARGB32_Premultiplied)
    sharp.setDevicePixelRatio(2.0)
    sharp.fill(Qt.GlobalColor.transparent)
    painter = QPainter(sharp)
    draw_icon(painter, QRectF(0, 0, 16, 16), Icon.SHARE)
    painter.end()
    assert sharp == pixmap(Icon.SHARE, ratio=2.0).toImage()
    image = QImage(16, 16, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    draw_icon(painter, QRectF(0, 0, 16, 16), Icon.SHARE)
    painter.end()
