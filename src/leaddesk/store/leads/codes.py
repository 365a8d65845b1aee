"""Interned codes: the form of a lead (labels and types, never values) and its standing."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from leaddesk.contract.ids import PipelineId, Urn
from leaddesk.contract.rows import FieldList, LeadRow
from leaddesk.store.roles import Role, roles_of

T = TypeVar("T")
K = TypeVar("K")

Labels = tuple[str, ...]


BlockKey = tuple[Labels | None, Labels, Labels | None]
"""Labels and types as received and the display order; no labels for a block that was not sent, no order for
one that was not given."""

ShapeKey = tuple[BlockKey, BlockKey, tuple[int, ...]]
"""What is equal among many leads: contact, enquiry, and the indices of values kept as JSON."""


class Shape:
    """A shape with what follows from it. A value's index counts through both blocks."""

    __slots__ = ("coded", "key", "labels", "roles", "split", "types")

    def __init__(self, key: ShapeKey) -> None:
        prospect, interest, coded = key
        self.key = key
        self.labels = (*(prospect[0] or ()), *(interest[0] or ()))
        self.types = prospect[1] + interest[1]
        self.split = len(prospect[1])
        self.coded = frozenset(coded)
        self.roles: dict[Role, int] = roles_of(self.labels, self.types)


class Standing(NamedTuple):
    """Who owns a lead, who works it and how far it is: few different ones among many leads."""

    owner: Urn
    responsible: Urn | None = None
    step: str | None = None
    pipeline_id: PipelineId | None = None
    outcome: str | None = None


class Codes(Generic[K, T]):
    """Numbers for equal things. A number stays valid until ``clear``.

    Neighbours are mostly equal, and comparing with the last key is three times as quick as hashing.
    """

    def __init__(self, build: Callable[[K], T]) -> None:
        self._build = build
        self._numbers: dict[K, int] = {}
        self._last: tuple[K | None, int] = (None, 0)
        self.things: list[T] = []

    def number(self, key: K) -> int:
        """Return the number of what ``key`` stands for."""
        if key == self._last[0]:
            return self._last[1]
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.things)
            self.things.append(self._build(key))
        self._last = (key, number)
        return number

    def clear(self) -> None:
        """Forget everything."""
        self._numbers.clear()
        self.things.clear()
        self._last = (None, 0)


def block_key(block: FieldList | None) -> BlockKey:
    """Return what is equal among many blocks."""
    if block is None:
        return None, (), None
    order = block.field_order
    types = tuple([content.type for content in block.fields.values()])
    return tuple(block.fields), types, None if order is None else tuple(order)


def standing_of(row: LeadRow) -> Standing:
    """Return the standing of a row."""
    work = row.commission
    if work is None:
        return Standing(row.lead.owner)
    return Standing(row.lead.owner, work.responsible, work.step, work.sales_pipeline_id, work.outcome)
