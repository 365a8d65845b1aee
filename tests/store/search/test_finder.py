from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaddesk.store.search import finder as finder_module
from leaddesk.store.search.finder import Finder
from leaddesk.store.search.folding import fold, terms_of
from leaddesk.store.search.questions import Order, Question, Search
from leaddesk.store.search.ranks import RankedColumn
from tests.store.search.shelf_of_texts import PlainTexts

words = st.text(alphabet="abAäÄßs \u0130é\u00b4\x1fz🐤", max_size=12)


class Corpus:
    """Texts, their index and an order in which later slots come first."""

    def __init__(self, texts: Sequence[str], indexed: bool = True) -> None:
        self.texts = PlainTexts()
        self.finder = Finder(self.texts)
        self.column = RankedColumn(lambda slot: 100_000 - slot)
        for slot, text in enumerate(texts):
            self.texts.put(slot, text)
        slots = list(range(len(texts)))
        self.finder.add_late(slots)
        self.column.add_late(slots)
        if indexed:
            self.settle()

    def settle(self) -> None:
        for _ in self.finder.settle():
            pass

    def begin(self, query: str, narrow: Search | None = None) -> Search:
        return self.finder.search(Question(terms_of(query)), Order(self.column, False), narrow)

    def find(self, query: str, narrow: Search | None = None) -> list[int]:
        search = self.begin(query, narrow)
        while not search.run(1):
            pass
        return list(search.hits)

    def scan(self, query: str) -> list[int]:
        """Answer the naive way."""
        terms = fold(query).split()
        found = [slot for slot, text in self.texts.shown.items() if all(term in fold(text) for term in terms)]
        return sorted(found, reverse=True)


@pytest.fixture(params=["few are sorted", "many are walked"])
def strategy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a test with both ways of searching, which differ in size only."""
    if request.param == "many are walked":
        monkeypatch.setattr(finder_module, "_FEW", -1)
        monkeypatch.setattr(finder_module, "_CHUNK", 1)
    return str(request.param)


@pytest.mark.usefixtures("strategy")
class TestAgainstANaiveScan:
    @given(texts=st.lists(words, max_size=40), query=words, indexed=st.booleans())
    def test_search_finds_what_a_scan_finds(self, texts: list[str], query: str, indexed: bool) -> None:
        corpus = Corpus(texts, indexed)
        assert corpus.find(query) == corpus.scan(query)

    @given(texts=st.lists(words, max_size=40), query=words)
    def test_typing_on_reuses_the_answer_before(self, texts: list[str], query: str) -> None:
        corpus, before = Corpus(texts), None
        for length in range(1, len(query) + 1):
            search = corpus.begin(query[:length], before)
            while not search.run(1):
                pass
            assert list(search.hits) == corpus.scan(query[:length])
            before = search

    @given(
        texts=st.lists(words, min_size=1, max_size=20),
        changes=st.lists(st.tuples(st.integers(0, 25), st.none() | words, st.booleans()), max_size=20),
        query=words,
    )
    def test_changes_are_found_at_once(
        self, texts: list[str], changes: list[tuple[int, str | None, bool]], query: str
    ) -> None:
        corpus = Corpus(texts, indexed=False)
        for slot, text, settle in changes:
            if slot in corpus.texts.shown:
                corpus.finder.discard(slot)
                corpus.column.discard(slot)
                corpus.texts.drop(slot)
            if text is not None:
                corpus.texts.put(slot, text)
                corpus.finder.add(slot)
                corpus.column.add(slot)
            if settle:
                corpus.settle()
        assert corpus.find(query) == corpus.scan(query)


@pytest.mark.usefixtures("strategy")
def test_a_condition_on_the_slot_narrows_the_answer() -> None:
    corpus = Corpus(["ab", "ab", "ba", "ab"])
    even = Question((b"ab",), lambda slot: slot % 2 == 0, "even")
    search = corpus.finder.search(even, Order(corpus.column, False))
    assert search.run(1)
    assert list(search.hits) == [0]
    all_even = Question((), lambda slot: slot % 2 == 0, "even")
    search = corpus.finder.search(all_even, Order(corpus.column, False))
    assert search.run(1)
    assert list(search.hits) == [2, 0]


def test_the_first_screen_needs_no_full_answer() -> None:
    corpus = Corpus([f"lead {number}" for number in range(9000)])
    search = corpus.begin("lead")
    assert list(search.take(3)) == [8999, 8998, 8997]
    assert not search.done
    assert search.run(5)
    assert len(search.hits) == 9000


def test_a_spent_budget_ends_the_step_not_the_search() -> None:
    corpus = Corpus([f"lead {number}" for number in range(9000)])
    search = corpus.begin("lead")
    rounds = 0
    while not search.run(0):
        rounds += 1
    assert rounds > 5
    assert len(search.hits) == 9000


def test_a_change_makes_an_answer_stale_and_it_is_not_reused() -> None:
    corpus = Corpus(["ab", "abc"])
    before = corpus.begin("ab")
    assert before.run(1)
    assert not before.stale
    corpus.texts.put(2, "abcd")
    corpus.finder.add(2)
    corpus.column.add(2)
    assert before.stale
    assert corpus.find("abc", before) == [2, 1]


def test_a_question_narrows_another_only_under_the_same_condition() -> None:
    wide, narrow = Question((b"wa",)), Question((b"warm",))
    filtered = Question((b"warm",), lambda slot: True, "step")
    assert narrow.narrows(wide)
    assert not wide.narrows(narrow)
    assert filtered.narrows(wide)
    assert not narrow.narrows(Question((b"wa",), lambda slot: True, "step"))
    assert filtered.narrows(Question((b"wa",), lambda slot: True, "step"))


def test_a_cleared_index_finds_nothing_and_takes_new_texts() -> None:
    corpus = Corpus(["ab"])
    corpus.finder.clear()
    corpus.column.clear()
    assert corpus.find("ab") == []
    corpus.finder.add(0)
    corpus.column.add(0)
    assert corpus.find("ab") == [0]
