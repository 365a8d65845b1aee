"""Check boxes and radio buttons, drawn by hand: style sheets know no check mark without a picture file."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from leaddesk.ui.kit.painting.boxes import draw_box
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current


def draw_check(painter: QPainter, rect: QRectF, state: Qt.CheckState, *, enabled: bool = True) -> None:
    """Paint a check box of 16 px in a rectangle: empty, checked, or a dash for some."""
    radius = current().px(4)
    if state is Qt.CheckState.Unchecked:
        draw_box(painter, rect, radius, fill="surface", line="borderControl" if enabled else "border")
        return
    draw_box(painter, rect, radius, fill="accent" if enabled else "pressed")
    mark = Icon.CHECK if state is Qt.CheckState.Checked else Icon.MINUS
    draw_icon(painter, rect, mark, "onAccent" if enabled else "textDisabled", 12)


def draw_radio(painter: QPainter, rect: QRectF, checked: bool, *, enabled: bool = True) -> None:
    """Paint a radio button of 16 px: a ring, or a disc with a hole."""
    theme = current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if checked:
        width = theme.px(5)
        painter.setPen(QPen(theme.color("accentMark" if enabled else "textDisabled"), width))
        painter.setBrush(theme.color("surface"))
        painter.drawEllipse(rect.adjusted(width / 2, width / 2, -width / 2, -width / 2))
    else:
        painter.setPen(QPen(theme.color("borderControl" if enabled else "border"), 1.0))
        painter.setBrush(theme.color("surface"))
        painter.drawEllipse(rect.adjusted(0.5, 0.5, -0.5, -0.5))
    painter.restore()


def draw_dot(painter: QPainter, center: QPointF, role: str = "accentMark", diameter: float = 8) -> None:
    """Paint a filled dot: unread, connected."""
    radius = diameter * current().scale / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(current().color(role))
    painter.drawEllipse(center, radius, radius)
    painter.restore()
