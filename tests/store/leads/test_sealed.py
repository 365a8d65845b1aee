"""Leads that are still as they came: found, read and changed as if they had been opened."""

import logging

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaddesk.contract.rows import SealedLead, SealedRow, decode_sealed_lines, seal
from leaddesk.store.leads.shelf import LeadShelf
from leaddesk.store.search.folding import fold, fold_roughly, sieve_of, terms_of
from tests.store.leads.lead_rows import OWNER, lead_id, row, sealed, time

spellings = st.text(st.characters(codec="utf-8") | st.sampled_from('sßSſäÄé²ªæİőеи"\\/\n\t'), max_size=20)


def raw_row(number: int, prospect: bytes) -> SealedRow:
    return SealedRow(time(0), SealedLead(lead_id(number), 1, OWNER, time(number), msgspec.Raw(prospect)))


@given(st.lists(spellings, min_size=1, max_size=6), st.data())
def test_a_search_among_sealed_leads_finds_what_a_scan_finds(values: list[str], data: st.DataObject) -> None:
    shelf = LeadShelf()
    shelf.load(sealed([row(n, fields={"Vorname": value}) for n, value in enumerate(values)]))
    query = fold(data.draw(st.sampled_from(values))).decode("utf-8", "replace")
    start = data.draw(st.integers(0, len(query)))
    query = query[start : start + data.draw(st.integers(1, 6))]
    search = shelf.queries.search(query)
    assert search.run(5)
    found = [n for n, value in enumerate(values) if all(term in fold(value) for term in terms_of(query))]
    assert sorted(shelf.get(slot).created_at.minute for slot in search.hits) == found


@given(spellings)
def test_the_rough_fold_misses_nothing(text: str) -> None:
    rough, folded = fold_roughly(text.encode()), fold(text).decode()
    for start in range(len(folded)):
        term = folded[start : start + 4]
        if term.isprintable() and " " not in term:
            assert b"\0" in rough or sieve_of(term.encode()) in rough


def test_labels_and_types_are_not_searched() -> None:
    shelf = LeadShelf()
    shelf.load(sealed([row(n, fields={"Vorname": "Anna"}) for n in range(3)]))
    for query in ("vorname", "singleline", "type", "fields"):
        search = shelf.queries.search(query)
        assert search.run(5)
        assert not search.hits


def test_only_leads_that_may_be_found_are_opened() -> None:
    shelf = LeadShelf()
    shelf.load(sealed([row(n, fields={"Vorname": "Anna" if n % 2 else "Ole"}) for n in range(40)]))
    search = shelf.queries.search("anna")
    assert search.run(5)
    assert len(search.hits) == 20
    assert len(shelf._slots._sealed) == 20


def test_a_value_whose_json_shows_something_else_is_found_all_the_same() -> None:
    block = rb'{"fields":{"Vorname":{"type":"text:singleline","value":"K\u00e4the \"von\" A\/B"}}}'
    line = msgspec.json.encode(raw_row(0, block))
    shelf = LeadShelf()
    shelf.load(decode_sealed_lines(line + b"\n"))
    for query in ("kathe", '"von"', "a/b"):
        search = shelf.queries.search(query)
        assert search.run(5)
        assert len(search.hits) == 1


@pytest.mark.warns("leaddesk.store.leads.mapped.sealed")
@pytest.mark.parametrize(
    "block", [b"5", b'{"fields":{"a":7}}', b'{"fields":{"a":{"type":"t","value":"\xff"}}}']
)
def test_a_block_that_is_no_list_of_fields_shows_none(block: bytes, caplog: pytest.LogCaptureFixture) -> None:
    shelf = LeadShelf()
    shelf.load([raw_row(0, block), seal(row(1))])
    with caplog.at_level(logging.WARNING):
        assert [shelf.get(slot).name for slot in range(2)] == ["", "Anna Meyer"]
    assert [record.getMessage() for record in caplog.records] == ["a block of a lead is no list of fields"]
    caplog.clear()


def test_a_sealed_lead_can_be_replaced_and_removed() -> None:
    shelf = LeadShelf()
    shelf.load(sealed([row(n, fields={"Vorname": f"N{n}"}) for n in range(3)]))
    assert shelf.upsert(row(0, serial=2, fields={"Vorname": "Neu"}))
    assert shelf.remove(lead_id(1))
    shelf.load(sealed([row(2, serial=2, fields={"Vorname": "Alt"}), row(3)]))
    names = {
        shelf.get(slot).name for number in (0, 2, 3) if (slot := shelf.slot_of(lead_id(number))) is not None
    }
    assert names == {"Neu", "Alt", "Anna Meyer"}


def test_opened_leads_need_half_the_room_and_the_rest_is_given_back() -> None:
    shelf = LeadShelf()
    values = {"Vorname": "Anna", "Nachname": "Meyer", "Ort": "Kiel", "PLZ": "24103", "Telefon": "0431 555"}
    for start in range(0, 6000, 100):
        shelf.load(sealed([row(start + n, fields=values) for n in range(100)]))
    before = shelf._slots.arena.top
    while not shelf.settle(0.01):
        pass
    assert shelf._slots.arena.top < before * 0.6
    assert shelf.get(5999).text is not None
    assert shelf.get(5999).name == "Anna Meyer"


@given(st.sets(st.integers(0, 9), min_size=1, max_size=9))
def test_a_search_passes_over_stretches_that_are_opened_already(opened: set[int]) -> None:
    shelf, stretch = LeadShelf(), 40
    shelf.load(sealed([row(n, fields={"Vorname": "Anna" if n % 3 else "Ole"}) for n in range(10 * stretch)]))
    for number in opened:
        shelf._slots.open(range(number * stretch, (number + 1) * stretch))
    search = shelf.queries.search("ole")
    assert search.run(5)
    assert sorted(search.hits) == list(range(0, 10 * stretch, 3))
