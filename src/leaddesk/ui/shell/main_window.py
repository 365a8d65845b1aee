"""The window: the instance's edge, and either a front page or the workplace."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.opening.first_sight import draw_first_sight
from leaddesk.ui.theme.tokens import current

if TYPE_CHECKING:
    from leaddesk.ui.kit.floating.toasts import ToastHost
    from leaddesk.ui.shell.opening.furniture import Furniture

SIZE, LEAST = QSize(1440, 868), QSize(720, 520)


class MainWindow(QWidget):
    """Needs nothing but Qt and an instance: it is painted before anything else is imported.

    Until :meth:`furnish` there is no child in it, only paint (performance.md, P1).
    Invariant: exactly one page below the edge; a page that is replaced is destroyed, never hidden. The title
    carries only our own words and the instance's name from the settings (guarantee A9).
    """

    close_requested = Signal()

    def __init__(self, instance: Instance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_close: Callable[[], bool] = lambda: True
        self._instance = instance
        self._furniture: Furniture | None = None
        self.setMinimumSize(LEAST)
        self.resize(SIZE * current().scale)
        self.name_title()

    def furnish(self) -> Furniture:
        """Put edge, starting page and toasts in, once; whoever shows or asks for a page does it too."""
        if self._furniture is None:
            from leaddesk.ui.shell.opening.furniture import Furniture

            self._furniture = Furniture(self, self._instance)
        return self._furniture

    @property
    def toasts(self) -> ToastHost:
        """The news of this window."""
        return self.furnish().toasts

    def show_page(self, page: QWidget) -> None:
        """Show a page over the whole window and destroy the one before."""
        stack = self.furnish().stack
        old = stack.currentWidget()
        stack.addWidget(page)
        stack.setCurrentWidget(page)
        if old is not None and old is not page:
            stack.removeWidget(old)
            old.hide()
            old.setParent(None)
            old.deleteLater()

    def add_foot(self, strip: QWidget) -> None:
        """Put a strip under every page, for as long as the window lives."""
        self.furnish().column.addWidget(strip)

    def page(self) -> QWidget:
        """Return the page that is shown."""
        shown = self.furnish().stack.currentWidget()
        if shown is None:
            raise LookupError("the window has no page")
        return shown

    def set_instance(self, instance: Instance) -> None:
        """Paint the edge for another instance, once the server has said which it is."""
        self._instance = instance
        self.furnish().edge.set_instance(instance)
        self.name_title()

    def name_title(self, suffix: str = "") -> None:
        """Set the title: program, instance, and ``locked`` or ``offline``."""
        parts = [text("shell.program"), self._instance.name, suffix]
        self.setWindowTitle(" – ".join(part for part in parts if part))

    def name_connection(self, offline: bool) -> None:
        """Say in the title that the server is away."""
        self.name_title(text("shell.title_offline") if offline else "")

    def hold_closing(self, may_close: Callable[[], bool]) -> None:
        """Ask before the window closes: False keeps it open (changes are waiting)."""
        self._may_close = may_close

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the first sight; later the page and the edge cover the window."""
        if self._furniture is None:
            painter = QPainter(self)
            draw_first_sight(painter, self.size(), self._instance, self.palette())
            painter.end()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close unless something holds it; wiring tears down on ``close_requested``."""
        if not self._may_close():
            event.ignore()
            return
        self.close_requested.emit()
        super().closeEvent(event)
