"""What can be asked of the shelf: search over every value, filter by standing, sort by a column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from leaddesk.contract.ids import Urn
from leaddesk.store.leads.mapped.codes import Standing
from leaddesk.store.leads.mapped.sealed import SealableSlots
from leaddesk.store.leads.view import LeadTexts
from leaddesk.store.roles import Role, amount_of
from leaddesk.store.search.finder import Finder
from leaddesk.store.search.folding import fold, terms_of
from leaddesk.store.search.questions import Order, Question, Search
from leaddesk.store.search.ranks import MISSING, TOP_KEY, RankedColumn
from leaddesk.store.search.text_ranks import RankedTexts

_SECONDS = 34
_LATEST = (1 << _SECONDS) - 1
_UNKNOWN_STEP = 254


class SortBy(StrEnum):
    """A column the list can be sorted by."""

    CREATED = "created"
    NAME = "name"
    TOPIC = "topic"
    STEP = "step"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Sort:
    """A column and a direction; leads without a value come last in both."""

    by: SortBy = SortBy.CREATED
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Where:
    """A filter by standing; ``None`` admits all; ``None`` as a member means a lead nobody works yet."""

    steps: frozenset[str | None] | None = None
    responsibles: frozenset[Urn | None] | None = None

    def admits(self, standing: Standing) -> bool:
        """Whether a lead of this standing passes."""
        step = self.steps is None or standing.step in self.steps
        return step and (self.responsibles is None or standing.responsible in self.responsibles)


NEWEST = Sort()
ANY = Where()


class LeadQueries:
    """Answers questions about the leads of one shelf, and keeps index and ranks beside it.

    ``matches`` and ``rank`` place a single changed lead in an answer that is already shown.
    """

    def __init__(self, slots: SealableSlots) -> None:
        self._slots = slots
        self._finder = Finder(slots)
        self._columns: dict[SortBy, RankedColumn] = {}
        self._steps: Mapping[str, int] = {}

    def search(
        self, query: str = "", sort: Sort = NEWEST, where: Where = ANY, narrow: Search | None = None
    ) -> Search:
        """Begin a search for leads that hold every word of ``query`` somewhere in their values.

        Case and accents do not matter. ``narrow``: the search before, reused while a person types on.
        """
        order = Order(self._column(sort.by), sort.descending)
        return self._finder.search(self._question(query, where), order, narrow)

    def matches(self, slot: int, query: str, where: Where = ANY) -> bool:
        """Whether one lead answers a query."""
        return self._finder.matches(self._question(query, where), slot)

    def rank(self, slot: int, sort: Sort = NEWEST) -> int:
        """Return a number by which leads compare in this order; it may change with every change of a lead."""
        return self._column(sort.by).rank(slot, sort.descending)

    def ready(self, sort: Sort) -> bool:
        """Whether this order is known; if not, run ``settle`` first (0.6 s at 100k for a text column)."""
        return self._column(sort.by).ready

    def order_steps(self, places: Mapping[str, int]) -> None:
        """Say at which place of its pipeline each step stands; unknown ones come last."""
        if dict(places) != self._steps:
            self._steps = dict(places)
            self._columns.pop(SortBy.STEP, None)

    def add(self, slot: int) -> None:
        """Take in one lead."""
        self._finder.add(slot)
        for column in self._columns.values():
            column.add(slot)

    def add_late(self, slots: Sequence[int]) -> None:
        """Take in many leads; they are found at once and indexed by ``settle``."""
        self._column(SortBy.CREATED)
        self._finder.add_late(slots)
        for column in self._columns.values():
            column.add_late(slots)

    def discard(self, slot: int) -> None:
        """Take out a lead, before its values change or go."""
        self._finder.discard(slot)
        for column in self._columns.values():
            column.discard(slot)

    def settle(self) -> Iterator[None]:
        """Do what can wait, in steps of a few milliseconds at most: ranks first, then the index."""
        for column in list(self._columns.values()):
            yield from column.settle()
        yield from self._finder.settle()

    def clear(self) -> None:
        """Forget index and ranks."""
        self._finder.clear()
        for column in self._columns.values():
            column.clear()
        self._columns.clear()

    def _question(self, query: str, where: Where) -> Question:
        if where == ANY:
            return Question(terms_of(query))
        standing = self._slots.standing
        codes = {code for code, thing in enumerate(self._slots.standings.known) if where.admits(thing)}
        return Question(terms_of(query), lambda slot: standing[slot] in codes, where)

    def _column(self, by: SortBy) -> RankedColumn:
        column = self._columns.get(by)
        if column is None:
            column = self._columns[by] = self._build(by)
            column.begin_with(bytes(map(bool, self._slots.life)))
        return column

    def _build(self, by: SortBy) -> RankedColumn:
        match by:
            case SortBy.NAME:
                return RankedTexts(self._name_key)
            case SortBy.TOPIC:
                return RankedTexts(self._topic_key)
            case SortBy.STEP:
                return RankedColumn(self._step_key)
            case SortBy.VALUE:
                return RankedColumn(self._value_key)
            case SortBy.CREATED:
                return RankedColumn(self._created_key)

    def _name_key(self, slot: int) -> bytes:
        return fold(LeadTexts(self._slots, slot).name()) if self._slots.life[slot] else b""

    def _topic_key(self, slot: int) -> bytes:
        return fold(LeadTexts(self._slots, slot).in_role(Role.TOPIC)) if self._slots.life[slot] else b""

    def _created_key(self, slot: int) -> int:
        return min(self._slots.created[slot], TOP_KEY)

    def _value_key(self, slot: int) -> int:
        value = amount_of(LeadTexts(self._slots, slot).in_role(Role.VALUE))
        return MISSING if value is None else min(max(int(value * 100), 0), TOP_KEY)

    def _step_key(self, slot: int) -> int:
        step = self._slots.standing_of(slot).step
        place = 0 if step is None else min(1 + self._steps.get(step, _UNKNOWN_STEP), 255)
        return place << _SECONDS | max(0, _LATEST - self._slots.created[slot] // 1000)
