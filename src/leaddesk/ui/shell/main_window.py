"""The window: the instance's edge, and either a front page or the workplace."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from leaddesk.ui.kit.brand.instance import Instance, InstanceEdge
from leaddesk.ui.kit.floating.focus_ring import FocusRing
from leaddesk.ui.kit.floating.toasts import ToastHost
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.starting_page import StartingPage
from leaddesk.ui.theme.tokens import current

SIZE, LEAST = QSize(1440, 868), QSize(720, 520)


class MainWindow(QWidget):
    """Needs nothing but Qt and an instance: it can be painted before anything else is imported.

    Invariant: exactly one page below the edge; a page that is replaced is destroyed, never hidden. The title
    carries only our own words and the instance's name from the settings (guarantee A9).
    """

    close_requested = Signal()

    def __init__(self, instance: Instance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._may_close: Callable[[], bool] = lambda: True
        self._instance = instance
        self._edge = InstanceEdge(instance)
        self._stack = QStackedWidget()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._edge)
        row.addWidget(self._stack, 1)
        self.toasts = ToastHost(self)
        self._ring = FocusRing(self)
        self.setMinimumSize(LEAST)
        self.resize(SIZE * current().scale)
        self.show_page(StartingPage(instance))
        self.name_title()

    def show_page(self, page: QWidget) -> None:
        """Show a page over the whole window and destroy the one before."""
        old = self._stack.currentWidget()
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        if old is not None and old is not page:
            self._stack.removeWidget(old)
            old.hide()
            old.setParent(None)
            old.deleteLater()

    def page(self) -> QWidget:
        """Return the page that is shown."""
        shown = self._stack.currentWidget()
        if shown is None:
            raise LookupError("the window has no page")
        return shown

    def set_instance(self, instance: Instance) -> None:
        """Paint the edge for another instance, once the server has said which it is."""
        self._instance = instance
        self._edge.set_instance(instance)
        self.name_title()

    def name_title(self, suffix: str = "") -> None:
        """Set the title: program, instance, and ``locked`` or ``offline``."""
        parts = [text("shell.program"), self._instance.name, suffix]
        self.setWindowTitle(" – ".join(part for part in parts if part))

    def hold_closing(self, may_close: Callable[[], bool]) -> None:
        """Ask before the window closes: False keeps it open (changes are waiting)."""
        self._may_close = may_close

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close unless something holds it; wiring tears down on ``close_requested``."""
        if not self._may_close():
            event.ignore()
            return
        self.close_requested.emit()
        super().closeEvent(event)
