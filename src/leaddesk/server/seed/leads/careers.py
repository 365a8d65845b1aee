"""What became of a lead: when it came in, who took it, which steps it passed, what was noted.

Times are milliseconds since 1970 (UTC).
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime
from itertools import accumulate
from typing import NamedTuple

from leaddesk.contract.ids import CommissionId, NoteId
from leaddesk.server.seed.leads.tables import Table
from leaddesk.server.seed.world import Person

DRAWS = 3
"""Random numbers of 16 bits that one career takes."""

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

REMEMBERED = 200 * DAY
"""Older leads come from the house's former system: of their steps only the first and the last are known."""

_HISTORY = 4 * 365 * DAY
_NEWEST = 2 * HOUR

# how many enquiries come in an hour of the day, UTC: hardly any at night, most in the evening
_HOURS = (2, 1, 1, 1, 2, 5, 10, 16, 20, 22, 21, 20, 18, 18, 18, 20, 24, 29, 33, 34, 28, 18, 9, 4)
_SUMS = (0.0, *(total / sum(_HOURS) for total in accumulate(_HOURS)))

# age up to which, and weights of: untouched, then each step of the pipeline reached
_FATES = (
    (DAY, (62, 24, 14, 0, 0, 0)),
    (7 * DAY, (16, 24, 40, 14, 6, 0)),
    (30 * DAY, (5, 10, 30, 27, 20, 8)),
    (120 * DAY, (3, 4, 18, 20, 27, 28)),
    (_HISTORY * 2, (3, 5, 17, 12, 19, 44)),
)


Step = tuple[int, int]
"""When a lead came to a step of the pipeline, and the step's index."""

Path = tuple[tuple[float, int], ...]
"""How much of its time a lead had behind it when it came to a step, and the step's index."""

# how fast a lead moved, and whether the steps in between were noted
_PACES = tuple((pace, skips) for skips in (False, True) for pace in (1.0, 1.6, 2.4, 3.2))


class Career(NamedTuple):
    """The running commission of a lead; ``steps`` begins with the one the commission started at."""

    commission_id: CommissionId
    responsible: Person
    steps: Sequence[Step]


class SeedNote(NamedTuple):
    """One entry of the journal."""

    note_id: NoteId
    moment: int
    author: Person
    text: str
    intern: bool


class Calendar:
    """Spreads leads over four years before a base time: more of late, few at night, oldest first."""

    def __init__(self, base: datetime, leads: int) -> None:
        self.leads = leads
        self.now = int(base.timestamp() * 1000)
        self._end = _worked(self.now - _NEWEST)

    def at(self, index: int, number: int) -> int:
        """Return when lead ``index`` came in; later ones never come earlier."""
        back = (self.leads - index - number / 65_536) / self.leads
        return _unworked(self._end - _HISTORY * back**1.25)


def _worked(moment: int) -> float:
    """Stretch the hours of the day by how many enquiries they bring."""
    day, rest = divmod(moment, DAY)
    hour, part = divmod(rest / HOUR, 1)
    low, high = _SUMS[int(hour)], _SUMS[int(hour) + 1]
    return (day + low + (high - low) * part) * DAY


def _unworked(stretched: float) -> int:
    day, rest = divmod(stretched / DAY, 1)
    hour = min(bisect_right(_SUMS, rest) - 1, 23)
    low, high = _SUMS[hour], _SUMS[hour + 1]
    return int((day * 24 + hour + (rest - low) / (high - low)) * HOUR)


class Careers:
    """Draws what became of leads of one tenant."""

    def __init__(self, now: int, people: Sequence[Person]) -> None:
        self._now = now
        self._ages = [age for age, _ in _FATES]
        self._fates = [Table(enumerate(weights), 256).slots for _, weights in _FATES]
        self._people = Table(((person, person.works) for person in people), 256).slots
        self._paths = [[_path(reached, pace, skips) for reached in range(6)] for pace, skips in _PACES]

    def draw(self, d: tuple[int, ...], created: int, commission_id: str) -> Career | None:
        """Return the career of a lead from 3 numbers, ``None`` for one that nobody has touched."""
        age = self._now - created
        reached = self._fates[bisect_right(self._ages, age)][d[0] & 255]
        if not reached:
            return None
        span = min(age, (20 + (d[0] >> 9)) * DAY)
        if age > REMEMBERED:
            path = self._paths[4 + (d[1] & 3)][reached]
            steps = [(created + int(span * share), step) for share, step in path]
        else:
            steps = self._taken(created, span, self._paths[d[1] & 7][reached])
        return Career(CommissionId(commission_id), self._people[d[2] & 255], steps)

    def _taken(self, created: int, span: int, path: Path) -> list[Step]:
        """Return when each step was taken, in office hours unless all happened in a day or two."""
        if span < 2 * DAY:
            return [(created + int(span * share), step) for share, step in path]
        earliest, now = created + 20 * MINUTE, self._now
        at_work = [(_at_work(created + int(span * share)), step) for share, step in path]
        return [(min(max(moment, earliest), now), step) for moment, step in at_work]


def _at_work(moment: int) -> int:
    """Squeeze the day into office hours, 6:30 to 16:30 UTC; later moments stay later."""
    rest = moment % DAY
    return moment - rest + 390 * MINUTE + rest * 10 // 24


def _path(reached: int, pace: float, skips: bool) -> Path:
    """Return the steps passed, the slower the higher the pace."""
    passed = [step for step in range(reached) if not (skips and 0 < step < reached - 1)]
    return tuple((((step + 1) / 6) ** pace, step) for step in passed)


def wire_time(moment: int) -> str:
    """Write milliseconds as the contract does, ``2026-01-01T00:00:00.000Z``."""
    day, rest = divmod(moment, DAY)
    prefix = _days.get(day)
    if prefix is None:
        prefix = _days[day] = date.fromordinal(_EPOCH + day).isoformat() + "T"
    minute, rest = divmod(rest, MINUTE)
    return f"{prefix}{_MINUTES[minute]}{_SECONDS[rest // 1000]}{_MILLIS[rest % 1000]}"


_days: dict[int, str] = {}
_EPOCH = date(1970, 1, 1).toordinal()
_MINUTES = tuple(f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1440))
_SECONDS = tuple(f"{second:02d}." for second in range(60))
_MILLIS = tuple(f"{milli:03d}Z" for milli in range(1000))
