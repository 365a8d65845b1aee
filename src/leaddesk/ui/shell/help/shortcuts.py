"""The window's keys: one table that binds them and that the sheet of keys is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


class Act(StrEnum):
    """What a key does in the window."""

    SEARCH = "search"
    DOWN = "down"
    UP = "up"
    OPEN = "open"
    BACK = "back"
    PREVIOUS = "previous"
    NEXT = "next"
    CALL = "call"
    MAIL = "mail"
    NOTE = "note"
    STEP = "step"
    SHARE = "share"
    DELETE = "delete"
    LOCK = "lock"
    HELP = "help"
    PAGE_1 = "page_1"
    PAGE_2 = "page_2"
    PAGE_3 = "page_3"
    PAGE_4 = "page_4"


@dataclass(frozen=True)
class Key:
    """One binding. ``letter``: a single character, which a person may switch off (WCAG 2.1.4)."""

    act: Act
    sequence: str
    letter: bool = False


KEYS = (
    Key(Act.SEARCH, "/", letter=True),
    Key(Act.SEARCH, "Ctrl+K"),
    Key(Act.SEARCH, "Ctrl+F"),
    Key(Act.DOWN, "J", letter=True),
    Key(Act.UP, "K", letter=True),
    Key(Act.BACK, "Escape"),
    Key(Act.PREVIOUS, "Alt+Left"),
    Key(Act.NEXT, "Alt+Right"),
    Key(Act.CALL, "C", letter=True),
    Key(Act.MAIL, "M", letter=True),
    Key(Act.NOTE, "N", letter=True),
    Key(Act.STEP, "S", letter=True),
    Key(Act.SHARE, "T", letter=True),
    Key(Act.DELETE, "Delete"),
    Key(Act.LOCK, "Ctrl+L"),
    Key(Act.HELP, "F1"),
    Key(Act.HELP, "?", letter=True),
    Key(Act.PAGE_1, "Ctrl+1"),
    Key(Act.PAGE_2, "Ctrl+2"),
    Key(Act.PAGE_3, "Ctrl+3"),
    Key(Act.PAGE_4, "Ctrl+4"),
)


class Shortcuts:
    """Binds the table to what the shell does.

    Invariant: while switched off (front page, dialog) no key of the table acts. A text field always keeps the
    letters typed into it: Qt asks the focused widget first.
    """

    def __init__(self, window: QWidget, acts: Mapping[Act, Callable[[], object]]) -> None:
        self._letters = True
        self._on = True
        self._bound: list[tuple[Key, QShortcut]] = []
        for key in KEYS:
            if key.act in acts:
                self._bound.append((key, _bind(window, key, acts[key.act])))

    @property
    def letters(self) -> bool:
        """Whether single letters act."""
        return self._letters

    def set_letters(self, letters: bool) -> None:
        """Let single letters act, or not."""
        self._letters = letters
        self._apply()

    def set_on(self, on: bool) -> None:
        """Switch all keys on or off."""
        self._on = on
        self._apply()

    def close(self) -> None:
        """Unbind everything; the window may be bound anew."""
        for _, shortcut in self._bound:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._bound = []

    def _apply(self) -> None:
        for key, shortcut in self._bound:
            shortcut.setEnabled(self._on and (self._letters or not key.letter))


def _bind(window: QWidget, key: Key, act: Callable[[], object]) -> QShortcut:
    shortcut = QShortcut(QKeySequence(key.sequence), window)
    shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
    shortcut.setAutoRepeat(key.act in (Act.DOWN, Act.UP, Act.PREVIOUS, Act.NEXT))
    shortcut.activated.connect(act)
    return shortcut
