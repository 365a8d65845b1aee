"""Paints one row of the list from its texts; also the skeleton of a row that is still to come."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from leaddesk.ui.kit.painting.boxes import draw_box, draw_ring
from leaddesk.ui.kit.painting.people import draw_avatar
from leaddesk.ui.kit.painting.skeletons import draw_bar, draw_bars
from leaddesk.ui.kit.painting.steps import draw_step
from leaddesk.ui.kit.painting.writing import RIGHT, draw_text, text_width
from leaddesk.ui.kit.phrases import DASH
from leaddesk.ui.leads.table.columns import Column, Layout, lead_width
from leaddesk.ui.leads.table.row_reader import RowTexts
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current, token
from leaddesk.ui.theme.type_scale import TextStyle, line_height

_GAP = 8


class RowLook:
    """How a row stands out: its fill, the cursor's bar, the keyboard's ring."""

    __slots__ = ("bar", "fill", "ring")

    def __init__(self, fill: str = "surface", bar: bool = False, ring: bool = False) -> None:
        self.fill, self.bar, self.ring = fill, bar, ring


class RowPainter:
    """Paints rows in one layout; made anew for each paint, so that theme and scale are those in force."""

    def __init__(self, painter: QPainter, layout: Layout, width: int) -> None:
        self._painter, self._layout, self._width = painter, layout, width
        self._theme = current()

    def ground(self, top: int, height: int, look: RowLook) -> None:
        """Fill the row, draw the hairline below it, the bar of the cursor and the ring of the keyboard."""
        theme, painter = self._theme, self._painter
        painter.fillRect(0, top, self._width, height, theme.color(look.fill))
        painter.fillRect(0, top + height - 1, self._width, 1, theme.color("borderSubtle"))
        if look.bar:
            painter.fillRect(0, top, theme.px(3), height, theme.color("accentMark"))
        if look.ring:
            inside = QRectF(0, top, self._width, height)
            draw_ring(painter, inside, 0, token("focus.row.width"))

    def blank(self, top: int, height: int) -> None:
        """Fill a place below the last row."""
        self._painter.fillRect(0, top, self._width, height, self._theme.color("surface"))

    def row(self, top: int, height: int, texts: RowTexts) -> None:
        """Write the cells of a row."""
        if self._layout.narrow:
            self._narrow(top, height, texts)
            return
        for column, (left, right) in self._layout.edges.items():
            cell = QRectF(left, top, right - left, height)
            match column:
                case Column.NAME:
                    below = texts.company if self._layout.has(Column.INTEREST) else texts.wants
                    self._two_lines(cell.adjusted(lead_width(), 0, -_GAP, 0), texts.name, below, "text")
                case Column.INTEREST:
                    self._two_lines(cell.adjusted(0, 0, -_GAP, 0), texts.topic or DASH, texts.place, "text2")
                case Column.STEP:
                    self._step(cell, texts)
                case Column.RECEIVED:
                    self._text(cell.adjusted(0, 0, -_GAP, 0), texts.received, "text2")
                case Column.VALUE:
                    role = "text3" if texts.value == DASH else "text"
                    self._text(cell.adjusted(0, 0, -self._theme.px(_GAP), 0), texts.value, role, right=True)
                case Column.OWNER:
                    self._owner(cell, texts)

    def skeleton(self, top: int, height: int, number: int) -> None:
        """Draw the bars of a row that is still to come."""
        px = self._theme.px
        for column, (left, right) in self._layout.edges.items():
            cell = QRectF(left, top, right - left, height)
            if column is Column.NAME:
                draw_bars(self._painter, cell.adjusted(lead_width(), 0, -px(_GAP), 0), number)
            elif column is Column.INTEREST:
                draw_bars(self._painter, cell.adjusted(0, 0, -px(_GAP), 0), number + 2)
            elif column is Column.OWNER:
                side = self._theme.length("avatar.list")
                place = QRectF(self._layout.right - side, top + (height - side) / 2, side, side)
                draw_box(self._painter, place, side / 2, fill="skeleton")
            else:
                wide = px(72 if column is Column.STEP else 64 if column is Column.RECEIVED else 48)
                begin = cell.right() - px(_GAP) - wide if column is Column.VALUE else cell.left()
                draw_bar(self._painter, QRectF(begin, cell.center().y() - px(5), wide, px(10)))

    def _text(self, cell: QRectF, shown: str, role: str, *, right: bool = False) -> None:
        if right:
            draw_text(self._painter, cell, shown, TextStyle.BODY, role, align=RIGHT)
        else:
            draw_text(self._painter, cell, shown, TextStyle.BODY, role)

    def _two_lines(self, cell: QRectF, upper: str, lower: str, role: str) -> None:
        tall, low = line_height(TextStyle.ROW_NAME), line_height(TextStyle.CAPTION)
        top = cell.top() + (cell.height() - (tall + low if lower else tall)) / 2
        upper_role = "text3" if upper == DASH else role
        place = QRectF(cell.left(), top, cell.width(), tall)
        draw_text(self._painter, place, upper, TextStyle.ROW_NAME, upper_role)
        if lower:
            place = QRectF(cell.left(), top + tall, cell.width(), low)
            draw_text(self._painter, place, lower, TextStyle.CAPTION, "text3")

    def _step(self, cell: QRectF, texts: RowTexts) -> None:
        """Glyph, name, and the cloud of a change that waits to be sent."""
        px = self._theme.px
        side = px(14)
        left = cell.left()
        if texts.step != DASH:
            draw_step(self._painter, QPointF(left + side / 2, cell.center().y()), *texts.step_place)
            left += side + px(6)
        room = cell.right() - left - px(_GAP) - (px(20) if texts.waiting else 0)
        role = "text3" if texts.step == DASH else "text"
        used = draw_text(
            self._painter, QRectF(left, cell.top(), room, cell.height()), texts.step, TextStyle.BODY, role
        )
        if texts.waiting:
            box = QRectF(left + used + px(6), cell.top(), side, cell.height())
            draw_icon(self._painter, box, Icon.WAITING, "warningText", 14)

    def _owner(self, cell: QRectF, texts: RowTexts) -> None:
        side = self._theme.length("avatar.list")
        left = self._layout.right - side
        draw_avatar(
            self._painter,
            QRectF(left, cell.top() + (cell.height() - side) / 2, side, side),
            *texts.owner_mark,
        )

    def _narrow(self, top: int, height: int, texts: RowTexts) -> None:
        """Name over wish and place; at the right when it came over its step."""
        px = self._theme.px
        tall, low = line_height(TextStyle.ROW_NAME), line_height(TextStyle.CAPTION)
        upper = top + (height - tall - low) / 2
        end = self._layout.right
        came = text_width(texts.received)
        draw_text(
            self._painter, QRectF(end - came, upper, came, tall), texts.received, TextStyle.BODY, "text2"
        )
        step = text_width(texts.step, TextStyle.CAPTION)
        line = QRectF(end - step, upper + tall, step, low)
        draw_text(self._painter, line, texts.step, TextStyle.CAPTION, "text2")
        left = line.left() - px(18)
        draw_step(self._painter, QPointF(left + px(7), line.center().y()), *texts.step_place)
        if texts.waiting:
            left -= px(18)
            draw_icon(self._painter, QRectF(left, line.top(), px(14), low), Icon.WAITING, "warningText", 14)
        begin = lead_width()
        draw_text(
            self._painter,
            QRectF(begin, upper, end - came - px(_GAP) - begin, tall),
            texts.name,
            TextStyle.ROW_NAME,
        )
        room = QRectF(begin, upper + tall, left - px(_GAP) - begin, low)
        draw_text(self._painter, room, texts.wants, TextStyle.CAPTION, "text3")
