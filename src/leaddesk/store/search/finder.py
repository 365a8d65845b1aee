"""Searching: which slots hold every term of a question, in display order, a slice at a time.

Bigrams give candidates, the texts themselves decide. Two ways, both exact: few candidates are verified
and then sorted; many are met by walking the display order, so that the first screen is there after a few
hundred of them. What is not indexed yet is a candidate, so a search is complete while leads arrive.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence

from leaddesk.store.search.grams import Candidates, GramIndex
from leaddesk.store.search.late import LateSlots
from leaddesk.store.search.questions import Order, Question, Search
from leaddesk.store.search.texts import Texts

_FEW = 2_000
_WALK = 8_192
_SORTABLE = 40_000
_CHUNK = 128
_MOST = 1_024
_INDEX_STEP = 16


class Finder:
    """Keeps the index of texts that others own, and answers questions about them.

    ``discard`` must come before a slot's text is changed or removed.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._grams = GramIndex()
        self._waiting = LateSlots()
        self._version = 0

    def add(self, slot: int) -> None:
        """Index the text of one slot now: 15 µs."""
        self._version += 1
        self._grams.add(slot, self._text(slot))

    def add_late(self, slots: Sequence[int]) -> None:
        """Make many slots known; they are found by reading until ``settle`` has indexed them."""
        self._version += 1
        self._waiting.add(slots)

    def discard(self, slot: int) -> None:
        """Forget a slot."""
        self._version += 1
        if not self._waiting.discard(slot):
            self._grams.discard(slot, self._text(slot))

    def settle(self) -> Iterator[None]:
        """Index what waits, in steps of a quarter of a millisecond."""
        while self._waiting:
            for slot in self._waiting.pop(_INDEX_STEP):
                self._grams.add(slot, self._text(slot))
            yield

    def search(self, question: Question, order: Order, narrow: Search | None = None) -> Search:
        """Begin a search; ``narrow`` may be the one before, whose answer is used where it can be."""
        version = self._version
        search = Search(question, order, lambda: self._version != version)
        if question.terms:
            known = narrow.hits if narrow is not None and self._reusable(narrow, search) else None
            search.begin(self._look_up(search, known))
        else:
            search.begin(self._list(search))
        return search

    def matches(self, question: Question, slot: int) -> bool:
        """Whether one slot answers the question."""
        return bool(self._verified([slot], question.terms, question))

    def clear(self) -> None:
        """Forget everything."""
        self._version += 1
        self._grams.clear()
        self._waiting.clear()

    def _text(self, slot: int) -> bytes:
        return self._texts.read(self._texts.begin[slot], self._texts.end[slot])

    def _reusable(self, known: Search, search: Search) -> bool:
        same = known.order == search.order and search.question.narrows(known.question)
        return same and known.done and not known.stale

    def _list(self, search: Search) -> Iterator[None]:
        sequence = search.order.column.sequence(search.order.descending)
        if search.question.admits is None:
            search.hits = sequence
        else:
            yield from self._walk(search, sequence, None, ())

    def _look_up(self, search: Search, known: "array[int] | None") -> Iterator[None]:
        question, order = search.question, search.order
        candidates = self._grams.candidates(question.terms)
        unsure = (
            question.terms if self._waiting else tuple([term for term in question.terms if len(term) > 2])
        )
        count = candidates.count + len(self._waiting)
        if count <= _FEW:
            yield from self._sort_few(search, [*candidates.slots(), *self._waiting], unsure)
            return
        flags = self._flags(candidates)
        if known is not None:
            yield from self._walk(search, known, flags, unsure)
            return
        sequence = order.column.sequence(order.descending)
        few = count <= min(_SORTABLE, len(sequence) // 4)
        yield from self._walk(search, sequence[:_WALK] if few else sequence, flags, unsure)
        if few:
            met = set(sequence[:_WALK])
            rest = [slot for slot in (*candidates.slots(), *self._waiting) if slot not in met]
            yield from self._sort_few(search, rest, unsure)

    def _flags(self, candidates: Candidates) -> bytes:
        """Return one byte a slot: 1 for candidates and for what is not indexed yet."""
        flags = candidates.flags
        if not self._waiting:
            return flags
        both = int.from_bytes(flags, "little") | int.from_bytes(self._waiting.flags, "little")
        return both.to_bytes(max(len(flags), len(self._waiting.flags)), "little")

    def _walk(
        self, search: Search, sequence: "array[int]", flags: bytes | None, terms: Sequence[bytes]
    ) -> Iterator[None]:
        start, size = 0, _CHUNK
        while start < len(sequence):
            slots: Iterable[int] = sequence[start : start + size]
            if flags is not None:
                slots = [slot for slot in slots if flags[slot]]
            search.hits.extend(self._verified(slots, terms, search.question))
            start, size = start + size, min(size * 2, _MOST)
            yield

    def _sort_few(self, search: Search, slots: list[int], terms: Sequence[bytes]) -> Iterator[None]:
        found: list[int] = []
        for start in range(0, len(slots), _MOST):
            found.extend(self._verified(slots[start : start + _MOST], terms, search.question))
            yield
        search.hits.extend(search.order.column.arrange(found, search.order.descending))

    def _verified(self, slots: Iterable[int], terms: Sequence[bytes], question: Question) -> list[int]:
        """Keep the slots whose text holds every term; reads in place, copies nothing."""
        find, begin, end = self._texts.find, self._texts.begin, self._texts.end
        kept = list(slots)
        for term in terms:
            kept = [slot for slot in kept if find(term, begin[slot], end[slot]) >= 0]
        if question.admits is not None:
            kept = list(filter(question.admits, kept))
        return kept
