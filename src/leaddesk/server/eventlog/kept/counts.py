"""Numbers of leads that are kept instead of counted: by group, and by day of each of their times.

Exact, because whoever changes rows changes the numbers in the same transaction, in the tenant's turn.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leaddesk.server.eventlog.log import Unit

DAY = len("2026-01-01")
"""Of a time as it is stored, what names its day (UTC)."""

_LEADS = (
    "INSERT INTO lead_count (tenant_id, mark, keeper, responsible, step, leads) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (tenant_id, mark) DO UPDATE SET leads = lead_count.leads + excluded.leads"
)
_DAYS = (
    "INSERT INTO lead_day (tenant_id, field, day, leads) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (tenant_id, field, day) DO UPDATE SET leads = lead_day.leads + excluded.leads"
)

Group = tuple[str | None, str | None, str | None]
"""Keeper, responsible and step of a lead: what lists are filtered by that is no time."""
Times = Sequence[str | None]
"""A lead's times, in the order of ``FIELDS``."""
FIELDS = ("modified_at", "lead_modified_at", "created_at", "started_at", "closed_at")
"""Columns in the order ``bulk.INSERT_LEAD`` has them; of the second nobody asks for a range."""
_KEPT = tuple(field for field in FIELDS if field != "lead_modified_at")
_PLACES = tuple((FIELDS.index(field), field) for field in _KEPT)


class Counts:
    """How much more there is of everything; negative: less."""

    def __init__(self) -> None:
        self._groups = Counter[Group]()
        self._days = Counter[tuple[str, str]]()

    def add(self, group: Group, times: Times, leads: int = 1) -> None:
        """Count leads of a group and with times."""
        self._groups[group] += leads
        for place, field in _PLACES:
            at = times[place]
            if at is not None:
                self._days[field, at[:DAY]] += leads

    def add_many(self, groups: Iterable[Group], times: Mapping[str, Iterable[str | None]]) -> None:
        """Count many leads, one of each; ``times`` by field."""
        self._groups.update(groups)
        for field in _KEPT:
            self._days.update((field, at[:DAY]) for at in times[field] if at is not None)

    def keep(self, unit: "Unit") -> None:
        """Write the numbers; in the transaction that changes their rows."""
        groups = [("\x1f".join(map(_spelled, group)), *group, n) for group, n in self._groups.items() if n]
        days = [(*day, n) for day, n in self._days.items() if n]
        if groups:
            unit.run_many(_LEADS, groups)
        if days:
            unit.run_many(_DAYS, days)


def _spelled(value: Any) -> str:
    return "\x1e" if value is None else str(value)
