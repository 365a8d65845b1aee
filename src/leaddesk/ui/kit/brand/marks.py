"""The instance's paint as widgets: the line down the window's side, and the mark."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from leaddesk.ui.kit.brand.instance import Instance, draw_instance, mark_outline
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle, font


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
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint = current().color(self._instance.kind.value)
        painter.fillPath(mark_outline(QRectF(self.rect()), self._size), paint)
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
