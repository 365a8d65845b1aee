"""Keys a piece keeps for itself although the window has a shortcut for them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent


def claim(event: QEvent, *keys: Qt.Key) -> bool:
    """Accept the question whether a key is meant for the focused piece; call it from ``event()``.

    Qt asks the focused widget and then its parents (``ShortcutOverride``) before a shortcut of the window
    acts; accepted, the key arrives as a key press. Keys with Ctrl, Alt or Meta are never claimed.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    if plain and event.key() in keys:
        event.accept()
        return True
    return False
