from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from leaddesk.store.search import text_ranks
from leaddesk.store.search.ranks import MISSING, STEP, TOP_KEY, RankedColumn
from leaddesk.store.search.text_ranks import RankedTexts

Keys = dict[int, int | None]
change = st.tuples(
    st.integers(0, 30), st.none() | st.integers(0, 5) | st.just(TOP_KEY), st.sampled_from("alx")
)


def numbers(keys: Keys) -> RankedColumn:
    return RankedColumn(lambda slot: MISSING if (key := keys.get(slot)) is None else key)


def texts(keys: Keys) -> RankedColumn:
    return RankedTexts(lambda slot: b"" if (key := keys.get(slot)) is None else b"k%019d" % key)


def expected(keys: Keys, descending: bool) -> list[int]:
    present = sorted((key, slot) for slot, key in keys.items() if key is not None)
    if descending:
        present.reverse()
    return [slot for _, slot in present] + sorted(slot for slot, key in keys.items() if key is None)


def play(
    build: Callable[[Keys], RankedColumn], changes: list[tuple[int, int | None, str]], steps: int
) -> None:
    """Apply changes to a column while its idle work goes on, a few steps after each."""
    keys: Keys = {}
    column = build(keys)
    idle = column.settle()
    for slot, key, way in changes:
        if slot in keys:
            column.discard(slot)
            del keys[slot]
        if way != "x":
            keys[slot] = key
            if way == "a":
                column.add(slot)
            else:
                column.add_late([slot])
        for _ in range(steps):
            if next(idle, column) is column:
                idle = column.settle()
    for descending in (False, True):
        assert list(column.sequence(descending)) == expected(keys, descending)
        assert column.arrange(sorted(keys), descending) == expected(keys, descending)
        assert sorted(keys, key=lambda slot: column.rank(slot, descending)) == expected(keys, descending)


@given(changes=st.lists(change, max_size=60), steps=st.integers(0, 3))
def test_numbers_stay_in_order_whatever_comes_and_goes(
    changes: list[tuple[int, int | None, str]], steps: int
) -> None:
    play(numbers, changes, steps)


@given(changes=st.lists(change, max_size=60), steps=st.integers(0, 3))
def test_texts_stay_in_order_whatever_comes_and_goes(
    changes: list[tuple[int, int | None, str]], steps: int
) -> None:
    play(texts, changes, steps)


@given(st.data())
def test_a_bulk_is_merged_while_leads_come_and_go(data: st.DataObject) -> None:
    build = data.draw(st.sampled_from([numbers, texts]))
    keys: Keys = {slot: data.draw(st.integers(0, 9)) for slot in range(3)} | {
        slot: slot * 7 % 11 for slot in range(3, 400)
    }
    column = build(keys)
    column.add_late(range(200))
    for _ in column.settle():
        pass
    column.add_late(range(200, 400))
    idle = column.settle()
    for slot, late in data.draw(st.lists(st.tuples(st.integers(0, 399), st.booleans()), max_size=12)):
        next(idle, None)
        column.discard(slot)
        keys[slot] = data.draw(st.none() | st.integers(0, 9))
        column.add_late([slot]) if late else column.add(slot)
    for _ in idle:
        pass
    assert list(column.sequence(False)) == expected(keys, False)


def test_pages_in_order_extend_one_end_without_a_sort() -> None:
    keys: Keys = {slot: 1000 - slot for slot in range(300)}
    column = numbers(keys)
    for page in range(0, 300, 100):
        column.add_late(range(page, page + 100))
        assert list(column.sequence(True)) == list(range(page + 100))


def test_a_column_without_gaps_left_is_numbered_anew() -> None:
    keys: Keys = {0: 0, 1: 1 << 40}
    column = texts(keys)
    column.add_late([0, 1])
    assert list(column.sequence(False)) == [0, 1]
    for slot in range(2, 40):
        keys[slot] = (1 << 40) - (1 << (40 - slot))
        column.add(slot)
    for _ in column.settle():
        pass
    assert list(column.sequence(False)) == expected(keys, False)


def test_a_large_bulk_is_not_ready_until_settled() -> None:
    keys: Keys = dict.fromkeys(range(5000), 1)
    for column in (numbers(keys), texts(keys)):
        assert column.ready
        column.add_late(range(5000))
        assert not column.ready
        assert sum(1 for _ in column.settle()) > 5000 // STEP
        assert column.ready


def test_a_column_cleared_while_it_is_numbered_stays_empty() -> None:
    keys: Keys = dict.fromkeys(range(500), 1)
    column = texts(keys)
    column.add_late(range(500))
    idle = column.settle()
    next(idle)
    column.clear()
    for _ in idle:
        pass
    assert list(column.sequence(False)) == []


def test_equal_texts_share_a_key_so_that_ranks_are_few() -> None:
    keys: Keys = dict.fromkeys(range(100), 4)
    column = texts(keys)
    column.add_late(range(100))
    column.sequence(False)
    assert len({column.rank(slot, False) >> 22 for slot in range(100)}) == 1
    assert text_ranks.STEP > 0
