"""Takes away whatever floats above or beside a window, at once: for the moment nobody is to look any more."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from leaddesk.ui.kit.floating.overlay import OverlayDialog

_MOST = 16
"""Menus that opened from menus; a popup that refuses to close is not asked for ever."""


def take_away(window: QWidget) -> None:
    """Close dialogs, menus with all they opened, and tooltips. Qt itself would fade a tooltip out later."""
    for _ in range(_MOST):
        popup = QApplication.activePopupWidget()
        if popup is None:
            break
        popup.close()
    for widget in QApplication.topLevelWidgets():
        if widget.windowType() is Qt.WindowType.ToolTip and widget.isVisible():
            widget.close()
    for dialog in window.findChildren(OverlayDialog):
        dialog.dismiss()
