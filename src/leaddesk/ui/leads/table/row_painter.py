"""Paints one row of the list from its texts; also the skeleton of a row that is still to come."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from leaddesk.ui.kit.painting.boxes import draw_box, draw_ring
from leaddesk.ui.kit.painting.skeletons import draw_bar, draw_bars
from leaddesk.ui.kit.phrases import DASH
from leaddesk.ui.leads.table.columns import Column, Layout, lead_width
from leaddesk.ui.leads.table.ink import Ink, avatar_mark, ink, step_mark
from leaddesk.ui.leads.table.row_reader import RowTexts
from leaddesk.ui.theme.icons import Icon, device_ratio, draw_icon
from leaddesk.ui.theme.tokens import Theme, current, token
from leaddesk.ui.theme.type_scale import TextStyle, line_height

_GAP = 8
_TEXTS = ("text", "text2", "text3")
_FILLS = ("surface", "hover", "selected", "selectedInactive", "borderSubtle", "accentMark")


@lru_cache(maxsize=4)
def _colors(theme: Theme) -> dict[str, QColor]:
    return {role: theme.color(role) for role in (*_TEXTS, *_FILLS)}


class RowLook:
    """How a row stands out: its fill, the cursor's bar, the keyboard's ring."""

    __slots__ = ("bar", "fill", "ring")

    def __init__(self, fill: str = "surface", bar: bool = False, ring: bool = False) -> None:
        self.fill, self.bar, self.ring = fill, bar, ring


class RowPainter:
    """Paints rows in one layout; made anew for each paint, so that theme and scale are those in force.

    Texts are collected and written by :meth:`flush`, all of one font and colour together. 0.15 ms a row with
    all columns, most of it shaping nine texts.
    """

    def __init__(self, painter: QPainter, layout: Layout, width: int) -> None:
        self._painter, self._layout, self._width = painter, layout, width
        self._theme, self._ratio = current(), device_ratio(painter)
        self._colors = _colors(self._theme)
        self._body, self._caption = ink(TextStyle.BODY), ink(TextStyle.CAPTION)
        self._tall, self._low = line_height(TextStyle.ROW_NAME), line_height(TextStyle.CAPTION)
        self._gap, self._lead = self._theme.px(_GAP), lead_width()
        self._lines: dict[tuple[Ink, str], list[tuple[int, int, str]]] = {}

    def ground(self, top: int, height: int, look: RowLook) -> None:
        """Fill the row, draw the hairline below it, the bar of the cursor and the ring of the keyboard."""
        theme, painter = self._theme, self._painter
        painter.fillRect(0, top, self._width, height - 1, self._colors[look.fill])
        painter.fillRect(0, top + height - 1, self._width, 1, self._colors["borderSubtle"])
        if look.bar:
            painter.fillRect(0, top, theme.px(3), height, self._colors["accentMark"])
        if look.ring:
            inside = QRectF(0, top, self._width, height)
            draw_ring(painter, inside, 0, token("focus.row.width"))

    def blank(self, top: int, height: int) -> None:
        """Fill a place below the last row."""
        self._painter.fillRect(0, top, self._width, height, self._colors["surface"])

    def row(self, top: int, height: int, texts: RowTexts) -> None:
        """Write the cells of a row."""
        if self._layout.narrow:
            self._narrow(top, height, texts)
            return
        middle = top + height / 2
        for column, (left, right) in self._layout.edges.items():
            room = right - left - self._gap
            match column:
                case Column.NAME:
                    self._name(left + self._lead, middle, room - self._lead, texts)
                case Column.INTEREST:
                    self._two_lines(left, middle, room, texts.topic or DASH, texts.place, "text2")
                case Column.STEP:
                    self._step(left, middle, room, texts)
                case Column.RECEIVED:
                    self._line(left, middle, room, texts.received, "text2")
                case Column.VALUE:
                    self._at_right(right - self._gap, middle, room, texts.value)
                case Column.OWNER:
                    self._owner(middle, texts)

    def skeleton(self, top: int, height: int, number: int) -> None:
        """Draw the bars of a row that is still to come."""
        px = self._theme.px
        for column, (left, right) in self._layout.edges.items():
            cell = QRectF(left, top, right - left, height)
            if column is Column.NAME:
                draw_bars(self._painter, cell.adjusted(self._lead, 0, -self._gap, 0), number)
            elif column is Column.INTEREST:
                draw_bars(self._painter, cell.adjusted(0, 0, -self._gap, 0), number + 2)
            elif column is Column.OWNER:
                side = self._theme.length("avatar.list")
                place = QRectF(self._layout.right - side, top + (height - side) / 2, side, side)
                draw_box(self._painter, place, side / 2, fill="skeleton")
            else:
                wide = px(72 if column is Column.STEP else 64 if column is Column.RECEIVED else 48)
                begin = cell.right() - self._gap - wide if column is Column.VALUE else cell.left()
                draw_bar(self._painter, QRectF(begin, cell.center().y() - px(5), wide, px(10)))

    def flush(self) -> None:
        """Write the texts of all rows and forget them."""
        painter = self._painter
        for (used, role), lines in self._lines.items():
            painter.setFont(used.font)
            painter.setPen(self._colors[role])
            for left, base, shown in lines:
                painter.drawText(left, base, shown)
        self._lines = {}

    def _line(
        self, left: float, middle: float, room: float, shown: str, role: str, small: Ink | None = None
    ) -> None:
        """Write one line around a height; missing is paler than anything."""
        used = small or self._body
        line = (round(left), round(middle + used.lift), used.fitted(shown, room))
        self._lines.setdefault((used, "text3" if shown == DASH else role), []).append(line)

    def _at_right(self, right: float, middle: float, room: float, shown: str) -> None:
        shown = self._body.fitted(shown, room)
        width = self._body.width(shown)
        self._line(right - width, middle, width + 1, shown, "text")

    def _name(self, left: float, middle: float, room: float, texts: RowTexts) -> None:
        """Name over firm, and the pen of a note that is begun."""
        below = texts.company if self._layout.has(Column.INTEREST) else texts.wants
        height = self._tall + self._low if below else self._tall
        upper = self._beside_pen(left, middle - (height - self._tall) / 2, room, texts)
        self._two_lines(left, middle, room, upper, below, "text")

    def _beside_pen(self, left: float, middle: float, room: float, texts: RowTexts) -> str:
        """Return the name, shortened where the pen behind it needs the room; draw that."""
        if not texts.begun:
            return texts.name
        px = self._theme.px
        shown = self._body.fitted(texts.name, room - px(20))
        self._mark(left + self._body.width(shown) + px(6), middle, Icon.NOTE, "accentText")
        return shown

    def _two_lines(self, left: float, middle: float, room: float, upper: str, lower: str, role: str) -> None:
        if not lower:
            self._line(left, middle, room, upper, role)
            return
        top = middle - (self._tall + self._low) / 2
        self._line(left, top + self._tall / 2, room, upper, role)
        self._line(left, top + self._tall + self._low / 2, room, lower, "text3", self._caption)

    def _step(self, left: float, middle: float, room: float, texts: RowTexts) -> None:
        """Glyph, name, and the cloud of a change that waits to be sent."""
        px = self._theme.px
        if texts.step_place is not None:
            self._draw_step(left - px(1), middle, texts.step_place)
            left, room = left + px(20), room - px(20)
        if texts.waiting:
            room -= px(20)
        self._line(left, middle, room, texts.step, "text3" if texts.step_place is None else "text")
        if texts.waiting:
            used = min(room, self._body.width(texts.step))
            self._mark(left + used + px(6), middle, Icon.WAITING, "warningText")

    def _draw_step(self, left: float, middle: float, place: tuple[int, int]) -> None:
        mark = step_mark(*place, self._ratio)
        self._painter.drawPixmap(QPointF(left, middle - self._theme.px(16) / 2), mark)

    def _mark(self, left: float, middle: float, mark: Icon, role: str) -> None:
        """Draw what stands behind a text: the cloud of a change that waits, the pen of a begun note."""
        side = self._theme.px(14)
        draw_icon(self._painter, QRectF(left, middle - side / 2, side, side), mark, role, 14)

    def _owner(self, middle: float, texts: RowTexts) -> None:
        side = self._theme.length("avatar.list")
        mark = avatar_mark(*texts.owner_mark, self._ratio)
        self._painter.drawPixmap(QPointF(self._layout.right - side, middle - side / 2), mark)

    def _narrow(self, top: int, height: int, texts: RowTexts) -> None:
        """Name over wish and place; at the right when it came over its step."""
        px, begin = self._theme.px, self._lead
        start = top + (height - self._tall - self._low) / 2
        upper, lower = start + self._tall / 2, start + self._tall + self._low / 2
        came = self._layout.right - self._body.width(texts.received)
        self._line(came, upper, self._width, texts.received, "text2")
        left = self._layout.right - self._caption.width(texts.step)
        none_yet = texts.step_place is None
        self._line(left, lower, self._width, texts.step, "text3" if none_yet else "text2", self._caption)
        if texts.step_place is not None:
            left -= px(19)
            self._draw_step(left, lower, texts.step_place)
        if texts.waiting:
            left -= px(16)
            self._mark(left, lower, Icon.WAITING, "warningText")
        room = came - self._gap - begin
        self._line(begin, upper, room, self._beside_pen(begin, upper, room, texts), "text")
        self._line(begin, lower, left - self._gap - begin, texts.wants, "text3", self._caption)
