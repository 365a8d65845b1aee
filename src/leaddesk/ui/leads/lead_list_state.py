"""What the lead list shows besides its rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from leaddesk.store.leads.queries import NEWEST, Sort, SortBy

SORT_CHOICES = (
    Sort(SortBy.CREATED, True),
    Sort(SortBy.CREATED, False),
    Sort(SortBy.NAME, False),
    Sort(SortBy.TOPIC, False),
    Sort(SortBy.STEP, False),
    Sort(SortBy.VALUE, True),
)
"""The orders the button in the filter line offers; clicks on the header reach these and their turns."""


class Emptiness(Enum):
    """Why there is no row."""

    NOT_EMPTY = 0
    LOADING = 1
    NO_LEADS = 2
    NO_MATCH = 3


@dataclass(frozen=True)
class FilterChoice:
    """A condition the list can be narrowed by; ``group`` is its kind (``step``, ``person``)."""

    key: str
    group: str
    shown: str


@dataclass(frozen=True)
class LeadListState:
    """``count`` is how many leads answer search and filter, ``None`` while nothing is known.

    ``growing``: more leads are to come, so the count is what there is so far.
    """

    count: int | None = None
    growing: bool = False
    emptiness: Emptiness = Emptiness.NOT_EMPTY
    sort: Sort = NEWEST
    choices: tuple[FilterChoice, ...] = ()
    chosen: tuple[FilterChoice, ...] = ()
