"""The columns of the list: what they are called, how wide they are, which are left out in a narrow pane."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

from leaddesk.store.leads.queries import SortBy
from leaddesk.ui.kit.painting.writing import text_width
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.tokens import current

NARROW = 480
"""Below this width the list shows two lines a row and no header (design notes, "Narrow list")."""
EDGE = 16


class Column(IntEnum):
    """A column of the model, from left to right."""

    NAME = 0
    INTEREST = 1
    STEP = 2
    RECEIVED = 3
    VALUE = 4
    OWNER = 5


SORTS = {
    Column.NAME: SortBy.NAME,
    Column.INTEREST: SortBy.TOPIC,
    Column.STEP: SortBy.STEP,
    Column.RECEIVED: SortBy.CREATED,
    Column.VALUE: SortBy.VALUE,
}
FIRST_DESCENDING = frozenset({Column.RECEIVED, Column.VALUE})
"""Columns whose first click sorts the large and late first."""

_TOKENS = {
    Column.INTEREST: "interest",
    Column.STEP: "step",
    Column.RECEIVED: "due",
    Column.VALUE: "value",
    Column.OWNER: "owner",
}
_GAP = 8
_NAME_LEAST = 180
_INTEREST_MORE = 120
_DROPPED_FIRST = (Column.VALUE, Column.INTEREST, Column.OWNER)


@dataclass(frozen=True)
class Layout:
    """Which columns are shown, and where each begins and ends, in scaled pixels of the viewport.

    ``right`` is where texts end at the latest: 16 px from the edge of the pane, scroll bar or not.
    """

    edges: dict[Column, tuple[int, int]]
    right: int
    narrow: bool

    def has(self, column: Column) -> bool:
        """Whether a column is shown."""
        return column in self.edges


def lead_width() -> int:
    """Return the room in front of the name."""
    return current().length("columns.comfortable.lead")


def layout_for(width: int, beside: int = 0) -> Layout:
    """Return the columns for a viewport with a scroll bar of ``beside`` pixels beside it.

    The name takes what the others leave, and shares it with what is wanted; columns a row can do without are
    left out first.
    """
    theme = current()
    right = width + beside - theme.px(EDGE)
    if width + beside < theme.px(NARROW):
        return Layout({Column.NAME: (0, width)}, right, narrow=True)
    wide = {column: theme.length(f"columns.comfortable.{name}") for column, name in _TOKENS.items()}
    wide[Column.RECEIVED] = max(wide[Column.RECEIVED], _widest_moment())
    least = lead_width() + theme.px(_NAME_LEAST)
    for column in _DROPPED_FIRST:
        if least + sum(wide.values()) <= right:
            break
        del wide[column]
    if Column.INTEREST in wide:
        spare = right - least - sum(wide.values())
        wide[Column.INTEREST] += min(spare // 2, theme.px(_INTEREST_MORE))
    left = right - sum(wide.values())
    edges = {Column.NAME: (0, left)}
    for column, width_of in wide.items():
        edges[column] = (left, left + width_of)
        left += width_of
    last = max(edges)
    edges[last] = (edges[last][0], width)
    return Layout(edges, right, narrow=False)


def _widest_moment() -> int:
    """Return the room for the longest of the usual moments, ``yesterday 17:42``, in the language in force."""
    return math.ceil(text_width(text("phrases.yesterday_at", time="00:00"))) + current().px(_GAP)


def row_height() -> int:
    """Return the height of a row."""
    return current().length("density.comfortable.row")


def header_height() -> int:
    """Return the height of the header."""
    return current().length("density.comfortable.header")
