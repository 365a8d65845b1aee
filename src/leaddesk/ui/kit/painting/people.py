"""Avatars: initials on one of six soft colours; the dashed ring for nobody."""

from __future__ import annotations

from zlib import crc32

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from leaddesk.ui.theme.tokens import Scheme, current, token
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
    inside = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    if not letters:
        painter.setPen(_line("borderControl", dashed=True))
        painter.drawEllipse(inside)
    else:
        outlined = theme.scheme is Scheme.HIGH_CONTRAST
        painter.setPen(_line("border") if outlined else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(f"av{slot}Bg"))
        painter.drawEllipse(inside if outlined else rect)
        painter.setFont(_letters_font(rect.width()))
        painter.setPen(theme.color(f"av{slot}"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, letters)
    painter.restore()


def _line(role: str, *, dashed: bool = False) -> QPen:
    edge = QPen(current().color(role), 1.0)
    if dashed:
        edge.setDashPattern([2.5, 2.5])
    return edge


def _letters_font(width: float) -> QFont:
    ratio = token("avatar.fontRatio")["upTo40" if width <= current().px(40) else "above"]
    writing = font(TextStyle.MICRO)
    writing.setPixelSize(max(1, round(width * ratio)))
    return writing
