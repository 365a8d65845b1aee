"""One page of a file, painted from pixels that somebody else decoded; masked while the curtain is drawn."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from leaddesk.decoding.decoder import Page
from leaddesk.ui.kit.masks import covers
from leaddesk.ui.kit.speech.roles import PICTURE, speak_as
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current

_EMPTY = 320


class PageCanvas(QWidget):
    """As high as the page is at this width. The image is a view of the page's bytes, not a copy: once they
    are overwritten there is nothing to paint. ``leafed``: one page back (-1) or on (1), by the arrow keys.
    """

    leafed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        speak_as(self, PICTURE)
        self._page: Page | None = None
        self._image: QImage | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_page(self, page: Page) -> None:
        """Show a page in the place of the last one, which is forgotten."""
        self.forget()
        line = page.width * 4
        self._page = page
        self._image = QImage(page.pixels, page.width, page.height, line, QImage.Format.Format_RGB32)
        self.updateGeometry()
        self.update()

    def forget(self) -> None:
        """Overwrite the pixels."""
        page, self._page, self._image = self._page, None, None
        if page is not None:
            page.forget()
        self.update()

    def cover(self) -> None:
        """Mask the page, or show it again."""
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.leafed.emit(step)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(self._extent(width).height())

    def sizeHint(self) -> QSize:
        width = current().px(_EMPTY)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(current().px(80), current().px(80))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current()
        painter.fillRect(self.rect(), theme.color("sunken"))
        place = self._extent(self.width())
        place.moveLeft((self.width() - place.width()) / 2)
        if covers(self):
            draw_icon(painter, QRectF(self.rect()), Icon.MASKED, "text3", 24)
        elif self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, self._image)
            painter.setPen(theme.color("border"))
            painter.drawRect(place.adjusted(0, 0, -1, -1))
        painter.end()

    def _extent(self, width: int) -> QRectF:
        """Return how large the page is painted: as wide as there is room, never larger than it is."""
        if self._page is None:
            return QRectF(0, 0, width, current().px(_EMPTY))
        across = min(float(width), self._page.width / self.devicePixelRatioF())
        return QRectF(0, 0, across, across * self._page.height / self._page.width)
