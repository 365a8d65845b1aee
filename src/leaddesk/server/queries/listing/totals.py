"""How many rows a view has, without counting them: by groups, and of a range of times by its whole days.

A range is at most two days that are counted, the first and the last, and numbers that are kept of every day
between (``eventlog.kept``). Beside another condition, or for who sees a part only, rows are counted.
"""

from dataclasses import dataclass

from leaddesk.server.eventlog.kept.counts import DAY
from leaddesk.server.eventlog.log import Unit

_ROWS, _KEPT = "COUNT(*) FROM lead", "COALESCE(SUM(l.leads), 0) FROM lead_count"
_DAYS = "SELECT COALESCE(SUM(l.leads), 0) FROM lead_day l WHERE l.tenant_id = ? AND l.field = ?"
_MIDNIGHT = "T00:00:00.000Z"
_BEHIND = "U"
"""Stands behind every time of the day it is put after."""

Condition = tuple[str, str, str]
"""Column of ``lead l``, operator, time."""


@dataclass(frozen=True, slots=True)
class Range:
    """The whole days that conditions on one column let through, and the days that have to be looked into."""

    column: str
    whole: tuple[tuple[str, str], ...]
    edges: tuple[str, ...]


def range_of(conditions: tuple[Condition, ...]) -> Range:
    """Split conditions on one column into days."""
    column = conditions[0][0]
    lower = max((value for _, sign, value in conditions if sign in (">", ">=", "=")), default=None)
    upper = min((value for _, sign, value in conditions if sign in ("<", "<=", "=")), default=None)
    whole, edges = list[tuple[str, str]](), list[str]()
    if lower is not None:
        is_whole = lower.endswith(_MIDNIGHT) and (column, ">", lower) not in conditions
        day = lower[:DAY]
        is_last = upper is not None and upper[:DAY] <= day
        whole.append((">=" if is_whole else ">", day))
        edges += [] if is_whole and not is_last else [day]
    if upper is not None:
        whole.append(("<", upper[:DAY]))
        edges += [] if upper[:DAY] in edges else [upper[:DAY]]
    return Range(column, tuple(whole), tuple(edges))


def count_range(unit: Unit, conditions: tuple[Condition, ...]) -> int:
    """Count the rows whose one time meets all conditions."""
    days = range_of(conditions)
    terms = "".join(f" AND l.day {sign} ?" for sign, _ in days.whole)
    kept = unit.select(_DAYS + terms, days.column.removeprefix("l."), *(day for _, day in days.whole))
    return int(kept[0][0]) + sum(_of_day(unit, conditions, day) for day in days.edges)


def _of_day(unit: Unit, conditions: tuple[Condition, ...], day: str) -> int:
    column = conditions[0][0]
    terms = "".join(f" AND {column} {sign} ?" for _, sign, _ in conditions)
    sql = f"SELECT {_ROWS} l WHERE l.tenant_id = ? AND {column} >= ? AND {column} < ?{terms}"
    return int(unit.select(sql, day, day + _BEHIND, *(value for *_, value in conditions))[0][0])


def count(unit: Unit, where: str, values: tuple[str, ...], *, times: bool) -> int:
    """Count the rows that meet conditions; ``times``: one is about a time, so that no number is kept."""
    sql = f"SELECT {_ROWS if times else _KEPT} l WHERE l.tenant_id = ?{where}"
    return int(unit.select(sql, *values)[0][0])
