"""Filters and sort keys of ``GET /leads`` (contract, "Core: facts"), turned into SQL over columns."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from leaddesk.contract.wire import format_time
from leaddesk.server.domain.refusal import invalid
from leaddesk.server.queries.listing.totals import Condition

TIMES = {
    "modifiedAt": "l.modified_at",
    "lead.createdAt": "l.created_at",
    "commission.startedAt": "l.started_at",
    "commission.closedAt": "l.closed_at",
}
_EACH_TIME = [{column} for column in TIMES.values()]
EXACT = {"commission.responsible": "l.responsible", "commission.stepName": "l.step"}
SORTS = {
    "modifiedAt": "l.modified_at",
    "lead.leadId": "l.id",
    "lead.createdAt": "l.created_at",
    "lead.modifiedAt": "l.lead_modified_at",
    "commission.startedAt": "CASE WHEN l.started_at IS NULL THEN '' ELSE l.started_at END",
}
"""The last is spelled out: PostgreSQL takes COALESCE for leaky and looks it up in no index (test_plans)."""
DEFAULT_SORT = "modifiedAt"
"""Oldest change first: who pages with a continuation meets a row that changes meanwhile again at the end."""

_OPERATORS = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<", "eq": "="}
_DATE_LENGTH = len("2026-01-01")
_URN = re.compile(r"urn:lt(:[A-Za-z0-9-]+){3}")
_LAST_DAY = date.max
_EXPECTED_TIME = "gte:, gt:, lte:, lt: or eq: before an ISO 8601 date or time"


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column and its direction."""

    column: str
    descending: bool

    @property
    def sql(self) -> str:
        """Write the term of ``ORDER BY``."""
        return f"{self.column} DESC" if self.descending else self.column


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed request: conditions with their values, and the order; the id makes the order total."""

    conditions: tuple[str, ...]
    values: tuple[str, ...]
    order: tuple[SortKey, ...]

    @property
    def where(self) -> str:
        """Write the conditions behind the tenant's."""
        return "".join(f" AND {condition}" for condition in self.conditions)

    @property
    def one_time(self) -> tuple[Condition, ...] | None:
        """Return the conditions apart if all of them, and there are some, are over the same time."""
        if {condition.split(" ")[0] for condition in self.conditions} not in _EACH_TIME:
            return None
        split = (condition.split(" ") for condition in self.conditions)
        return tuple(
            (column, sign, value) for (column, sign, _), value in zip(split, self.values, strict=True)
        )

    @property
    def is_about_times(self) -> bool:
        """Tell whether a condition is over a time."""
        return any(column in condition for condition in self.conditions for column in TIMES.values())


def parse(many: Callable[[str], Sequence[str]]) -> Filter:
    """Read filters and order; ``many`` gives all values of a parameter. Raises ``Refused`` (invalid)."""
    conditions: list[tuple[str, str]] = []
    for name, column in TIMES.items():
        for text in many(name):
            conditions += time_terms(name, column, text)
    if not all(_URN.fullmatch(urn) for urn in many("commission.responsible")):
        raise invalid("commission.responsible", "a URN such as urn:lt:members:member:<uuid>")
    order = _order(",".join(many("sort")) or DEFAULT_SORT)
    terms, values = [sql for sql, _ in conditions], [value for _, value in conditions]
    for name, column in EXACT.items():
        wanted = many(name)
        terms += [f"{column} IN ({', '.join('?' * len(wanted))})"] if wanted else []
        values += wanted
    return Filter(tuple(terms), tuple(values), order)


def time_terms(name: str, column: str, text: str) -> Iterable[tuple[str, str]]:
    """Read one condition over a time. Raises ``Refused`` (invalid)."""
    operator, colon, rest = text.partition(":")
    if not colon or operator not in _OPERATORS:
        operator, rest = "eq", text
    moment, whole_day = _moment(name, rest)
    if operator == "eq" and whole_day:
        return [
            (f"{column} >= ?", format_time(moment)),
            (f"{column} < ?", format_time(moment + timedelta(days=1))),
        ]
    return [(f"{column} {_OPERATORS[operator]} ?", format_time(moment))]


def moment(name: str, text: str) -> str:
    """Read a date (midnight UTC) or time as it is stored. Raises ``Refused`` (invalid)."""
    return format_time(_moment(name, text, "an ISO 8601 date or time")[0])


def _moment(name: str, text: str, expected: str = _EXPECTED_TIME) -> tuple[datetime, bool]:
    try:
        if len(text) <= _DATE_LENGTH and date.fromisoformat(text) < _LAST_DAY:
            return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC), True
        # An unescaped plus sign of an offset arrives as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC), False
    except (ValueError, OverflowError):
        raise invalid(name, expected) from None


@lru_cache(maxsize=64)
def _order(text: str) -> tuple[SortKey, ...]:
    keys: list[SortKey] = []
    for part in text.split(","):
        name = part.lstrip("+- ") if part[:1] in ("+", "-", " ") else part
        if name not in SORTS or len(part) - len(name) > 1:
            raise invalid("sort", "a comma list of " + ", ".join(SORTS) + ", each with - or +")
        keys.append(SortKey(SORTS[name], part.startswith("-")))
    if keys[-1].column != "l.id":
        keys.append(SortKey("l.id", keys[-1].descending))
    return tuple(keys)
