"""Buttons: one filled button per view, the rest secondary or quiet; danger only in a confirming dialog."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter, QWidget

from leaddesk.ui.kit.labels import set_tip
from leaddesk.ui.kit.masks import covered
from leaddesk.ui.kit.painting.hints import draw_hint, hint_width
from leaddesk.ui.kit.painting.writing import draw_text, text_width
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle


class Kind(StrEnum):
    """What a button is for; the values are the ``kind`` of the style sheet."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    QUIET = "quiet"
    DANGER = "danger"
    DANGER_SECONDARY = "dangerSecondary"
    LINK = "link"


class Size(StrEnum):
    """The heights; the values are their names in the token file."""

    SMALL = "buttonSmall"
    NORMAL = "button"
    OFFER = "offerButton"
    LARGE = "buttonLarge"


@dataclass(frozen=True)
class _Look:
    text: str
    icon: str
    bold: bool = False


_LOOKS = {
    Kind.PRIMARY: _Look("onAccent", "onAccent", bold=True),
    Kind.SECONDARY: _Look("text", "text2"),
    Kind.QUIET: _Look("text2", "text2"),
    Kind.DANGER: _Look("onDanger", "onDanger", bold=True),
    Kind.DANGER_SECONDARY: _Look("dangerText", "dangerText"),
    Kind.LINK: _Look("accentText", "accentText"),
}
_GAP = 6
_BUSY = "…"


