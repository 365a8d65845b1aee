"""The instance as paint on the rim: edge, mark and tint (look/notes.md, rule 6).

Imported before the first frame: no font here (12 ms), and nothing of Qt's name space ``Qt``, whose
enumerations cost 18 ms when they are first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath

from leaddesk.ui.theme.tokens import current

PAINT, GAP, ANGLE = 6, 4, 45


class InstanceKind(StrEnum):
    """Which paint; the values are names of colour tokens."""

    LIVE = "live"
    DEMO = "demo"
    BRAND = "brand"


@dataclass(frozen=True)
class Instance:
    """One instance of the platform as this computer's settings name it (never server text)."""

    name: str
    kind: InstanceKind = InstanceKind.LIVE

    @property
    def is_demo(self) -> bool:
        """Whether the edge is hatched and the word DEMO stands in the window."""
        return self.kind is InstanceKind.DEMO


def tint(instance: Instance) -> QColor:
    """Return the top bar's and sign-in panel's colour."""
    return current().color(f"{instance.kind.value}Tint")


def draw_instance(painter: QPainter, rect: QRectF, instance: Instance) -> None:
    """Fill ``rect`` with the instance's paint; demo is hatched so that it shows without colour."""
    theme = current()
    if not instance.is_demo:
        painter.fillRect(rect, theme.color(instance.kind.value))
        return
    painter.save()
    painter.setClipRect(rect)
    painter.fillRect(rect, theme.color("surface"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.rotate(-ANGLE)
    reach, period = rect.width() + rect.height(), theme.px(PAINT + GAP)
    position = -reach
    while position < reach:
        painter.fillRect(QRectF(-reach, position, 2 * reach, theme.px(PAINT)), theme.color("demo"))
        position += period
    painter.restore()


def mark_outline(rect: QRectF, size: int) -> QPainterPath:
    """Return the square with round corners that a mark of ``size`` pixels at 100 % stands in."""
    radius = current().px(6 if size <= 24 else 8)
    outline = QPainterPath()
    outline.addRoundedRect(rect, radius, radius)
    return outline
