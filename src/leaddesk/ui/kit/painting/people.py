"""Avatars: initials on one of six soft colours; the dashed ring for nobody."""

from __future__ import annotations

from zlib import crc32

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from leaddesk.ui.theme.tokens import current, token
from leaddesk.ui.theme.type_scale import TextStyle, font


def initials(name: str) -> str:
    """Return the first letters of the first and last word: ``MB`` for Maren Boysen; nothing for no name."""
    words = [word for word in name.split() if word[:1].isalpha()]
    if not words:
        return ""
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def slot_of(person_id: str) -> int:
    """Return the colour slot (1 to 6) of a person: the same in every session and on every machine."""
    slots: int = token("avatar.slots")
    return crc32(person_id.encode()) % slots + 1


def draw_avatar(painter: QPainter, rect: QRectF, letters: str, slot: int) -> None:
    """Paint the disc of a person, or the dashed ring of nobody where there are no letters."""
    theme = current()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if not letters:
        edge = QPen(theme.color("borderControl"), 1.0)
        edge.setDashPattern([2.5, 2.5])
        painter.setPen(edge)
        painter.drawEllipse(rect.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.restore()
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(f"av{slot}Bg"))
    painter.drawEllipse(rect)
    ratio = token("avatar.fontRatio")["upTo40" if rect.width() <= theme.px(40) else "above"]
    writing = font(TextStyle.MICRO)
    writing.setPixelSize(max(1, round(rect.width() * ratio)))
    painter.setFont(writing)
    painter.setPen(theme.color(f"av{slot}"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, letters)
    painter.restore()