class Button(QPushButton):
    """A button that paints icon, text and key hint itself; box and states come from the style sheet.

    Invariant: while busy it ignores pointer and keys but keeps the focus. Enter presses it as Space does.
    """

    def __init__(
        self,
        text: str,
        kind: Kind = Kind.SECONDARY,
        *,
        icon: Icon | None = None,
        hint: str = "",
        size: Size = Size.NORMAL,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind, self._icon, self._hint, self._size = kind, icon, hint, size
        self._shown, self._busy = "", False
        self._icon_size = 14 if size is Size.SMALL and text else 16
        self.setProperty("kind", kind.value)
        self.setAutoDefault(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        if kind is Kind.LINK:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setText(text)

    def kind(self) -> Kind:
        """Return what the button is for."""
        return self._kind

    def shown_text(self) -> str:
        """Return the words on the button."""
        return self._shown

    def setText(self, text: str) -> None:
        """Change the words; an ampersand is an ampersand, never a mnemonic."""
        self._shown = text
        super().setText(text.replace("&", "&&"))
        self.updateGeometry()
        self.update()

    def set_icon(self, icon: Icon | None) -> None:
        """Change the icon."""
        self._icon = icon
        self.updateGeometry()
        self.update()

    def set_icon_size(self, size: int) -> None:
        """Change how large the icon is painted, in logical pixels at 100 %."""
        self._icon_size = size
        self.update()

    def set_hint(self, hint: str) -> None:
        """Change the key shown at the right end; empty shows none."""
        self._hint = hint
        self.updateGeometry()
        self.update()

    def set_busy(self, busy: bool) -> None:
        """Show that the work is under way and ignore further presses."""
        self._busy = busy
        self.updateGeometry()
        self.update()

    def is_busy(self) -> bool:
        """Return whether the work is under way."""
        return self._busy

    def sizeHint(self) -> QSize:
        theme = current()
        if self._kind is Kind.LINK:
            return QSize(self._content_width(), theme.px(24))
        height = theme.length(f"control.{self._size.value}")
        if not self._shown:
            return QSize(height, height)
        padding = theme.px(10 if self._size is Size.SMALL else 12)
        return QSize(self._content_width() + 2 * padding, height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._busy:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._busy and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text, option.icon = "", QIcon()
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        self._paint_content(painter)
        painter.end()

    def _paint_content(self, painter: QPainter) -> None:
        theme, look = current(), _LOOKS[self._kind]
        words = look.text if self.isEnabled() else "textDisabled"
        marks = look.icon if self.isEnabled() else "textDisabled"
        area = QRectF(self.rect())
        area.setLeft(max(0, round((area.width() - self._content_width()) / 2)))
        if self._icon is not None:
            place = QRectF(area.left(), 0, theme.px(self._icon_size), area.height())
            draw_icon(painter, place, self._icon, marks, self._icon_size)
            area.setLeft(place.right() + (theme.px(_GAP) if self._shown else 0))
        if self._shown:
            used = draw_text(painter, area, self._shown, TextStyle.BODY, words, bold=look.bold)
            if self._kind is Kind.LINK and self.underMouse():
                line = QRectF(area.left(), area.center().y() + theme.px(7), used, 1)
                painter.fillRect(line, theme.color(words))
            area.setLeft(area.left() + used + theme.px(8))
        self._paint_end(painter, area, words, marks)

    def _paint_end(self, painter: QPainter, area: QRectF, words: str, marks: str) -> None:
        """Paint what follows the words: the sign of work under way, or the key."""
        if self._busy:
            draw_text(painter, area, _BUSY, TextStyle.BODY, words)
        elif self._hint:
            on_box = self._kind in (Kind.SECONDARY, Kind.QUIET) and self.isEnabled()
            draw_hint(painter, area, self._hint, text=marks, line="controlBorder" if on_box else words)

    def _content_width(self) -> int:
        theme = current()
        width = 0.0
        if self._icon is not None:
            width += theme.px(self._icon_size) + (theme.px(_GAP) if self._shown else 0)
        if self._shown:
            width += text_width(self._shown, TextStyle.BODY, _LOOKS[self._kind].bold)
        if self._busy or self._hint:
            width += theme.px(8) + (hint_width(self._hint) if self._hint else theme.px(12))
        return round(width + 0.5)


def primary(text: str, *, icon: Icon | None = None, hint: str = "", size: Size = Size.NORMAL) -> Button:
    """Return the one filled button of a view: what most people do next."""
    return Button(text, Kind.PRIMARY, icon=icon, hint=hint, size=size)


def secondary(text: str, *, icon: Icon | None = None, hint: str = "", size: Size = Size.NORMAL) -> Button:
    """Return a button with a hairline."""
    return Button(text, Kind.SECONDARY, icon=icon, hint=hint, size=size)


def quiet(text: str, *, icon: Icon | None = None, hint: str = "", size: Size = Size.NORMAL) -> Button:
    """Return a button without a box until the pointer is over it."""
    return Button(text, Kind.QUIET, icon=icon, hint=hint, size=size)


def danger(text: str, *, icon: Icon | None = None, hint: str = "", size: Size = Size.NORMAL) -> Button:
    """Return the red button of a dialog that confirms what cannot be undone."""
    return Button(text, Kind.DANGER, icon=icon, hint=hint, size=size)


def icon_button(
    icon: Icon, name: str, *, size: Size = Size.NORMAL, kind: Kind = Kind.QUIET, icon_size: int = 16
) -> Button:
    """Return a square button without words; ``name`` is its tooltip and what a screen reader says."""
    made = Button("", kind, icon=icon, size=size)
    made.set_icon_size(icon_size)
    made.setAccessibleName(name)
    set_tip(made, name)
    return made


class Link(Button):
    """Words that open something, in the colour of links; too long, they end in an ellipsis and a tooltip.

    ``personal`` words are masked while the curtain is drawn.
    """

    def __init__(
        self, text: str, *, icon: Icon | None = None, personal: bool = False, parent: QWidget | None = None
    ) -> None:
        self._whole, self._personal = text, personal
        super().__init__(text, Kind.LINK, icon=icon, parent=parent)
        self.cover()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def cover(self) -> None:
        """Mask personal words, or show them again."""
        words = covered(self._whole, self) if self._personal else self._whole
        if words != self.shown_text():
            super().setText(words)

    def setText(self, text: str) -> None:
        """Say something else, masked if need be."""
        self._whole = text
        self.cover()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.cover()

    def minimumSizeHint(self) -> QSize:
        whole = self.sizeHint()
        return QSize(min(whole.width(), current().px(48)), whole.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        set_tip(self, self.shown_text() if self.width() < self.sizeHint().width() else "")
