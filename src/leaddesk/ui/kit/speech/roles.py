"""What a screen reader takes a widget for where Qt's own guess is wrong, and news that no focus tells.

Qt takes a dialog that is no window for a filler: its title and sentences are then never read. Panes and
stacked pages it takes for panels and layers, which are read out with every label in them at each visit.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QApplication, QStackedWidget, QWidget

_ROLE, _INSTALLED = "spokenRole", "spokenRoles"
DIALOG, UNSPOKEN = QAccessible.Role.Dialog, QAccessible.Role.Client
PICTURE = QAccessible.Role.Graphic


def speak_as(widget: QWidget, role: QAccessible.Role) -> None:
    """Give a widget without a name yet a role: what was asked for once keeps its role."""
    widget.setProperty(_ROLE, role.value)


def announce(widget: QWidget, words: str) -> None:
    """Let a screen reader say what happened elsewhere than at the focus."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))


def install(app: QApplication) -> None:
    """Let Qt ask for our roles, once an application."""
    if not app.property(_INSTALLED):
        app.setProperty(_INSTALLED, True)
        QAccessible.installFactory(_interface)


def _interface(_class: str, about: QObject) -> QAccessibleInterface | None:
    if not isinstance(about, QWidget):
        return None
    if isinstance(about, QStackedWidget):
        return QAccessibleWidget(about, UNSPOKEN)
    role = about.property(_ROLE)
    return None if role is None else QAccessibleWidget(about, QAccessible.Role(role))
