"""The instance as paint on the rim: edge, mark and tint (look/notes.md, rule 6).

Imported before the first frame: no font here (12 ms), and nothing of Qt's name space ``Qt``, whose
enumerations cost 18 ms when they are first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath

from leaddesk.ui.theme.tokens import Scheme, current

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

PAINT, GAP, ANGLE = 6, 4, 45


class InstanceKind(StrEnum):
    """Which paint; the values are names of colour tokens."""

    LIVE = "live"
    DEMO = "demo"
    BRAND = "brand"


@dataclass(frozen=True)
class Brand:
    """What a server says of itself and was judged to be harmless; empty is our own (ADR 67).

    ``colour``: ``#rrggbb``. ``logo``: pixels on white.
    """

    name: str = ""
    colour: str = ""
    logo: QImage | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Instance:
    """One instance of the platform.

    ``name``: as this computer's settings name it; it alone stands in titles (never server text, A9).
    ``settled``: somebody here named it, so that the server's own name for itself does not count. ``brand``:
    only of an instance that is neither live nor demo, and only inside the window.
    """

    name: str
    kind: InstanceKind = InstanceKind.LIVE
    settled: bool = False
    brand: Brand = field(default_factory=Brand)

    @property
    def label(self) -> str:
        """Return what pages call it."""
        return self.name if self.settled or not self.brand.name else self.brand.name

    @property
    def place(self) -> str:
        """Return what it is called where its address does not stand beside: where it is, who it says it is.

        In this order, so that a long name leaves the address whole where room is short.
        """
        return self.name if self.label == self.name else f"{self.name} · {self.label}"

    @property
    def logo(self) -> QImage | None:
        """Return its logo, if it has one."""
        return self.brand.logo

    @property
    def is_demo(self) -> bool:
        """Whether the edge is hatched and the word DEMO stands in the window."""
        return self.kind is InstanceKind.DEMO


def tint(instance: Instance) -> QColor:
    """Return the top bar's and sign-in panel's colour."""
    served = _served(instance)
    if not served:
        return current().color(f"{instance.kind.value}Tint")
    from leaddesk.ui.kit.brand.colour import tinted

    theme = current()
    ground, share = ("surface", 0.08) if theme.scheme is Scheme.LIGHT else ("window", 0.12)
    words = tuple(theme.hex(name) for name in ("text", "text2", "text3"))
    return QColor(tinted(served, theme.hex(ground), share, words))


def paint_of(instance: Instance) -> QColor:
    """Return the colour of edge and mark: the served one if it may be used, made to stand out."""
    served = _served(instance)
    return QColor(served) if served else current().color(instance.kind.value)


def _served(instance: Instance) -> str:
    """Return the brand's colour for this scheme; nothing where it is the theme's own to say.

    One that could be taken for live or demo counts for nothing: they can never be mistaken (rule 6).
    """
    theme, colour = current(), instance.brand.colour
    if not colour or instance.kind is not InstanceKind.BRAND or theme.scheme is Scheme.HIGH_CONTRAST:
        return ""
    from leaddesk.ui.kit.brand.colour import alike, standing_out

    found = standing_out(colour, (theme.hex("window"), theme.hex("surface")))
    return "" if any(alike(found, theme.hex(name)) for name in ("live", "demo")) else found


def draw_instance(painter: QPainter, rect: QRectF, instance: Instance) -> None:
    """Fill ``rect`` with the instance's paint; demo is hatched so that it shows without colour."""
    theme = current()
    if not instance.is_demo:
        painter.fillRect(rect, paint_of(instance))
        return
    painter.save()
    painter.setClipRect(rect)
    painter.fillRect(rect, theme.color("surface"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.rotate(-ANGLE)
    reach, period = rect.width() + rect.height(), theme.px(PAINT + GAP)
    position = -reach
    while position < reach:
        painter.fillRect(QRectF(-reach, position, 2 * reach, theme.px(PAINT)), theme.color("demo"))
        position += period
    painter.restore()


def mark_outline(rect: QRectF, size: int) -> QPainterPath:
    """Return the square with round corners that a mark of ``size`` pixels at 100 % stands in."""
    radius = current().px(6 if size <= 24 else 8)
    outline = QPainterPath()
    outline.addRoundedRect(rect, radius, radius)
    return outline
