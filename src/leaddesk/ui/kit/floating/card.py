"""The card of a dialog: head with title and ×, a body that scrolls when it must, a footer with buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QAbstractSlider, QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Button, Size, icon_button
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.painting.boxes import draw_box
from leaddesk.ui.kit.pieces.panes import scroll
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import Scheme, current
from leaddesk.ui.theme.type_scale import TextStyle

_PAD, _FOOTER_PAD = 20, 12
_Scroll = QAbstractSlider.SliderAction
_SCROLLS: dict[int, QAbstractSlider.SliderAction] = {
    Qt.Key.Key_Up: _Scroll.SliderSingleStepSub,
    Qt.Key.Key_Down: _Scroll.SliderSingleStepAdd,
    Qt.Key.Key_PageUp: _Scroll.SliderPageStepSub,
    Qt.Key.Key_PageDown: _Scroll.SliderPageStepAdd,
    Qt.Key.Key_Home: _Scroll.SliderToMinimum,
    Qt.Key.Key_End: _Scroll.SliderToMaximum,
}


class DialogCard(QWidget):
    """Head, body and footer on a raised box with round corners."""

    close_pressed = Signal()

    def __init__(self, title: str, *, flush: bool, parent: QWidget) -> None:
        super().__init__(parent)
        px = current().px
        self._title = PlainLabel(title, TextStyle.PANE_TITLE, elide=True, personal=True)
        self._sub = PlainLabel("", TextStyle.BODY, "text3", elide=True, personal=True)
        self._footer: QWidget | None = None
        self._head = self._build_head()
        content = QWidget()
        self.body = QVBoxLayout(content)
        side = 0 if flush else px(_PAD)
        self.body.setContentsMargins(side, 0, side, 0 if flush else px(_PAD))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 1, 1, 1)
        self._column.setSpacing(0)
        self._column.addLayout(self._head)
        self._area = scroll(content)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._column.addWidget(self._area, 1)

    def _build_head(self) -> QHBoxLayout:
        px = current().px
        self.close_button: Button = icon_button(Icon.CLOSE, text("kit.close"), size=Size.SMALL)
        self.close_button.clicked.connect(self.close_pressed)
        head = QHBoxLayout()
        head.setContentsMargins(px(_PAD), px(16), px(12), px(12))
        head.setSpacing(px(8))
        head.addWidget(self._title)
        head.addWidget(self._sub, 1)
        head.addWidget(self.close_button)
        return head

    def set_title(self, title: str, sub: str) -> None:
        """Change title and the quiet words beside it."""
        self._title.setText(title)
        self._sub.setText(sub)

    def set_footer(self, left: QWidget | None, buttons: Sequence[Button]) -> None:
        """Put a sentence at the left and the buttons at the right, in a new footer."""
        if self._footer is not None:
            self._footer.deleteLater()
        px = current().px
        self._footer = QWidget()
        row = QHBoxLayout(self._footer)
        row.setContentsMargins(px(_PAD), px(_FOOTER_PAD), px(_FOOTER_PAD + 4), px(_FOOTER_PAD))
        row.setSpacing(px(8))
        if left is not None:
            row.addWidget(left, 1)
        else:
            row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        self._column.addWidget(self._footer)

    def height_for(self, width: int) -> int:
        """Return the height at which nothing scrolls."""
        inner = width - 2
        body = (
            self.body.heightForWidth(inner)
            if self.body.hasHeightForWidth()
            else self.body.sizeHint().height()
        )
        footer = self._footer.sizeHint().height() if self._footer is not None else 0
        return self._head.sizeHint().height() + body + footer + 2

    def bring_into_view(self, widget: QWidget) -> None:
        """Scroll to a widget of the body."""
        if self._area.isAncestorOf(widget):
            self._area.ensureWidgetVisible(widget)

    def scroll_by_key(self, key: int) -> None:
        """Scroll the body as the key says: arrows, page up and down, to the ends."""
        action = _SCROLLS.get(key)
        if action is not None:
            self._area.verticalScrollBar().triggerAction(action)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, area = current(), QRectF(self.rect())
        radius = theme.length("radius.dialog")
        line = "border" if theme.scheme is not Scheme.LIGHT else None
        draw_box(painter, area, radius, fill="raised", line=line)
        if self._footer is not None:
            self._paint_footer(painter, area.adjusted(1, 1, -1, -1), radius - 1)
        painter.end()

    def _paint_footer(self, painter: QPainter, area: QRectF, radius: float) -> None:
        top = self._footer.y() if self._footer is not None else 0
        outline = QPainterPath()
        outline.addRoundedRect(area, radius, radius)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        below = QPainterPath()
        below.addRect(QRectF(0, top, self.width(), self.height() - top))
        painter.fillPath(outline & below, current().color("sunken"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(QRectF(1, top, self.width() - 2, 1), current().color("border"))

    def mousePressEvent(self, event: object) -> None:
        """Swallow presses: the scrim behind is no button."""
        del event
