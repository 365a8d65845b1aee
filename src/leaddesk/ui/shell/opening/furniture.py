"""What stands in the window from its second frame on: edge, one page, toasts and the ring of the focus."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.kit.brand.marks import InstanceEdge
from leaddesk.ui.kit.floating.focus_ring import FocusRing
from leaddesk.ui.kit.floating.toasts import ToastHost
from leaddesk.ui.shell.opening.starting_page import StartingPage


class Furniture:
    """Built once for a window; begins with the starting page."""

    def __init__(self, window: QWidget, instance: Instance) -> None:
        self.edge = InstanceEdge(instance)
        self.stack = QStackedWidget()
        row = QHBoxLayout(window)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.edge)
        self.column = QVBoxLayout()
        self.column.setSpacing(0)
        self.column.addWidget(self.stack, 1)
        row.addLayout(self.column, 1)
        self.toasts = ToastHost(window)
        self._ring = FocusRing(window)
        self.stack.addWidget(StartingPage(instance))
