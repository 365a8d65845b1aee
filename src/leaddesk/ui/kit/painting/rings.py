"""The countdown ring of offers: what is left of the time, with the figure inside."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from leaddesk.ui.kit.painting.writing import CENTER, draw_text
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle


def draw_countdown(
    painter: QPainter, rect: QRectF, stroke: float, left: float, *, role: str = "accentMark"
) -> None:
    """Paint the ring: ``left`` (0 to 1) of it in ``role``, clockwise from the top, the rest pale."""
    theme = current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inner = rect.adjusted(stroke / 2, stroke / 2, -stroke / 2, -stroke / 2)
    painter.setPen(QPen(theme.color("pressed"), stroke))
    painter.drawEllipse(inner)
    share = min(1.0, max(0.0, left))
    if share > 0:
        edge = QPen(theme.color(role), stroke)
        edge.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(edge)
        painter.drawArc(inner, 90 * 16, -round(share * 360 * 16))
    painter.restore()


def draw_ring_figure(painter: QPainter, rect: QRectF, figure: str, unit: str) -> None:
    """Paint figure and unit in the middle of a ring: ``29:12`` over ``Min.``."""
    theme = current()
    middle = rect.center().y()
    half = theme.px(9)
    style = TextStyle.PANE_TITLE if rect.width() >= theme.px(60) else TextStyle.BODY
    upper = QRectF(rect.left(), middle - 2 * half + theme.px(2), rect.width(), 2 * half)
    lower = QRectF(rect.left(), middle, rect.width(), 2 * half - theme.px(3))
    draw_text(painter, upper, figure, style, "text", align=CENTER, bold=True)
    draw_text(painter, lower, unit, TextStyle.MICRO, "text3", align=CENTER, bold=False)
