"""The navigation: the pages this person may open, with what waits there."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from leaddesk.ui.kit.entry.pressable import Pressable
from leaddesk.ui.kit.labels import set_tip
from leaddesk.ui.kit.painting.boxes import draw_box
from leaddesk.ui.kit.painting.writing import CENTER, RIGHT, draw_text, text_width
from leaddesk.ui.kit.phrases import number
from leaddesk.ui.kit.pieces.marks import KeyHint
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.state import NavigationItem, NavigationState, Route
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

_ICONS = {
    Route.LEADS: Icon.LEADS,
    Route.OFFERS: Icon.OFFERS,
    Route.SHARES: Icon.SHARE,
    Route.APPROVALS: Icon.APPROVALS,
}
MARGIN = 8


class NavigationButton(Pressable):
    """One item: icon, name, count or badge; an icon alone in a small window, its name on focus and hover."""

    def __init__(self, drawing: Icon, name: str, parent: QWidget | None = None) -> None:
        super().__init__(6, parent)
        self._drawing = drawing
        self._count: str = ""
        self._badge = False
        self._current = False
        self.icons_only = False
        self.reserved = 0
        self.setText(name)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_count(self, count: str, badge: bool) -> None:
        """Show a figure at the right, in a badge if it waits for this person."""
        self._count, self._badge = count, badge
        self.setAccessibleName(f"{self.text()}, {count}" if count else self.text())
        self.update()

    def set_current(self, current: bool) -> None:
        """Show that this page is open, and say so to a screen reader."""
        self._current = current
        self.setAccessibleDescription(text("shell.nav_current") if current else "")
        self.update()

    def set_icons_only(self, icons_only: bool) -> None:
        """Shrink to the icon; the name moves into the tooltip."""
        self.icons_only = icons_only
        self._explain()
        self.update()

    def sizeHint(self) -> QSize:
        """Give one row of the navigation."""
        theme = current()
        return QSize(theme.px(40), theme.length("density.comfortable.navItem"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Look whether the name still has room."""
        super().resizeEvent(event)
        self._explain()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say the name of an icon that was reached by keyboard."""
        super().focusInEvent(event)
        by_keyboard = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if self.icons_only and by_keyboard:
            QToolTip.showText(self.mapToGlobal(self.rect().topRight()), self.toolTip(), self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the fill of its state, then icon, name and figure."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = "navOn" if self._current else "hoverWindow" if self.underMouse() else None
        if fill is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(fill))
            radius = theme.length("radius.control")
            painter.drawRoundedRect(self.rect(), radius, radius)
        role = "accentText" if self._current else "text2"
        size = theme.px(16)
        left = (self.width() - size) / 2 if self.icons_only else theme.px(10)
        draw_icon(painter, QPointF(left, (self.height() - size) / 2), self._drawing, role)
        right = self._paint_count(painter)
        if not self.icons_only:
            name = QRectF(theme.px(36), 0, right - theme.px(36), self.height())
            draw_text(
                painter,
                name,
                self.text(),
                TextStyle.BODY,
                "text" if self._current else "text2",
                bold=self._current,
            )

    def _explain(self) -> None:
        """Give a name that cannot be read whole to the tooltip."""
        room = self.width() - current().px(36 + 8) - self.reserved
        cut = self.icons_only or text_width(self.text(), TextStyle.BODY, True) > room
        set_tip(self, self.text() if cut else "")

    def _paint_count(self, painter: QPainter) -> float:
        """Paint the figure; returns where the name has to end."""
        end = self.width() - current().px(8) - self.reserved
        if not self._count or (self.icons_only and not self._badge):
            return end
        if self._badge:
            return self._paint_badge(painter, end)
        width = text_width(self._count, TextStyle.CAPTION, bold=True)
        place = QRectF(end - width, 0, width, self.height())
        role = "text2" if self._current else "text3"
        draw_text(painter, place, self._count, TextStyle.CAPTION, role, align=RIGHT, bold=self._current)
        return place.left() - current().px(8)

    def _paint_badge(self, painter: QPainter, end: float) -> float:
        """Paint the figure in its badge; over an icon alone it sits in the corner, parted by a thin rim."""
        theme = current()
        height = theme.length("control.counterBadge")
        wide = max(height, text_width(self._count, TextStyle.MICRO) + theme.px(10))
        badge = QRectF(end - wide, (self.height() - height) / 2, wide, height)
        if self.icons_only:
            badge.moveTopRight(QPointF(self.width(), 0))
            rim = badge.adjusted(-2, -2, 2, 2)
            draw_box(painter, rim, rim.height() / 2, fill="window")
        draw_box(painter, badge, height / 2, fill="accent")
        draw_text(painter, badge, self._count, TextStyle.MICRO, "onAccent", align=CENTER)
        return badge.left() - theme.px(8)


class HelpButton(NavigationButton):
    """Keys and help, at the bottom, with its key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Icon.HELP, text("shell.nav_help"), parent)
        self._hint = KeyHint("F1", self)

    def set_icons_only(self, icons_only: bool) -> None:
        """Hide the key with the name."""
        super().set_icons_only(icons_only)
        self._hint.setVisible(not icons_only)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the key at the right end."""
        size = self._hint.sizeHint()
        self.reserved = size.width() + current().px(8)
        top = (self.height() - size.height()) // 2
        super().resizeEvent(event)
        self._hint.setGeometry(
            QRect(self.width() - size.width() - current().px(8), top, size.width(), size.height())
        )


class Navigation(QWidget):
    """The column at the left. Emits which page was asked for; what is current comes back with the state."""

    route_requested = Signal(str)
    help_requested = Signal()

    def __init__(self, state: NavigationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[Route, NavigationButton] = {}
        self._items = QVBoxLayout()
        self._items.setSpacing(0)
        self._help = HelpButton()
        self._help.clicked.connect(self.help_requested)
        column = QVBoxLayout(self)
        margin = current().px(MARGIN)
        column.setContentsMargins(margin, margin, margin + 1, margin)
        column.setSpacing(0)
        column.addLayout(self._items)
        column.addStretch(1)
        column.addWidget(self._help)
        self.set_icons_only(False)
        self.render_state(state)

    def render_state(self, state: NavigationState) -> None:
        """Show pages, figures, and which one is open."""
        wanted = [item.route for item in state.items]
        if wanted != list(self._buttons):
            self._build(state)
        for item in state.items:
            button = self._buttons[item.route]
            button.set_current(item.route is state.current)
            button.show_count(_figure(item), item.for_me)

    def routes(self) -> tuple[Route, ...]:
        """Return the pages there are, in order."""
        return tuple(self._buttons)

    def set_icons_only(self, icons_only: bool) -> None:
        """Switch between names and icons alone."""
        self.setFixedWidth(current().length("layout.nav.icons" if icons_only else "layout.nav.default"))
        for button in (*self._buttons.values(), self._help):
            button.set_icons_only(icons_only)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the column and draw its hairline."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), current().color("window"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), current().color("border"))

    def _build(self, state: NavigationState) -> None:
        for old in self._buttons.values():
            old.hide()
            old.deleteLater()
        self._buttons = {}
        for item in state.items:
            button = NavigationButton(_ICONS[item.route], text(f"shell.nav_{item.route.value}"), self)
            button.set_icons_only(self._help.icons_only)
            button.clicked.connect(partial(self.route_requested.emit, item.route.value))
            self._items.addWidget(button)
            self._buttons[item.route] = button


def _figure(item: NavigationItem) -> str:
    if item.count == 0 and item.route is not Route.LEADS:
        return ""
    return "" if item.for_me and item.count is None else number(item.count)
