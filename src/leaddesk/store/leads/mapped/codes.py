"""Interned codes: fields of forms (label and type, never values) and the standing of a lead.

Leads leave out what was not filled in, so nearly each of 100k has a form of its own (37,795 in the demo
population), but all share some sixty fields. Hence a code is a field's, one character a field, and a lead
lies as the string of its codes beside its values.
"""

from collections.abc import Iterator
from typing import NamedTuple

from leaddesk.contract.ids import PipelineId, Urn
from leaddesk.contract.rows import FieldContent, LeadRow, SealedRow
from leaddesk.store.roles import Role, role_of

PROSPECT, INTEREST, ORDER = 0, 1, 2
"""Where a field stands; ``ORDER`` is a label that is only named in a display order."""
_FIRST = 0x20
_SHAPES_KEPT = 2_048
_FORGOTTEN = 256


class FieldKind(NamedTuple):
    """A field of a form."""

    block: int
    label: str
    type: str


class Shape(NamedTuple):
    """The labels of a block as they were sent, with their types and the codes of both."""

    labels: list[str]
    types: list[str]
    codes: str


class FieldCodes:
    """One character for each kind of field, from U+0020 on; it stays valid until ``clear``.

    Two blocks of three have the labels of one that came before, in the same order: their codes are found at
    once, in the time of two fields.
    """

    def __init__(self) -> None:
        self._codes: dict[FieldKind, str] = {}
        self._kinds: list[FieldKind] = []
        self._shapes: tuple[dict[tuple[str, ...], Shape], ...] = ({}, {})
        self._playing: dict[Role, tuple[list[str], ...]] = {}
        self._players: set[str] = set()

    def code(self, kind: FieldKind) -> str:
        """Return the character of a kind."""
        code = self._codes.get(kind)
        if code is None:
            code = self._codes[kind] = chr(_FIRST + len(self._kinds))
            self._kinds.append(kind)
            self._cast(kind, code)
        return code

    def shape(self, block: int, fields: dict[str, FieldContent]) -> Shape:
        """Return the shape of a block, which has these labels and types."""
        shapes, labels = self._shapes[block], tuple(fields)
        shape = shapes.get(labels)
        if shape is None or shape.types != [content.type for content in fields.values()]:
            if len(shapes) >= _SHAPES_KEPT:
                shapes.clear()
            shape = shapes[labels] = self._shape(block, fields)
        return shape

    def kinds(self, codes: str) -> list[FieldKind]:
        """Return what the characters stand for."""
        kinds = self._kinds
        return [kinds[ord(code) - _FIRST] for code in codes]

    def playing(self, role: Role, codes: str) -> int | None:
        """Return which field plays a role: by type before label before word, the first one of several."""
        for rank in self._playing.get(role, ()):
            found = [place for code in rank if (place := codes.find(code)) >= 0]
            if found:
                return min(found)
        return None

    def idle(self, codes: str) -> list[int]:
        """Return which fields play no role."""
        return [place for place, code in enumerate(codes) if code not in self._players]

    def settle(self) -> Iterator[None]:
        """Give the memory of the shapes back after a load, 256 a step; codes stay."""
        for shapes in self._shapes:
            while shapes:
                for _ in range(min(_FORGOTTEN, len(shapes))):
                    shapes.popitem()
                yield

    def clear(self) -> None:
        """Forget everything."""
        for shapes in self._shapes:
            shapes.clear()
        self._codes.clear()
        self._kinds.clear()
        self._playing.clear()
        self._players.clear()

    def _shape(self, block: int, fields: dict[str, FieldContent]) -> Shape:
        types = [content.type for content in fields.values()]
        kinds = [FieldKind(block, label, type_) for label, type_ in zip(fields, types, strict=True)]
        return Shape(list(fields), types, "".join(map(self.code, kinds)))

    def _cast(self, kind: FieldKind, code: str) -> None:
        if kind.block == ORDER:
            return
        found = role_of(kind.label, kind.type)
        if found is not None:
            role, rank = found
            self._playing.setdefault(role, ([], [], []))[rank].append(code)
            self._players.add(code)


class Standing(NamedTuple):
    """Who owns a lead, who works it and how far it is: few different ones among many leads."""

    owner: Urn
    responsible: Urn | None = None
    step: str | None = None
    pipeline_id: PipelineId | None = None
    outcome: str | None = None


class Standings:
    """Numbers for equal standings, valid until ``clear``."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str | None, ...], int] = {}
        self.known: list[Standing] = []

    def number(self, row: LeadRow | SealedRow) -> int:
        """Return the number of a row's standing.

        It is looked up by a plain tuple, which equals a :class:`Standing` and is made in a fifth of the time.
        """
        work, owner = row.commission, row.lead.owner
        standing = (
            (owner, None, None, None, None)
            if work is None
            else (owner, work.responsible, work.step, work.sales_pipeline_id, work.outcome)
        )
        number = self._numbers.get(standing)
        if number is None:
            number = self._numbers[standing] = len(self.known)
            self.known.append(Standing(*standing))
        return number

    def clear(self) -> None:
        """Forget everything."""
        self._numbers.clear()
        self.known.clear()
