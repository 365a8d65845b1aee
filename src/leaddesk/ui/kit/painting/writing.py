"""Text painted by a painter: cached fonts, metrics and ellipses, because lists paint thousands of them."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QTextLayout, QTextOption

from leaddesk.ui.kit.isolation import visible
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle, font, line_height

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter


class Pen:
    """A font with its metrics, made once per style, weight and scale."""

    __slots__ = ("ascent", "descent", "font", "metrics")

    def __init__(self, style: TextStyle, bold: bool | None) -> None:
        self.font: QFont = font(style, bold=bold)
        self.metrics = QFontMetricsF(self.font)
        self.ascent = self.metrics.ascent()
        self.descent = self.metrics.descent()


def pen(style: TextStyle, bold: bool | None = None) -> Pen:
    """Return the cached font and metrics of a style at the scale in force."""
    return _pen(style, bold, current().scale)


def text_width(text: str, style: TextStyle = TextStyle.BODY, bold: bool | None = None) -> float:
    """Return how wide a text is as it is painted, in logical pixels."""
    return pen(style, bold).metrics.horizontalAdvance(visible(text))


def elided(text: str, style: TextStyle, width: float, bold: bool | None = None) -> str:
    """Return the text as it is painted, with an ellipsis where it is wider than ``width``."""
    return _elided(visible(text), pen(style, bold), width)


def draw_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    style: TextStyle = TextStyle.BODY,
    role: str = "text",
    *,
    align: Qt.AlignmentFlag = LEFT,
    bold: bool | None = None,
) -> float:
    """Paint one line inside a rectangle, ending in an ellipsis if it is too long; returns the width painted.

    ``rect`` is in logical pixels; the base line lies on a whole pixel, so that rows look alike. Controls in
    the text are painted by name (guarantee D4).
    """
    painter.setPen(current().color(role))
    return _draw_line(painter, rect, visible(text), pen(style, bold), align)


def _elided(text: str, writing: Pen, width: float) -> str:
    return writing.metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, width))


def _draw_line(painter: QPainter, rect: QRectF, text: str, writing: Pen, align: Qt.AlignmentFlag) -> float:
    width = writing.metrics.horizontalAdvance(text)
    if width > rect.width():
        text = _elided(text, writing, rect.width())
        width = writing.metrics.horizontalAdvance(text)
    x = rect.left()
    if align & Qt.AlignmentFlag.AlignRight:
        x = rect.right() - width
    elif align & Qt.AlignmentFlag.AlignHCenter:
        x = rect.left() + (rect.width() - width) / 2
    base = rect.top() + (rect.height() + writing.ascent - writing.descent) / 2
    painter.setFont(writing.font)
    painter.drawText(QPointF(x, round(base)), text)
    return width


def paragraph_height(text: str, style: TextStyle, width: float, bold: bool | None = None) -> int:
    """Return how tall a text is when broken into lines of at most ``width``; one line at least."""
    lines = max(1, len(_broken(visible(text), style, bold, round(width), current().scale)))
    return lines * line_height(style)


def draw_paragraph(
    painter: QPainter,
    rect: QRectF,
    text: str,
    style: TextStyle = TextStyle.BODY,
    role: str = "text",
    *,
    align: Qt.AlignmentFlag = LEFT,
    bold: bool | None = None,
) -> None:
    """Paint a text broken into lines from the top of a rectangle, in the line height of its style."""
    tall = line_height(style)
    painter.setPen(current().color(role))
    for index, line in enumerate(_broken(visible(text), style, bold, round(rect.width()), current().scale)):
        place = QRectF(rect.left(), rect.top() + index * tall, rect.width(), tall)
        _draw_line(painter, place, line, pen(style, bold), align)


@lru_cache(maxsize=256)
def _broken(text: str, style: TextStyle, bold: bool | None, width: int, scale: float) -> tuple[str, ...]:
    """Break a text into lines: at spaces, and inside a word only where it is wider than the line."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        layout = QTextLayout(paragraph, _pen(style, bold, scale).font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            start = line.textStart()
            # QTextLayout counts UTF-16 units; slicing does so too only without characters beyond the BMP
            units = paragraph.encode("utf-16-le")[2 * start : 2 * (start + line.textLength())]
            lines.append(units.decode("utf-16-le", "ignore").rstrip())
        layout.endLayout()
    return tuple(lines)


@lru_cache(maxsize=64)
def _pen(style: TextStyle, bold: bool | None, scale: float) -> Pen:
    del scale  # part of the cache key only: the font reads it from the theme in force
    return Pen(style, bold)
