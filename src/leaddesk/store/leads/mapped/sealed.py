"""Leads as they came: their blocks still JSON, opened when somebody looks, when a search may find them, or
when there is time.

Opening a lead – decode its blocks, fold its values, lay both down – is two thirds of what it costs to take
it in. A load lays the blocks down closed: all leads are there, in order and to be found, in half the time.
"""

import logging
from collections.abc import Iterator, Sequence

import msgspec

from leaddesk.contract.rows import FieldList, LeadRow, SealedRow, open_block
from leaddesk.store.leads.mapped.records import Blocks, sheets_of
from leaddesk.store.leads.mapped.slots import LeadSlots
from leaddesk.store.search.folding import SEPARATOR, fold_roughly, sieve_of
from leaddesk.store.search.late import LateSlots
from leaddesk.store.search.texts import MANY

_LOG = logging.getLogger(__name__)
_SEPARATOR = SEPARATOR.encode()
_BETWEEN = b"\x1e"
_BLANKS = {b"n", b"r", b"t"}
_STEP = 16
_PORTION = 64


class SealableSlots(LeadSlots):
    """Slots whose leads may still be sealed: the record is then ``contact`` SEPARATOR ``enquiry``, JSON both.

    Whoever reads texts gets them opened; nobody else has to know.
    """

    def __init__(self) -> None:
        super().__init__()
        self._sealed = LateSlots()

    def write_sealed(self, taken: Sequence[int], rows: Sequence[SealedRow]) -> None:
        """Lay the blocks of rows down as they are."""
        records = [_SEPARATOR.join((row.lead.prospect, row.lead.interest)) for row in rows]
        super().write(taken, [b""] * len(records), records)
        self._sealed.add(taken)
        escapes = {piece[:1] for piece in b"".join(records).split(b"\\")[1:]}
        if not escapes <= _BLANKS:  # a value says what its JSON does not show: ``sift`` would miss it
            self.open(taken)

    def write(self, taken: Sequence[int], folds: Sequence[bytes], bodies: Sequence[bytes]) -> None:
        """Lay opened leads into slots."""
        for slot in taken:
            self._sealed.discard(slot)
        super().write(taken, folds, bodies)

    def open(self, slots: Sequence[int]) -> None:
        """Open those of these leads that are sealed."""
        closed = [slot for slot in slots if slot in self._sealed] if self._sealed else []
        for start in range(0, len(closed), _PORTION):
            part = closed[start : start + _PORTION]
            sheets = sheets_of(self.fields, [self._blocks(slot) for slot in part])
            for slot, folded, body in zip(part, *sheets, strict=True):
                self.write([slot], [folded], [body])

    @property
    def portion(self) -> int:
        """How many leads a search reads in one go: 64 sealed ones take a millisecond if all are opened."""
        return _PORTION if self._sealed else MANY

    def sift(self, slots: Sequence[int], terms: Sequence[bytes]) -> Sequence[int]:
        """Drop sealed leads that hold not every term; what is left is opened.

        A term that stands in a label opens leads in vain: that is work done early, not a wrong answer.
        """
        if not self._sealed:
            return slots
        closed = [slot for slot in slots if slot in self._sealed]
        if not closed:
            return slots
        self.open(self._possible(closed, terms) if terms else closed)
        return [slot for slot in slots if slot not in self._sealed]

    def places(self, slot: int) -> list[int]:
        """Return where the texts of a lead lie, see :class:`LeadSlots`."""
        self.open((slot,))
        return super().places(slot)

    def empty(self, slot: int) -> None:
        """Overwrite what lies in a slot."""
        self._sealed.discard(slot)
        super().empty(slot)

    def settle(self) -> Iterator[None]:
        """Open all leads, in steps of a quarter of a millisecond."""
        while self._sealed:
            self.open(self._sealed.upcoming(_STEP))
            yield

    def wipe(self) -> None:
        """Forget all, see :class:`LeadSlots`."""
        self._sealed.clear()
        super().wipe()

    def _possible(self, closed: Sequence[int], terms: Sequence[bytes]) -> list[int]:
        """Return the leads whose JSON may hold every term: folded roughly, 6 µs a lead."""
        read, begin, close = self.arena.read, self.begin, self.close
        records = [read(begin[slot], close[slot]) for slot in closed]
        texts = fold_roughly(_BETWEEN.join(records)).split(_BETWEEN)
        pieces = [*map(sieve_of, terms)]
        return [
            slot
            for slot, text in zip(closed, texts, strict=True)
            if b"\0" in text or all(piece in text for piece in pieces)
        ]

    def _blocks(self, slot: int) -> Blocks:
        contact, enquiry = self.read(self.begin[slot], self.close[slot]).split(_SEPARATOR)
        return _opened(contact), _opened(enquiry)


def blocks_in(row: LeadRow | SealedRow) -> Blocks:
    """Return contact and enquiry of a row."""
    if isinstance(row, LeadRow):
        return row.lead.prospect, row.lead.interest
    return _opened(row.lead.prospect), _opened(row.lead.interest)


def _opened(sealed: bytes | msgspec.Raw) -> FieldList | None:
    """Open a block; one that is no list of fields shows none, so that its lead is there all the same."""
    try:
        return open_block(sealed)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        _LOG.warning("a block of a lead is no list of fields")
        return FieldList({})
