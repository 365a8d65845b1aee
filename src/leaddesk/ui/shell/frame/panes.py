"""Page and detail side by side; in a small window the detail slides over the page."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QPropertyAnimation, QRect, Qt, Signal
from PySide6.QtGui import QLinearGradient, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedLayout, QVBoxLayout, QWidget

from leaddesk.ui.theme.tokens import current, token

SHADOW = 8


class _Strip(QWidget):
    """The slide-over's shadow: an 8 px painted strip, because effects repaint everything."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the strip, darkest at its right end."""
        shade = current().shadow("slideOver")
        clear = current().shadow("slideOver")
        clear.setAlpha(0)
        gradient = QLinearGradient(0, 0, self.width(), 0)
        gradient.setColorAt(0, clear)
        gradient.setColorAt(1, shade)
        QPainter(self).fillRect(self.rect(), gradient)


class SidePane(QWidget):
    """Holds whatever stands at the right: a lead, the queue, or the hint to choose one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack = QStackedLayout(self)

    def show_widget(self, widget: QWidget | None) -> None:
        """Show one widget; what was shown stays alive, it belongs to who put it here."""
        if widget is None:
            return
        if self._stack.indexOf(widget) < 0:
            self._stack.addWidget(widget)
        self._stack.setCurrentWidget(widget)

    def shows(self, widget: QWidget) -> bool:
        """Return whether a widget is the one on top."""
        return self._stack.currentWidget() is widget

    def take(self, widget: QWidget) -> None:
        """Let go of a widget."""
        if self._stack.indexOf(widget) >= 0:
            self._stack.removeWidget(widget)
            widget.setParent(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the pane."""
        QPainter(self).fillRect(self.rect(), current().color("surface"))


class Panes(QWidget):
    """The page at the left, the side pane at the right.

    Invariant: wide windows have a splitter whose sizes are kept while the object lives; below
    ``layout.breakpoints.detailOverlaysBelow`` (of the window) the side lies over the page and the page keeps
    its full width.
    """

    side_covered = Signal(bool)

    def __init__(self, page: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.side = SidePane()
        self._over = False
        self._open = False
        self._wide_side = current().length("layout.detail.default")
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._strip = _Strip(self)
        self._slide = QPropertyAnimation(self.side, b"geometry", self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._set_up(page)
        self._fill()

    def _set_up(self, page: QWidget) -> None:
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(page)
        self._splitter.addWidget(self.side)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)
        self._splitter.splitterMoved.connect(self._remember)
        self.side.setMinimumWidth(current().length("layout.detail.min"))
        self.side.setMaximumWidth(current().length("layout.detail.max"))
        self.side.hide()
        self._strip.hide()

    def set_over(self, over: bool) -> None:
        """Let the side lie over the page, or stand beside it."""
        if over == self._over:
            return
        self._over = over
        self._slide.stop()
        if over:
            self.side.setParent(self)
        else:
            self._splitter.addWidget(self.side)
            self._splitter.setStretchFactor(1, 0)
        self.side.setVisible(self._open)
        self._fill()
        self.side_covered.emit(over)

    @property
    def is_over(self) -> bool:
        """Whether the side covers part of the page."""
        return self._over

    @property
    def is_open(self) -> bool:
        """Whether the side is to be seen."""
        return self._open

    def set_open(self, shown: bool) -> None:
        """Show or hide the side."""
        changed, self._open = shown != self._open, shown
        self.side.setVisible(shown)
        self._fill()
        if changed and shown and self._over and self.isVisible():
            self._slide_in()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep both in their places."""
        super().resizeEvent(event)
        self._fill()

    def _fill(self) -> None:
        self._splitter.setGeometry(self.rect())
        self._strip.setVisible(self._over and self._open)
        if self._over:
            place = self._place()
            self._slide.stop()
            self.side.setGeometry(place)
            self._strip.setGeometry(
                place.left() - current().px(SHADOW), 0, current().px(SHADOW), self.height()
            )
            self._strip.raise_()
            self.side.raise_()
        elif self._open and self.width() > 0:
            self._splitter.setSizes([self.width() - self._wide_side - 1, self._wide_side])

    def _place(self) -> QRect:
        wide = min(self.width(), current().length("layout.detail.default"))
        return QRect(self.width() - wide, 0, wide, self.height())

    def _slide_in(self) -> None:
        milliseconds: int = token("motion.slideOver.ms")
        if not self.style().styleHint(self.style().StyleHint.SH_Widget_Animation_Duration):
            return
        end = self._place()
        self._slide.setDuration(milliseconds)
        self._slide.setStartValue(end.translated(current().px(24), 0))
        self._slide.setEndValue(end)
        self._slide.start()

    def _remember(self, position: int, index: int) -> None:
        self._wide_side = self._splitter.sizes()[1]


class PageStack(QWidget):
    """One page at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(holder)

    def show_page(self, page: QWidget) -> None:
        """Show a page, added at its first time."""
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)

    def current(self) -> QWidget | None:
        """Return the page that is shown."""
        shown: QWidget | None = self._stack.currentWidget()
        return shown

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the place of a page."""
        QPainter(self).fillRect(self.rect(), current().color("surface"))
