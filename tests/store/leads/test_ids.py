from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from leaddesk.store.leads.ids import LeadIds, key_of

some_id = st.uuids().map(str) | st.sampled_from(
    ["", "lead-7", str(UUID(int=5)).upper(), str(UUID(int=0)), "7" * 36]
)


def test_a_uuid_is_two_numbers_and_any_other_id_itself() -> None:
    assert key_of("00000000-0000-0001-0000-000000000002") == (1, 2)
    assert key_of("00000000-0000-0001-0000-00000000000G") == "00000000-0000-0001-0000-00000000000G"


@given(st.lists(some_id, unique=True, max_size=200), st.data())
def test_every_id_is_found_by_slot_and_every_slot_by_id(lead_ids: list[str], data: st.DataObject) -> None:
    known = LeadIds()
    for slot, lead_id in enumerate(lead_ids):
        assert known.slot_of(key_of(lead_id)) is None
        known.add(key_of(lead_id), slot)
    gone = data.draw(st.sets(st.sampled_from(range(len(lead_ids))))) if lead_ids else set()
    for slot in gone:
        known.discard(slot)
    for slot, lead_id in enumerate(lead_ids):
        assert known.slot_of(key_of(lead_id)) == (None if slot in gone else slot)
        if slot not in gone:
            assert known.id_at(slot) == lead_id
    assert known.count == len(lead_ids) - len(gone)


def test_coming_and_going_does_not_fill_the_table() -> None:
    known = LeadIds()
    for round_ in range(5000):
        key = (round_, round_ * 7919)
        known.add(key, 0)
        assert known.slot_of(key) == 0
        known.discard(0)
    assert sum(len(part.cells) for part in known._parts) < 256 * 128


def test_cleared_ids_are_gone() -> None:
    known = LeadIds()
    known.add(key_of(str(UUID(int=1))), 0)
    known.add("odd", 1)
    known.clear()
    assert known.slot_of(key_of(str(UUID(int=1)))) is None
    assert known.slot_of("odd") is None
    assert known.count == 0
