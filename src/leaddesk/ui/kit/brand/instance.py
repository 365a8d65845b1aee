"""The instance as paint on the rim: edge, mark and tint (look/notes.md, rule 6)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle, font

PAINT, GAP, ANGLE = 6, 4, 45


class InstanceKind(StrEnum):
    """Which paint; the values are names of colour tokens."""

    LIVE = "live"
    DEMO = "demo"


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


class InstanceEdge(QWidget):
    """The 4 px line down the window's left side."""

    def __init__(self, instance: Instance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._instance = instance
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)

    def set_instance(self, instance: Instance) -> None:
        """Repaint in another instance's paint."""
        self._instance = instance
        self.update()

    def sizeHint(self) -> QSize:
        """Give the edge's width."""
        return QSize(current().length("layout.edge"), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the edge over its whole height."""
        draw_instance(QPainter(self), QRectF(self.rect()), self._instance)


class InstanceMark(QWidget):
    """The square with one letter: the tenant's in the window, the program's at the door."""

    def __init__(
        self, instance: Instance, letter: str, size: int = 24, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._instance = instance
        self._letter = letter
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_letter(self, instance: Instance, letter: str) -> None:
        """Show another instance or letter."""
        self._instance, self._letter = instance, letter
        self.update()

    def sizeHint(self) -> QSize:
        """Give the scaled square."""
        side = current().px(self._size)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the square in the instance's colour and the letter upon it."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint = theme.color(self._instance.kind.value)
        painter.setBrush(paint)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = theme.px(6 if self._size <= 24 else 8)
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setPen(_letter_color(paint))
        painter.setFont(font(TextStyle.MICRO if self._size <= 24 else TextStyle.PANE_TITLE))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._letter)


def _letter_color(paint: QColor) -> QColor:
    """Return black or white, whichever stands out more (WCAG relative luminance)."""
    parts = (paint.redF(), paint.greenF(), paint.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    white, black = 1.05 / (luminance + 0.05), (luminance + 0.05) / 0.05
    return QColor(Qt.GlobalColor.white if white >= black else Qt.GlobalColor.black)
