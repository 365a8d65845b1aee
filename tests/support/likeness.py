"""Pictures held against committed ones: the same size, and almost every pixel the same."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from tests.stories.stage import painted
from tests.support import pictures

FOLDER = Path(__file__).resolve().parent.parent / "pictures"
UPDATE = "UPDATE_PICTURES"
SHARE = 0.005  # of the pixels may differ: another build of FreeType moves edges of letters
STEP = 24  # of 255 in one channel, before a pixel counts as different


def assert_picture(name: str, shown: QWidget | QImage) -> None:
    """Compare with tests/pictures/NAME.png; with UPDATE_PICTURES=1, run by hand, write that file instead.

    Raises AssertionError; then NAME-actual and NAME-difference go to the runner (build/pictures).
    """
    actual = shown if isinstance(shown, QImage) else painted(shown)
    actual = actual.convertToFormat(QImage.Format.Format_RGB32)
    expected_at = FOLDER / f"{name}.png"
    if os.environ.get(UPDATE):
        expected_at.parent.mkdir(parents=True, exist_ok=True)
        assert actual.save(str(expected_at))
        return
    expected = QImage(str(expected_at)).convertToFormat(QImage.Format.Format_RGB32)
    problem, difference = compare(actual, expected)
    if problem:
        pictures.send(f"{name}-actual", actual)
        if difference is not None:
            pictures.send(f"{name}-difference", difference)
        raise AssertionError(f"{name}: {problem}")


def compare(actual: QImage, expected: QImage) -> tuple[str, QImage | None]:
    """Return what is wrong, empty if nothing is, and a picture with the differing pixels in red."""
    if expected.isNull():
        return f"there is no committed picture; run with {UPDATE}=1", None
    if actual.size() != expected.size():
        return f"{_words(actual.size())} instead of {_words(expected.size())}", None
    got, wanted = bytes(actual.constBits()), bytes(expected.constBits())
    if got == wanted:
        return "", None
    width = actual.width()
    differing = [
        at // 4
        for at in range(0, len(got), 4)
        if got[at : at + 3] != wanted[at : at + 3] and _far(got[at : at + 3], wanted[at : at + 3])
    ]
    share = len(differing) / (len(got) // 4)
    if share <= SHARE:
        return "", None
    marked = QImage(expected)
    for pixel in differing:
        marked.setPixel(pixel % width, pixel // width, 0xFFFF0000)
    return f"{share:.1%} of the pixels differ, {SHARE:.1%} may", marked


def _far(one: bytes, other: bytes) -> bool:
    return any(abs(a - b) > STEP for a, b in zip(one, other, strict=True))


def _words(size: QSize) -> str:
    return f"{size.width()}x{size.height()}"
