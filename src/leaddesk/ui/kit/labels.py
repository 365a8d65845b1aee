"""Labels: the only place that builds a QLabel. Text is text, never markup (guarantee D3)."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from leaddesk.ui.kit.masks import mask
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle, font


def set_tip(widget: QWidget, tip: str) -> None:
    """Give a widget a tooltip shown character by character; Qt would take ``<b>`` for markup."""
    looks_like_markup = "<" in tip or "&" in tip
    widget.setToolTip(f"<span>{escape(tip)}</span>".replace("\n", "<br>") if looks_like_markup else tip)


class PlainLabel(QLabel):
    """Text in one style of the scale and one text colour of the tokens.

    Invariant: plain text; follows the theme at run time. With ``elide`` a text too long for its place ends in
    an ellipsis and is whole in the tooltip; with ``wrap`` it breaks into lines.
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
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._style, self._role, self._bold, self._elide = style, role, bold, elide
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if elide:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._dress()
        self.setText(shown)

    def whole(self) -> str:
        """Return the text before any ellipsis."""
        return self._whole

    def setText(self, shown: str) -> None:
        """Show a text; an accessible name that was set by hand stays."""
        self._whole = shown
        self._fit()
        self.updateGeometry()

    def set_role(self, role: str) -> None:
        """Change the text colour, by its token name."""
        self._role = role
        self._dress()

    def set_bold(self, bold: bool | None) -> None:
        """Change the weight; None is the style's own."""
        self._bold = bold
        self._dress()

    def elides(self) -> bool:
        """Return whether a long text may end in an ellipsis."""
        return self._elide

    def sizeHint(self) -> QSize:
        if not self._elide:
            return super().sizeHint()
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._whole) + 1, metrics.height())

    def minimumSizeHint(self) -> QSize:
        if not self._elide:
            return super().minimumSizeHint()
        metrics = QFontMetrics(self.font())
        return QSize(
            min(metrics.horizontalAdvance(self._whole), metrics.averageCharWidth() * 4), metrics.height()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._dress()

    def _fit(self) -> None:
        if not self._elide:
            super().setText(self._whole)
            return
        metrics = QFontMetrics(self.font())
        shown = metrics.elidedText(self._whole, Qt.TextElideMode.ElideRight, max(0, self.width()))
        super().setText(shown)
        set_tip(self, self._whole if shown != self._whole else "")
        self.setAccessibleName(self._whole)

    def _dress(self) -> None:
        wanted = font(self._style, bold=self._bold)
        if self.font() != wanted:
            self.setFont(wanted)
        colors = self.palette()
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            colors.setColor(group, QPalette.ColorRole.WindowText, current().color(self._role))
        self.setPalette(colors)
        self._fit()


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
