"""Searching: which slots hold every term of a question, in display order, a slice at a time.

Bigrams give candidates, the texts themselves decide, always in display order, so that the first screen is
there after a few hundred of them: few candidates are sorted (0.3 µs each; to read one costs 2), many are met
by walking the whole order. What is not indexed yet is a candidate, so a search is complete while leads
arrive.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence

from leaddesk.store.search.grams import Candidates, GramIndex
from leaddesk.store.search.late import LateSlots
from leaddesk.store.search.questions import Order, Question, Search
from leaddesk.store.search.texts import MANY, Texts

_FEW = 1_500
_CHUNK = 128
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
            for slot in self._texts.sift(self._waiting.pop(_INDEX_STEP), ()):
                self._grams.add(slot, self._text(slot))
            yield

    def search(self, question: Question, order: Order, narrow: Search | None = None) -> Search:
        """Begin a search; ``narrow`` may be the one before, whose answer is used where it can be."""
        version = self._version
        search = Search(question, order, lambda: self._version != version)
        if question.terms:
            known = narrow if narrow is not None and self._reusable(narrow, search) else None
            search.begin(self._look_up(search, known))
        else:
            search.begin(self._list(search))
        return search

    def matches(self, question: Question, slot: int) -> bool:
        """Whether one slot answers the question."""
        slots = self._texts.sift([slot], question.terms) if question.terms else [slot]
        return bool(self._verified(slots, question.terms, question))

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

    def _look_up(self, search: Search, known: Search | None) -> Iterator[None]:
        """Choose the shortest way through the display order, and go it."""
        question, order = search.question, search.order
        candidates = self._grams.candidates(question.terms)
        unsure = [term for term in question.terms if self._waiting or len(term) > 2]
        count = candidates.count + len(self._waiting)
        if count <= _FEW and (known is None or len(known.hits) > count):
            few = order.column.arrange((*candidates.slots(), *self._waiting), order.descending)
            yield from self._walk(search, array("I", few), None, unsure)
        elif known is not None:
            settled = known.question.terms
            unsure = [term for term in unsure if not any(term in old for old in settled)]
            yield from self._narrow(search, known, candidates, unsure)
        else:
            every = order.column.sequence(order.descending)
            yield from self._walk(search, every, self._flags(candidates), unsure)

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
        """Verify what is flagged, in order. Where one term decides, note where it was found."""
        question = search.question
        alone = question.admits is None and list(terms) == [question.terms[0]] if terms else False
        for part in _parts(len(sequence), self._texts.portion if terms else MANY):
            slots: Sequence[int] = sequence[part]
            if flags is not None:
                slots = [slot for slot in slots if flags[slot]]
            if terms:
                slots = self._texts.sift(slots, terms)
            if alone:
                self._note(search, slots, terms[0])
            else:
                search.hits.extend(self._verified(slots, terms, question))
            yield

    def _note(self, search: Search, slots: Sequence[int], term: bytes) -> None:
        find, begin, end = self._texts.find, self._texts.begin, self._texts.end
        self._keep(search, slots, [find(term, begin[slot], end[slot]) for slot in slots])

    def _keep(self, search: Search, slots: Sequence[int], places: Sequence[int]) -> None:
        """Keep the slots whose term was found. No pairs are built: the collector would count each of them."""
        begin = self._texts.begin
        found = zip(slots, places, strict=True)
        search.hits.extend([slot for slot, place in found if place >= 0])
        found = zip(slots, places, strict=True)
        search.marks.extend([place - begin[slot] for slot, place in found if place >= 0])

    def _narrow(
        self, search: Search, known: Search, candidates: Candidates, unsure: Sequence[bytes]
    ) -> Iterator[None]:
        """Sift the answer before; a term typed on is first looked for where it stood: half the time."""
        flags = self._flags(candidates)
        term, question = search.question.terms[0], search.question
        before = known.question.terms[:1]
        longer = len(known.marks) == len(known.hits) and term.startswith(before or (term,))
        if not (longer and question.admits is None and list(unsure) == [term]):
            yield from self._walk(search, known.hits, flags, unsure)
            return
        most = candidates.count > 0.7 * len(known.hits)
        for part in _parts(len(known.hits), MANY):
            self._go_on(search, known, part, None if most else flags)
            yield

    def _go_on(self, search: Search, known: Search, part: slice, flags: bytes | None) -> None:
        find, begin, end = self._texts.find, self._texts.begin, self._texts.end
        term = search.question.terms[0]
        length = len(term)
        slots, marks = known.hits[part], known.marks[part]
        if flags is not None:
            chosen = flags
            marks = array("I", [mark for slot, mark in zip(slots, marks, strict=True) if chosen[slot]])
            slots = array("I", [slot for slot in slots if chosen[slot]])
        stood = [begin[slot] + mark for slot, mark in zip(slots, marks, strict=True)]
        places = [
            place if find(term, place, place + length) >= 0 else find(term, place + 1, end[slot])
            for slot, place in zip(slots, stood, strict=True)
        ]
        self._keep(search, slots, places)

    def _verified(self, slots: Iterable[int], terms: Sequence[bytes], question: Question) -> list[int]:
        """Keep the slots whose text holds every term; reads in place, copies nothing."""
        find, begin, end = self._texts.find, self._texts.begin, self._texts.end
        kept = list(slots)
        for term in terms:
            kept = [slot for slot in kept if find(term, begin[slot], end[slot]) >= 0]
        if question.admits is not None:
            kept = list(filter(question.admits, kept))
        return kept


def _parts(length: int, most: int) -> Iterator[slice]:
    """Yield parts of a sequence, small ones first: the first screen is near the top."""
    start, size = 0, min(_CHUNK, most)
    while start < length:
        yield slice(start, start + size)
        start, size = start + size, min(size * 2, most)
