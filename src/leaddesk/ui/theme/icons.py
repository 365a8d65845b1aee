"""The icon loader: Lucide drawings painted in token colours, sharp at every device ratio."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from leaddesk.ui.theme.icon_names import Icon
from leaddesk.ui.theme.tokens import current, token

__all__ = ["Icon", "IconsNotBuilt", "device_ratio", "draw_icon", "icon", "pixmap"]

BUILT = Path(__file__).with_name("_icons.json")
RATIOS = (1.0, 2.0, 3.0)


class IconsNotBuilt(RuntimeError):
    """The generated drawings are missing or older than the list of names."""


@cache
def _drawings() -> Mapping[str, str]:
    if not BUILT.exists():
        raise IconsNotBuilt("The icons are not built yet: run `make setup`.")
    loaded: Mapping[str, str] = json.loads(BUILT.read_text("utf-8"))
    return loaded


def _svg(name: Icon, color: str, size: float) -> bytes:
    """Return a complete drawing; strokes are thinner from 20 px (tokens ``icon.stroke``)."""
    drawing = _drawings().get(name.value)
    if drawing is None:
        raise IconsNotBuilt(f"The icon {name.value} is not built yet: run `make setup`.")
    stroke = token("icon.stroke")["upTo16" if size < 20 else "from20"]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{color}" '
        f'stroke-width="{stroke}" stroke-linecap="round" stroke-linejoin="round">{drawing}</svg>'
    ).encode()


@lru_cache(maxsize=512)
def _painted(name: Icon, color: str, size: int, at_scale_one: float, ratio: float) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(_svg(name, color, at_scale_one)))  # may raise: before any painter
    pixels = max(1, round(size * ratio))
    painted = QPixmap(pixels, pixels)
    painted.fill(Qt.GlobalColor.transparent)
    painter = QPainter(painted)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    painted.setDevicePixelRatio(ratio)
    return painted


def pixmap(name: Icon, role: str = "text2", size: float = 16, ratio: float = 1.0) -> QPixmap:
    """Return a drawing in the token colour ``role``, cached; ``size`` in logical pixels at 100 %.

    Raises IconsNotBuilt while the generated drawings are missing.
    """
    theme = current()
    return _painted(name, theme.color(role).name(), theme.px(size), size, ratio)


def icon(name: Icon, role: str = "text2", size: float = 16) -> QIcon:
    """Return a drawing as QIcon for widgets that insist on one (menus); disabled is ``textDisabled``."""
    made = QIcon()
    for ratio in RATIOS:
        made.addPixmap(pixmap(name, role, size, ratio), QIcon.Mode.Normal)
        made.addPixmap(pixmap(name, "textDisabled", size, ratio), QIcon.Mode.Disabled)
    return made


def draw_icon(
    painter: QPainter, where: QRectF | QPointF, name: Icon, role: str = "text2", size: float = 16
) -> None:
    """Paint a drawing centred in a rectangle or with its corner at a point, on whole device pixels."""
    ratio = device_ratio(painter)
    drawn = pixmap(name, role, size, ratio)
    extent = QSizeF(drawn.width() / ratio, drawn.height() / ratio)
    if isinstance(where, QRectF):
        where = where.center() - QPointF(extent.width() / 2, extent.height() / 2)
    painter.drawPixmap(_snapped(painter, where), drawn)


def device_ratio(painter: QPainter) -> float:
    """Return how many device pixels a logical pixel has here; the painter knows better than its widget."""
    return max(0.1, painter.deviceTransform().m11())


def _snapped(painter: QPainter, corner: QPointF) -> QPointF:
    """Return the nearest point that lies on a whole device pixel."""
    to_device = painter.deviceTransform()
    on_device = to_device.map(corner)
    back, _ = to_device.inverted()
    return back.map(QPointF(round(on_device.x()), round(on_device.y())))
