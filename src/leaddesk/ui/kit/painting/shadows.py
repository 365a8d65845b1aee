"""Soft shadows as a painted nine-patch: an effect would render a dialog anew at each blink of the cursor."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from leaddesk.ui.theme.icons import device_ratio
from leaddesk.ui.theme.tokens import current, token

_SOFTNESS = 0.55  # how quickly the edge fades; close to a Gaussian of half the blur


def shadow_reach(name: str) -> int:
    """Return how far a shadow reaches beyond its box, in scaled pixels."""
    entry = token(f"shadow.{name}")
    return current().px(entry["blur"] + abs(entry.get("y", 0)))


def draw_shadow(painter: QPainter, box: QRectF, radius: float, name: str = "dialog") -> None:
    """Paint the shadow of a box (``popup`` or ``dialog`` of the tokens) around and beneath it."""
    theme, entry = current(), token(f"shadow.{name}")
    blur, down = theme.px(entry["blur"]), theme.px(entry["y"])
    patch = _patch(blur, round(radius), theme.shadow(name).rgba(), device_ratio(painter))
    edge = 2 * blur + round(radius)
    around = box.translated(0, down).adjusted(-blur, -blur, blur, blur)
    _draw_nine(painter, around, patch, edge)


def _draw_nine(painter: QPainter, target: QRectF, patch: QPixmap, edge: float) -> None:
    """Paint corners as they are, sides and middle stretched; corners shrink where the target is too small."""
    ratio = patch.devicePixelRatio()
    side = patch.width() / ratio
    across, along = min(edge, target.width() / 2), min(edge, target.height() / 2)
    columns = ((0.0, across), (across, target.width() - 2 * across), (target.width() - across, across))
    rows = ((0.0, along), (along, target.height() - 2 * along), (target.height() - along, along))
    from_x = ((0.0, across), (edge, 1.0), (side - across, across))
    from_y = ((0.0, along), (edge, 1.0), (side - along, along))
    for (x, width), (source_x, source_width) in zip(columns, from_x, strict=True):
        for (y, height), (source_y, source_height) in zip(rows, from_y, strict=True):
            place = QRectF(target.left() + x, target.top() + y, width, height)
            source = QRectF(source_x * ratio, source_y * ratio, source_width * ratio, source_height * ratio)
            painter.drawPixmap(place, patch, source)


@lru_cache(maxsize=16)
def _patch(blur: int, radius: int, rgba: int, ratio: float) -> QPixmap:
    """Return the nine-patch: rounded boxes from the outside in, alpha rising as in a blurred edge."""
    side = 2 * (2 * blur + radius) + 1
    patch = QPixmap(round(side * ratio), round(side * ratio))
    patch.setDevicePixelRatio(ratio)
    patch.fill(Qt.GlobalColor.transparent)
    painter = QPainter(patch)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    painter.setPen(Qt.PenStyle.NoPen)
    color = QColor.fromRgba(rgba)
    full = color.alphaF()
    for step in range(2 * blur):
        distance = blur - step  # logical pixels outside the box; negative is inside
        color.setAlphaF(full * 0.5 * math.erfc(distance / (blur * _SOFTNESS)))
        painter.setBrush(color)
        corner = max(1.0, radius + distance)
        painter.drawRoundedRect(QRectF(step, step, side - 2 * step, side - 2 * step), corner, corner)
    painter.end()
    return patch
