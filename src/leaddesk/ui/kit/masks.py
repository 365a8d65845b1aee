"""What stands in place of a value that is not to be seen, and the curtain that puts it there (guarantee C4).

While the curtain is drawn, everything personal is masked: in what is painted, in tooltips, and in what screen
readers are told. A label, an edit or a list takes part by a method ``cover``, which brings it in line with
:func:`covers`; what paints itself asks :func:`covered` for its words.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from shiboken6 import isValid

DOT = "•"
_SAYS_NOTHING = frozenset({"", "–"})


def mask() -> str:
    """Return the mask of a value whose length tells nothing."""
    return DOT * 4


def mask_like(length: int) -> str:
    """Return a mask of a given length: for the hidden rest of a postcode, whose length is known anyway."""
    return DOT * length


def masked_name() -> str:
    """Return the mask of a full name, as wide as two short words (picture 04)."""
    return f"{DOT * 4} {DOT * 5}"


class _Curtain:
    def __init__(self) -> None:
        self.drawn = False
        self.spared: weakref.ref[QWidget] | None = None
        self.named: weakref.WeakKeyDictionary[QWidget, str] = weakref.WeakKeyDictionary()


_curtain = _Curtain()


def is_drawn() -> bool:
    """Tell whether personal values are masked now."""
    return _curtain.drawn


def covers(widget: QWidget) -> bool:
    """Tell whether a widget's personal words are masked now."""
    spared = _curtain.spared() if _curtain.spared is not None else None
    return _curtain.drawn and (spared is None or not (spared is widget or spared.isAncestorOf(widget)))


def covered(words: str, widget: QWidget) -> str:
    """Return the words, or the mask while they are not to be seen; what says nothing stays."""
    return masked_name() if covers(widget) and words not in _SAYS_NOTHING else words


def name(widget: QWidget, words: str) -> None:
    """Give a widget an accessible name in which something personal stands."""
    _curtain.named[widget] = words
    widget.setAccessibleName(covered(words, widget))


def draw(drawn: bool, spared: QWidget | None = None) -> None:
    """Mask everything but what lies in ``spared`` (the lead of a running call), or show everything again."""
    _curtain.drawn = drawn
    _curtain.spared = weakref.ref(spared) if spared is not None else None
    if drawn:
        QToolTip.hideText()
    for widget, words in tuple(_curtain.named.items()):
        if isValid(widget):
            widget.setAccessibleName(covered(words, widget))
    for widget in QApplication.allWidgets():
        cover = getattr(widget, "cover", None)
        if cover is not None:
            cover()


@contextmanager
def drawn() -> Iterator[None]:
    """Draw the curtain for a moment: for stories and tests."""
    draw(True)
    try:
        yield
    finally:
        draw(False)
