"""A column of rows that keeps the widgets whose content did not change."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from leaddesk.ui.kit.layout.tab_order import chain

Content = TypeVar("Content", bound=Hashable)


class KeptRows(QVBoxLayout):
    """Rows under each other, newest state first rendered cheaply.

    Invariant: a row whose content is shown again stays the same widget, so that focus, pointer and scroll
    position survive a push; a row that is not shown any more is out of the tree at once.
    """

    def __init__(self, gap: int = 0) -> None:
        super().__init__()
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(gap)
        self._rows: list[tuple[Hashable, QWidget]] = []

    def show_rows(self, wanted: Sequence[Content], build: Callable[[Content], QWidget]) -> None:
        """Show one row for each content, in order; ``build`` is called for new contents only."""
        if [content for content, _ in self._rows] == list(wanted):
            return
        kept = list(self._rows)
        self._rows = []
        for place, content in enumerate(wanted):
            widget = _take(kept, content) or build(content)
            self._rows.append((content, widget))
            if self.indexOf(widget) != place:
                self.removeWidget(widget)
                self.insertWidget(place, widget)
        for _, widget in kept:
            self.removeWidget(widget)
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        chain(*self.widgets())

    def widgets(self) -> list[QWidget]:
        """Return the rows in order."""
        return [widget for _, widget in self._rows]


def _take(rows: list[tuple[Hashable, QWidget]], content: Hashable) -> QWidget | None:
    for index, (known, widget) in enumerate(rows):
        if known == content:
            del rows[index]
            return widget
    return None
