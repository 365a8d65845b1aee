"""Labels: the only place that builds a QLabel. Text is text, never markup (guarantee D3)."""

from __future__ import annotations

import math
from html import escape

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from leaddesk.ui.kit.isolation import visible
from leaddesk.ui.kit.masks import covered, mask
from leaddesk.ui.kit.painting.writing import draw_paragraph, draw_text, paragraph_height, text_width
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle, line_height

_WRAP_WIDTH, _LEAST_WIDTH = 320, 40


def set_tip(widget: QWidget, tip: str) -> None:
    """Give a widget a tooltip shown character by character; Qt would take ``<b>`` for markup."""
    tip = visible(tip)
    looks_like_markup = "<" in tip or "&" in tip
    widget.setToolTip(f"<span>{escape(tip)}</span>".replace("\n", "<br>") if looks_like_markup else tip)


class PlainLabel(QLabel):
    """Text in one style of the scale and one text colour of the tokens, in that style's line height.

    Invariant: painted character by character; follows the theme at run time. With ``elide`` a text too long
    for its place ends in an ellipsis and is whole in the tooltip; with ``wrap`` it breaks into lines. A
    ``personal`` text is masked while the curtain is drawn and keeps its place meanwhile.
    """

    def __init__(
        self,
        shown: str = "",
        style: TextStyle = TextStyle.BODY,
        role: str = "text",
        *,
        bold: bool | None = None,
        elide: bool = False,
        wrap: bool = False,
        personal: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._whole, self._personal = "", personal
        self._style, self._role, self._bold, self._elide = style, role, bold, elide
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(wrap)
        self.setSizePolicy(policy)
        self.setText(shown)

    def setText(self, shown: str) -> None:
        """Show a text."""
        self._whole = shown
        super().setText(covered(shown, self) if self._personal else shown)
        self._tip()
        self.updateGeometry()
        self.update()

    def cover(self) -> None:
        """Mask a personal text, or show it again."""
        if self._personal and self.text() != covered(self._whole, self):
            super().setText(covered(self._whole, self))
            self._tip()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.cover()

    def set_role(self, role: str) -> None:
        """Change the text colour, by its token name."""
        self._role = role
        self.update()

    def set_bold(self, bold: bool | None) -> None:
        """Change the weight; None is the style's own."""
        self._bold = bold
        self.updateGeometry()
        self.update()

    def elides(self) -> bool:
        """Return whether a long text may end in an ellipsis."""
        return self._elide

    def is_cut(self) -> bool:
        """Return whether the text is wider or taller than its place."""
        place = self.contentsRect()
        if self.wordWrap():
            return self.heightForWidth(self.width()) > self.height()
        return self._text_width() > place.width() + 1 or line_height(self._style) > place.height() + 4

    def sizeHint(self) -> QSize:
        whole = self._text_width()
        if self.wordWrap():
            width = min(whole, current().px(_WRAP_WIDTH))
            return self._with_margins(QSize(width, self._lines_height(width)))
        return self._with_margins(QSize(whole, line_height(self._style)))

    def minimumSizeHint(self) -> QSize:
        whole = self._text_width()
        if self.wordWrap() or self._elide:
            whole = min(whole, current().px(_LEAST_WIDTH))
        return self._with_margins(QSize(whole, line_height(self._style)))

    def heightForWidth(self, width: int) -> int:
        if not self.wordWrap():
            return -1
        margins = self.contentsMargins()
        inner = min(width, self.maximumWidth()) - margins.left() - margins.right()
        return self._lines_height(inner) + margins.top() + margins.bottom()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tip()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        place = QRectF(self.contentsRect())
        role = self._role if self.isEnabled() else "textDisabled"
        if self.wordWrap():
            free = place.height() - self._lines_height(round(place.width()))
            if free > 0 and not self.alignment() & Qt.AlignmentFlag.AlignTop:
                place.adjust(0, free // 2, 0, 0)
            draw_paragraph(
                painter, place, self.text(), self._style, role, align=self.alignment(), bold=self._bold
            )
        else:
            draw_text(painter, place, self.text(), self._style, role, align=self.alignment(), bold=self._bold)
        painter.end()

    def _text_width(self) -> int:
        return math.ceil(text_width(self._whole, self._style, self._bold))

    def _lines_height(self, width: int) -> int:
        return paragraph_height(self._whole, self._style, width, self._bold)

    def _with_margins(self, size: QSize) -> QSize:
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _tip(self) -> None:
        if self._elide:
            set_tip(self, self.text() if self._text_width() > self.contentsRect().width() else "")


class IconLabel(QLabel):
    """An icon that stands beside words and says nothing of its own to a screen reader."""

    def __init__(
        self, name: Icon, role: str = "text2", size: float = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon, self._role, self._size = name, role, size

    def set_icon(self, name: Icon, role: str) -> None:
        """Show another icon in another token colour."""
        self._icon, self._role = name, role
        self.update()

    def sizeHint(self) -> QSize:
        side = current().px(self._size)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_icon(painter, QRectF(self.rect()), self._icon, self._role, self._size)
        painter.end()


class MaskedLabel(PlainLabel):
    """A place where a value is not to be seen: dots, and a spoken name that says so."""

    def __init__(self, spoken: str, style: TextStyle = TextStyle.BODY, parent: QWidget | None = None) -> None:
        super().__init__(mask(), style, "text3", parent=parent)
        self.setAccessibleName(spoken)
