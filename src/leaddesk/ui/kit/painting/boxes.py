"""Rounded boxes, rings round them and hairlines, aligned to device pixels."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from leaddesk.ui.theme.tokens import current


def draw_box(
    painter: QPainter,
    rect: QRectF,
    radius: float,
    *,
    fill: str | None = None,
    line: str | None = None,
    width: float = 1.0,
    dashes: tuple[float, float] | None = None,
) -> None:
    """Paint a rounded box in token colours; the line lies wholly inside the rectangle."""
    theme = current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(theme.color(fill) if fill else Qt.BrushStyle.NoBrush)
    painter.setPen(Qt.PenStyle.NoPen)
    inset = 0.0
    if line is not None:
        edge = QPen(theme.color(line), width)
        if dashes is not None:
            edge.setDashPattern([dash / width for dash in dashes])
            edge.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(edge)
        inset = width / 2
    inner = rect.adjusted(inset, inset, -inset, -inset)
    painter.drawRoundedRect(inner, max(0.0, radius - inset), max(0.0, radius - inset))
    painter.restore()


def draw_ring(painter: QPainter, rect: QRectF, radius: float, width: float, role: str = "focus") -> None:
    """Paint a ring inside a rectangle: the focus ring and other frames without fill."""
    draw_box(painter, rect, radius, line=role, width=width)


def draw_hairline(painter: QPainter, start: QPointF, end: QPointF, role: str = "border") -> None:
    """Fill a line of 1 logical pixel from start to end, horizontal or vertical."""
    color: QColor = current().color(role)
    painter.fillRect(
        QRectF(start.x(), start.y(), max(1.0, end.x() - start.x()), max(1.0, end.y() - start.y())), color
    )
