"""Compares a screen of the tour with its picture, coarsely: times and figures differ, the layout may not."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from leaddesk.settings.resources import resource_dir

FOLDER = resource_dir() / "demo" / "tour"
WIDTH, HEIGHT = 180, 113
LIMIT = 1.5
"""Mean difference of grey values (0 to 255). Measured: two runs 0.1, the most similar two screens 2.5."""


class NotAlike(Exception):
    """A screen does not look like its picture, or has none."""


def thumbnail(png: bytes) -> QImage:
    """Return the small grey picture that is compared and kept."""
    small = QImage.fromData(png).scaled(
        WIDTH, HEIGHT, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    return small.convertToFormat(QImage.Format.Format_Grayscale8)


def difference(one: QImage, other: QImage) -> float:
    """Return the mean difference of two thumbnails, 0 (alike) to 255."""
    pairs = zip(_greys(one), _greys(other), strict=True)
    return sum(abs(left - right) for left, right in pairs) / (WIDTH * HEIGHT)


def compare(name: str, png: bytes) -> float:
    """Return the difference to the nearest picture of a screen. Raises :class:`NotAlike` past the limit."""
    seen = thumbnail(png)
    found = min((difference(seen, _kept(path)) for path in references(name)), default=None)
    if found is None:
        raise NotAlike(f"there is no picture of {name}")
    if found > LIMIT:
        raise NotAlike(f"{name} does not look like its picture: {found:.1f} of 255, at most {LIMIT:g}")
    return found


def references(name: str) -> list[Path]:
    """Return the pictures of a screen: it may look different with and without a keyring, for example."""
    return sorted(FOLDER.glob(f"{name}.png")) + sorted(FOLDER.glob(f"{name}~*.png"))


def _kept(path: Path) -> QImage:
    return QImage(str(path)).convertToFormat(QImage.Format.Format_Grayscale8)


def _greys(image: QImage) -> bytes:
    """Return the pixels without the padding at the end of each line."""
    data, stride = bytes(image.constBits()), image.bytesPerLine()
    return b"".join(data[line * stride : line * stride + WIDTH] for line in range(HEIGHT))
