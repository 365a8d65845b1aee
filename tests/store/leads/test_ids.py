from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from leaddesk.contract.ids import LeadId
from leaddesk.store.leads.ids import LeadIds

some_id = st.uuids().map(str) | st.sampled_from(
    ["", "lead-7", str(UUID(int=5)).upper(), str(UUID(int=0)), "7" * 36]
)


@given(st.lists(some_id, unique=True, max_size=200), st.data())
def test_every_id_is_found_by_slot_and_every_slot_by_id(lead_ids: list[str], data: st.DataObject) -> None:
    known, half = LeadIds(), len(lead_ids) // 2
    assert known.all_new(lead_ids)
    known.add([LeadId(each) for each in lead_ids[:half]], range(half))
    known.add([LeadId(each) for each in lead_ids[half:]], range(half, len(lead_ids)))
    gone = data.draw(st.sets(st.sampled_from(range(len(lead_ids))))) if lead_ids else set()
    for slot in gone:
        known.discard(slot)
    for slot, lead_id in enumerate(lead_ids):
        assert known.slot_of(lead_id) == (None if slot in gone else slot)
        assert known.all_new([lead_id]) == (slot in gone)
        if slot not in gone:
            assert known.id_at(slot) == lead_id
    assert known.count == len(lead_ids) - len(gone)


def test_an_id_named_twice_is_not_new() -> None:
    assert not LeadIds().all_new(["a", "a"])


def test_coming_and_going_does_not_fill_the_table() -> None:
    known = LeadIds()
    for round_ in range(5000):
        lead_id = LeadId(str(UUID(int=round_ << 64 | round_ * 7919)))
        known.add([lead_id], [0])
        assert known.slot_of(lead_id) == 0
        known.discard(0)
    assert sum(len(part.cells) for part in known._parts) < 256 * 128


def test_cleared_ids_are_gone() -> None:
    known = LeadIds()
    known.add([LeadId(str(UUID(int=1))), LeadId("odd")], [0, 1])
    known.add([LeadId("new")], [2])
    known.clear()
    assert [known.slot_of(each) for each in (str(UUID(int=1)), "odd", "new")] == [None] * 3
    assert known.count == 0
