"""The instance's paint as widgets: the line down the window's side, and the mark."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from leaddesk.ui.kit.brand.instance import Instance, draw_instance, mark_outline, paint_of
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
    """The square with one letter: the tenant's in the window, the program's at the door; or with a logo."""

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
        """Paint the square in the instance's colour and the letter upon it, or the logo on white."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._instance.logo is not None:
            self._draw_logo(painter, self._instance.logo)
            return
        paint = paint_of(self._instance)
        painter.fillPath(mark_outline(QRectF(self.rect()), self._size), paint)
        painter.setPen(_letter_color(paint))
        painter.setFont(font(TextStyle.MICRO if self._size <= 24 else TextStyle.PANE_TITLE))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._letter)

    def _draw_logo(self, painter: QPainter, logo: QImage) -> None:
        """Its pixels are on white, whatever the scheme: the tile is too, with a line around it."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        outline = mark_outline(frame, self._size)
        painter.fillPath(outline, QColor(Qt.GlobalColor.white))
        room = frame.adjusted(2, 2, -2, -2)
        size = QSizeF(logo.size()).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(room.center())
        painter.setClipPath(outline)
        painter.drawImage(place, logo)
        painter.setClipping(False)
        painter.setPen(QPen(current().color("border"), 1))
        painter.drawPath(outline)


def _letter_color(paint: QColor) -> QColor:
    """Return black or white, whichever stands out more (WCAG relative luminance)."""
    parts = (paint.redF(), paint.greenF(), paint.blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    white, black = 1.05 / (luminance + 0.05), (luminance + 0.05) / 0.05
    return QColor(Qt.GlobalColor.white if white >= black else Qt.GlobalColor.black)
