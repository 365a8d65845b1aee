"""Skeleton bars: where rows will stand while they come. Still, no shimmer."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from leaddesk.ui.theme.tokens import current

_NAME_SHARES = (0.62, 0.5, 0.7, 0.56, 0.66)
_SUB_SHARES = (0.42, 0.55, 0.36, 0.48, 0.4)


def draw_bar(painter: QPainter, rect: QRectF) -> None:
    """Paint one bar with round ends of 4 px."""
    radius = min(current().px(4), rect.height() / 2)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(current().color("skeleton"))
    painter.drawRoundedRect(rect, radius, radius)
    painter.restore()


def draw_bars(painter: QPainter, rect: QRectF, row: int, *, lines: int = 2) -> None:
    """Paint the bars of one cell (10 px over 8 px, or one); lengths differ by ``row`` as words do."""
    px = current().px
    tall, low = px(10), px(8)
    width = rect.width() * _NAME_SHARES[row % len(_NAME_SHARES)]
    if lines == 1:
        draw_bar(painter, QRectF(rect.left(), rect.center().y() - tall / 2, width, tall))
        return
    top = rect.center().y() - px(13)
    draw_bar(painter, QRectF(rect.left(), top, width, tall))
    short = rect.width() * _SUB_SHARES[row % len(_SUB_SHARES)]
    draw_bar(painter, QRectF(rect.left(), top + px(18), short, low))
