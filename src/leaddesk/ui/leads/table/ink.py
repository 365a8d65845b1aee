"""What a row is painted with: fonts that know whether a text fits, and the marks as ready pictures.

A list paints some hundred texts a frame, and measuring one costs as much as drawing it (8 µs). So whether a
text fits is estimated from its characters, and only what may not fit is measured.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPixmap

from leaddesk.ui.kit.painting.people import draw_avatar
from leaddesk.ui.kit.painting.steps import draw_step
from leaddesk.ui.kit.painting.writing import pen
from leaddesk.ui.theme.tokens import Theme, current
from leaddesk.ui.theme.type_scale import TextStyle

_SLACK = 1.02
_CHARACTERS = 4096


class _Advances(dict[str, float]):
    """How wide each character is; of characters, never of texts."""

    def __init__(self, metrics: QFontMetricsF) -> None:
        super().__init__()
        self._metrics = metrics

    def __missing__(self, char: str) -> float:
        if len(self) >= _CHARACTERS:
            self.clear()
        advance = self[char] = self._metrics.horizontalAdvance(char) * _SLACK
        return advance


class Ink:
    """A font with its metrics."""

    __slots__ = ("_advances", "font", "lift", "metrics")

    def __init__(self, style: TextStyle) -> None:
        made = pen(style)
        self.font, self.metrics = made.font, made.metrics
        self.lift = (made.ascent - made.descent) / 2
        self._advances = _Advances(made.metrics)

    def fitted(self, text: str, room: float) -> str:
        """Return the text, ending in an ellipsis if it is wider than the room."""
        if sum(map(self._advances.__getitem__, text)) <= room:
            return text
        return self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, room))

    def width(self, text: str) -> float:
        """Return how wide a text is."""
        return self.metrics.horizontalAdvance(text)


def ink(style: TextStyle) -> Ink:
    """Return the font of a style at the scale in force."""
    return _ink(style, current().scale)


@lru_cache(maxsize=32)
def _ink(style: TextStyle, scale: float) -> Ink:
    del scale  # part of the cache key only: the font reads it from the theme in force
    return Ink(style)


def step_mark(position: int, count: int, ratio: float) -> QPixmap:
    """Return the glyph of a step in the theme in force, 16 px square with the glyph in its middle."""
    return _step_mark(position, count, ratio, current())


def avatar_mark(letters: str, slot: int, ratio: float) -> QPixmap:
    """Return the avatar of somebody who works leads; of members, never of prospects."""
    return _avatar_mark(letters, slot, ratio, current())


@lru_cache(maxsize=256)
def _step_mark(position: int, count: int, ratio: float, theme: Theme) -> QPixmap:
    side = theme.px(16)
    mark = _canvas(side, ratio)
    painter = QPainter(mark)
    draw_step(painter, QPointF(side / 2, side / 2), position, count)
    painter.end()
    return mark


@lru_cache(maxsize=512)
def _avatar_mark(letters: str, slot: int, ratio: float, theme: Theme) -> QPixmap:
    side = theme.length("avatar.list")
    mark = _canvas(side, ratio)
    painter = QPainter(mark)
    draw_avatar(painter, QRectF(0, 0, side, side), letters, slot)
    painter.end()
    return mark


def _canvas(side: int, ratio: float) -> QPixmap:
    canvas = QPixmap(round(side * ratio), round(side * ratio))
    canvas.setDevicePixelRatio(ratio)
    canvas.fill(Qt.GlobalColor.transparent)
    return canvas
