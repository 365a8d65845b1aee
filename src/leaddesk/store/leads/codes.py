"""Interned codes: fields of forms (label and type, never values) and the standing of a lead.

Leads leave out what was not filled in, so nearly each of 100k has a form of its own (37,795 in the demo
population), but all share some sixty fields. Hence a code is a field's, one character a field, and a lead
lies as the string of its codes beside its values.
"""

from typing import NamedTuple

from leaddesk.contract.ids import PipelineId, Urn
from leaddesk.contract.rows import LeadRow
from leaddesk.store.roles import Role, role_of

PROSPECT, INTEREST, ORDER = 0, 1, 2
"""Where a field stands; ``ORDER`` is a label that is only named in a display order."""
_FIRST = 0x20


Lately = dict[str, tuple[str, str]]


class FieldKind(NamedTuple):
    """A field of a form. ``coded``: its value lies as JSON because it is no plain text."""

    block: int
    label: str
    type: str
    coded: bool


class FieldCodes:
    """One character for each kind of field, from U+0020 on; it stays valid until ``clear``.

    ``lately`` has for each block, and for plain and coded values, the type and code a label had last: most
    leads are answered by it, in a fifth of the time.
    """

    def __init__(self) -> None:
        self.lately: tuple[tuple[Lately, Lately], ...] = tuple(({}, {}) for _ in range(3))
        self._codes: dict[FieldKind, str] = {}
        self._kinds: list[FieldKind] = []
        self._playing: dict[Role, tuple[list[str], ...]] = {}
        self._players: set[str] = set()

    def code(self, kind: FieldKind) -> str:
        """Return the character of a kind."""
        code = self._codes.get(kind)
        if code is None:
            code = self._codes[kind] = chr(_FIRST + len(self._kinds))
            self._kinds.append(kind)
            self._cast(kind, code)
        self.lately[kind.block][kind.coded][kind.label] = (kind.type, code)
        return code

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
        """Return which fields are plain texts that play no role."""
        return [
            place
            for place, code in enumerate(codes)
            if code not in self._players and not self._kinds[ord(code) - _FIRST].coded
        ]

    def clear(self) -> None:
        """Forget everything."""
        self._codes.clear()
        for plain, coded in self.lately:
            plain.clear()
            coded.clear()
        self._kinds.clear()
        self._playing.clear()
        self._players.clear()

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
    """Numbers for equal standings, valid until ``clear``.

    Neighbours are mostly equal, and comparing with the last one is three times as quick as hashing.
    """

    def __init__(self) -> None:
        self._numbers: dict[Standing, int] = {}
        self._last: tuple[Standing | None, int] = (None, 0)
        self.known: list[Standing] = []

    def number(self, standing: Standing) -> int:
        """Return the number of a standing."""
        if standing == self._last[0]:
            return self._last[1]
        number = self._numbers.get(standing)
        if number is None:
            number = self._numbers[standing] = len(self.known)
            self.known.append(standing)
        self._last = (standing, number)
        return number

    def clear(self) -> None:
        """Forget everything."""
        self._numbers.clear()
        self.known.clear()
        self._last = (None, 0)


def standing_of(row: LeadRow) -> Standing:
    """Return the standing of a row."""
    work = row.commission
    if work is None:
        return Standing(row.lead.owner)
    return Standing(row.lead.owner, work.responsible, work.step, work.sales_pipeline_id, work.outcome)
