"""The step glyph: a ring whose pie tells how far a lead is; the name always stands beside it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from leaddesk.ui.theme.tokens import current, token

_ROLES = ("stepNew", "stepContact", "stepVisit", "stepOffer", "stepClose")


def step_role(position: int, count: int) -> str:
    """Return the token colour of a step; longer and shorter pipelines are spread over the five colours."""
    if count <= 1:
        return _ROLES[0]
    return _ROLES[round(position * (len(_ROLES) - 1) / (count - 1))]


def draw_step(painter: QPainter, center: QPointF, position: int, count: int) -> None:
    """Paint step ``position`` (from 0) of ``count``: the first is a dashed ring, the last is full."""
    theme = current()
    color = theme.color(step_role(position, count))
    sizes = token("stepGlyph")
    ring, width = sizes["ringRadius"] * theme.scale, sizes["ringStroke"]
    edge = QPen(color, width * theme.scale)
    if position == 0:
        edge.setDashPattern([2.2 / width, 1.9 / width])
        edge.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(edge)
    painter.drawEllipse(center, ring, ring)
    if position > 0:
        _draw_pie(painter, center, sizes["pieRadius"] * theme.scale, position / (count - 1), color)
    painter.restore()


def _draw_pie(painter: QPainter, center: QPointF, radius: float, share: float, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    box = QRectF(center.x() - radius, center.y() - radius, 2 * radius, 2 * radius)
    if share >= 1:
        painter.drawEllipse(box)
    else:
        painter.drawPie(box, 90 * 16, -round(share * 360 * 16))
