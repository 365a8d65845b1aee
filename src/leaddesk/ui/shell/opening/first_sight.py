"""What is painted before anything that costs time is imported: ground, edge, and the mark without its letter.

The words of the starting page follow one frame later: the first text makes Qt look for fonts (12 ms). Brushes
come out of a palette, because PySide tries Qt's enumerations for any argument that could be a brush, and
creating those costs 18 to 28 ms. A test holds the places against those of the starting page.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPainterPath, QPalette

from leaddesk.ui.kit.brand.instance import Instance, draw_instance, mark_outline
from leaddesk.ui.theme.tokens import current

MARK, BELOW = 32, 16
"""The mark's side, and the space between it and the line below, at 100 %."""


def mark_place(size: QSize) -> QRectF:
    """Return where the mark stands in a window of this size: mark and line are centred right of the edge."""
    theme = current()
    edge, side = theme.length("layout.edge"), theme.px(MARK)
    height = side + theme.px(BELOW) + theme.length("font.scale.body.line")
    return QRectF(edge + (size.width() - edge - side) // 2, (size.height() - height) // 2, side, side)


def draw_first_sight(painter: QPainter, size: QSize, instance: Instance, brushes: QPalette) -> None:
    """Paint the window of a start; ``brushes`` is a copy of any palette, for use here alone."""
    edge = QRectF(0, 0, current().length("layout.edge"), size.height())
    _fill(painter, _rectangle(QRectF(0, 0, size.width(), size.height())), "window", brushes)
    if instance.is_demo:
        draw_instance(painter, edge, instance)
    else:
        _fill(painter, _rectangle(edge), instance.kind.value, brushes)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _fill(painter, mark_outline(mark_place(size), MARK), instance.kind.value, brushes)


def _rectangle(rect: QRectF) -> QPainterPath:
    path = QPainterPath()
    path.addRect(rect)
    return path


def _fill(painter: QPainter, path: QPainterPath, color: str, brushes: QPalette) -> None:
    brushes.setColor(QPalette.ColorRole.Window, current().color(color))
    painter.fillPath(path, brushes.window())
