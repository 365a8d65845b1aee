"""The order in which Tab visits what was built later than its neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def chain(*places: QWidget) -> None:
    """Let Tab visit these places and what is in them one after another.

    Qt appends a widget to the end of the window's order when it is built; a row that comes with a push would
    be visited last wherever it stands.
    """
    reachable = [widget for place in places for widget in _reachable(place)]
    for before, after in pairwise(reachable):
        QWidget.setTabOrder(before, after)


def _reachable(place: QWidget) -> Iterable[QWidget]:
    for widget in (place, *place.findChildren(QWidget)):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
            yield widget
