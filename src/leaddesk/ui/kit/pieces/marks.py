"""Small marks beside words: tags, counters, key hints, dots, avatars, step glyphs, rings, lines."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from leaddesk.ui.kit.labels import set_tip
from leaddesk.ui.kit.painting.boxes import draw_box
from leaddesk.ui.kit.painting.hints import draw_hint, hint_width
from leaddesk.ui.kit.painting.people import draw_avatar, initials, slot_of
from leaddesk.ui.kit.painting.rings import draw_countdown, draw_ring_figure
from leaddesk.ui.kit.painting.skeletons import draw_bars
from leaddesk.ui.kit.painting.steps import draw_step
from leaddesk.ui.kit.painting.ticks import draw_dot
from leaddesk.ui.kit.painting.writing import CENTER, draw_text, text_width
from leaddesk.ui.kit.wording import grouped
from leaddesk.ui.theme.tokens import Scheme, current
from leaddesk.ui.theme.type_scale import TextStyle


class Tone(StrEnum):
    """What a tag or note says by colour; the word beside it says it too."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"


def tone_fill(tone: Tone) -> str:
    """Return the soft fill of a tone, by token name."""
    return "pressed" if tone is Tone.NEUTRAL else f"{tone.value}Soft"


def tone_text(tone: Tone) -> str:
    """Return the text colour that has contrast on the soft fill, by token name."""
    return "text2" if tone is Tone.NEUTRAL else f"{tone.value}Text"


class Mark(QWidget):
    """Base of what paints itself at a fixed size; says its meaning to screen readers, takes no focus."""

    def __init__(self, spoken: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(spoken)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter, QRectF(self.rect()))
        painter.end()

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the mark into its whole rectangle."""


class Tag(Mark):
    """A word on a soft fill: Neu, Angenommen, Intern."""

    def __init__(self, shown: str, tone: Tone = Tone.NEUTRAL, parent: QWidget | None = None) -> None:
        super().__init__(shown, parent)
        self._shown, self._tone = shown, tone

    def set_tag(self, shown: str, tone: Tone) -> None:
        """Change word and tone."""
        self._shown, self._tone = shown, tone
        self.setAccessibleName(shown)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        theme = current()
        width = round(text_width(self._shown, TextStyle.MICRO)) + theme.px(12)
        return QSize(width, theme.length("control.tag"))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        contrast = current().scheme is Scheme.HIGH_CONTRAST
        draw_box(
            painter,
            rect,
            current().length("radius.tag"),
            fill=tone_fill(self._tone),
            line=tone_text(self._tone) if contrast else None,
        )
        draw_text(painter, rect, self._shown, TextStyle.MICRO, tone_text(self._tone), align=CENTER)


class Badge(Mark):
    """A counter of what waits for this person; hidden at 0."""

    def __init__(self, spoken: str, n: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(spoken, parent)
        self._n = n
        self.setVisible(n > 0)

    def set_count(self, n: int) -> None:
        """Show another number."""
        self._n = n
        self.setVisible(n > 0)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        theme = current()
        side = theme.length("control.counterBadge")
        return QSize(max(side, round(text_width(grouped(self._n), TextStyle.MICRO)) + theme.px(10)), side)

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        draw_box(painter, rect, rect.height() / 2, fill="accent")
        draw_text(painter, rect, grouped(self._n), TextStyle.MICRO, "onAccent", align=CENTER)


class KeyHint(Mark):
    """A key in its box: ``Strg K``."""

    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self._keys = keys

    def sizeHint(self) -> QSize:
        return QSize(hint_width(self._keys), current().length("control.kbd"))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        draw_hint(painter, rect, self._keys)


class Dot(Mark):
    """A filled dot of 8 px: connected, unread."""

    def __init__(self, spoken: str, role: str = "accentMark", parent: QWidget | None = None) -> None:
        super().__init__(spoken, parent)
        self._role = role

    def set_role(self, role: str) -> None:
        """Change the colour, by token name."""
        self._role = role
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(current().px(8), current().px(8))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        draw_dot(painter, rect.center(), self._role)


class Avatar(Mark):
    """The disc with a person's initials; a dashed ring for nobody. The name is in the tooltip."""

    def __init__(self, name: str, person_id: str, size: int = 24, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._side = size
        self.set_person(name, person_id)

    def set_person(self, name: str, person_id: str) -> None:
        """Show another person; an empty name is nobody."""
        self._letters, self._slot = initials(name), slot_of(person_id)
        self.setAccessibleName(name)
        set_tip(self, name)
        self.update()

    def sizeHint(self) -> QSize:
        side = current().px(self._side)
        return QSize(side, side)

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        draw_avatar(painter, rect, self._letters, self._slot)


class StepMark(Mark):
    """Step glyph and name: ``◔ Kontakt``."""

    def __init__(self, position: int, count: int, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._position, self._count, self._name = position, count, name

    def set_step(self, position: int, count: int, name: str) -> None:
        """Show another step."""
        self._position, self._count, self._name = position, count, name
        self.setAccessibleName(name)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        theme = current()
        return QSize(theme.px(20) + round(text_width(self._name) + 1), theme.px(20))

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        theme = current()
        draw_step(painter, QPointF(theme.px(7), rect.center().y()), self._position, self._count)
        draw_text(painter, rect.adjusted(theme.px(20), 0, 0, 0), self._name)


class Hairline(QWidget):
    """A line of 1 px that parts two areas; ``role`` is its colour by token name."""

    def __init__(
        self,
        orientation: Qt.Orientation = Qt.Orientation.Horizontal,
        role: str = "border",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._role = role
        if orientation is Qt.Orientation.Horizontal:
            self.setFixedHeight(1)
        else:
            self.setFixedWidth(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), current().color(self._role))
        painter.end()


class Skeleton(QWidget):
    """Rows of bars where text will stand."""

    def __init__(self, rows: int = 6, *, row_height: int = 48, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows, self._row_height = rows, row_height
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(current().px(240), self._rows * current().px(self._row_height))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        height = current().px(self._row_height)
        lines = 2 if self._row_height >= 40 else 1
        for row in range(self._rows):
            draw_bars(painter, QRectF(0, row * height, self.width(), height), row, lines=lines)
        painter.end()


class CountdownRing(Mark):
    """The ring of an offer: the share of time left, and the figure inside. Late turns it amber."""

    def __init__(self, kind: str = "offer", parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._kind = kind
        self._left, self._figure, self._unit, self._late = 1.0, "", "", False

    def show_left(self, left: float, figure: str, unit: str, *, late: bool = False) -> None:
        """Show a share (0 to 1), the figure and its unit; repaints only when something changed."""
        shown = (left, figure, unit, late)
        if shown == (self._left, self._figure, self._unit, self._late):
            return
        self._left, self._figure, self._unit, self._late = shown
        self.setAccessibleName(f"{figure} {unit}")
        self.update()

    def sizeHint(self) -> QSize:
        side = current().length(f"ring.{self._kind}.size")
        return QSize(side, side)

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        stroke = current().length(f"ring.{self._kind}.stroke")
        draw_countdown(painter, rect, stroke, self._left, role="warning" if self._late else "accentMark")
        draw_ring_figure(painter, rect, self._figure, self._unit)
