"""What a window paints, as text: rendered once more onto a device that keeps words instead of pixels.

Nothing is asked of widgets: what is recorded is what they hand to QPainter, elided where it is elided, absent
where it is covered by a page of a stack or scrolled away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QPaintDevice, QPaintEngine, QPaintEngineState, QRegion, QTextItem, QTransform
from PySide6.QtWidgets import QWidget

DPI = 96
ALL_COLOURS = 2**31 - 1
_RATIO_SCALE = 65_536


@dataclass(frozen=True, slots=True)
class PaintedText:
    """Words with the middle of their place, in screen coordinates."""

    words: str
    x: int
    y: int


class _WordEngine(QPaintEngine):
    """Keeps text items and forgets everything else that is painted."""

    def __init__(self) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self.found: list[tuple[str, QPointF]] = []
        self._transform = QTransform()
        self._clip: QRegion | None = None

    def begin(self, device: QPaintDevice) -> bool:
        return True

    def end(self) -> bool:
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, state: QPaintEngineState) -> None:
        dirty = state.state()
        if dirty & QPaintEngine.DirtyFlag.DirtyTransform:
            self._transform = state.transform()

    def drawTextItem(self, at: QPointF, item: QTextItem) -> None:  # type: ignore[override]
        middle = QPointF(at.x() + item.width() / 2, at.y() - item.ascent() / 2)
        self.found.append((item.text(), self._transform.map(middle)))

    def _ignore(self, *_: Any) -> None:
        """Shapes and pictures are not words."""

    drawPixmap = drawImage = drawTiledPixmap = drawPath = drawPolygon = _ignore  # type: ignore[assignment]
    drawRects = drawLines = drawEllipse = drawPoints = _ignore


class _WordDevice(QPaintDevice):
    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.engine = _WordEngine()
        metric = QPaintDevice.PaintDeviceMetric
        self._metrics = {
            metric.PdmWidth: widget.width(),
            metric.PdmHeight: widget.height(),
            metric.PdmDpiX: DPI,
            metric.PdmDpiY: DPI,
            metric.PdmPhysicalDpiX: DPI,
            metric.PdmPhysicalDpiY: DPI,
            metric.PdmDevicePixelRatio: 1,
            metric.PdmDevicePixelRatioScaled: _RATIO_SCALE,
            metric.PdmDepth: 32,
            metric.PdmNumColors: ALL_COLOURS,
        }

    def paintEngine(self) -> QPaintEngine:
        return self.engine

    def metric(self, metric: QPaintDevice.PaintDeviceMetric) -> int:
        return self._metrics.get(metric, 0)


def painted_text(window: QWidget) -> list[PaintedText]:
    """Paint a window once more and return its words, from back to front, with their places on the screen."""
    device = _WordDevice(window)
    window.render(device, QPoint())
    origin = window.mapToGlobal(QPoint())
    inside = QRectF(window.rect())
    return [
        PaintedText(words, round(origin.x() + at.x()), round(origin.y() + at.y()))
        for words, at in device.engine.found
        if words.strip() and inside.contains(at)
    ]
