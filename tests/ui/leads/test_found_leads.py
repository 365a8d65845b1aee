"""What is found, followed change by change, is what a fresh search would find."""

from array import array
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from leaddesk.contract.ids import LeadId
from leaddesk.store.leads.changes import Changed
from leaddesk.store.leads.queries import Sort, SortBy, Where
from leaddesk.store.leads.shelf import LeadShelf
from leaddesk.ui.leads.found_leads import Asked, FoundLeads
from leaddesk.ui.leads.table.row_change import RowChange, RowStep
from tests.store.leads.lead_rows import JENS, lead_id, row, sealed

SORTS = [
    Sort(),
    Sort(SortBy.CREATED, False),
    Sort(SortBy.NAME, False),
    Sort(SortBy.NAME, True),
    Sort(SortBy.VALUE, True),
]
ASKED = [Asked(), Asked("a"), Asked("", where=Where(frozenset({"Neu"})))]
leads = st.tuples(st.integers(0, 9), st.sampled_from(["Anna", "anton", "Berta", "Ärmel", ""]), st.booleans())


def build(number: int, name: str, new: bool, serial: int) -> Any:
    fields = {"Vorname": name, "Budget": str(len(name)) if name else ""}
    return row(number, serial=serial, fields=fields, **({"step": "Neu", "by": JENS} if new else {}))


def done_to(slots: "array[int]", change: RowChange) -> None:
    """Do what the table model does."""
    match change.step:
        case RowStep.INSERT:
            slots.insert(change.row, change.slot)
        case RowStep.REMOVE:
            del slots[change.row]
        case RowStep.MOVE:
            slots.insert(change.target, slots.pop(change.row))
        case RowStep.TOUCH:
            assert 0 <= change.row < len(slots)


@given(
    start=st.lists(leads, max_size=10, unique_by=lambda lead: lead[0]),
    changes=st.lists(st.tuples(leads, st.booleans()), max_size=15),
    asked=st.sampled_from(ASKED),
    sort=st.sampled_from(SORTS),
)
def test_following_changes_ends_where_a_new_search_ends(
    start: list[Any], changes: list[Any], asked: Asked, sort: Sort
) -> None:
    shelf = LeadShelf()
    shelf.load(sealed([build(*lead, serial=1) for lead in start]))
    found = FoundLeads(shelf)
    slots = found.ask(Asked(asked.query, sort, asked.where), 5, 1.0)[:]

    def follow(changed: Changed) -> None:
        assert found.follows(changed)
        for change in found.steps(changed, slots):
            done_to(slots, change)

    shelf.changes.subscribe(follow)
    for serial, (lead, gone) in enumerate(changes, 2):
        if gone:
            shelf.remove(lead_id(lead[0]))
        else:
            shelf.upsert(build(*lead, serial=serial))
    fresh = shelf.queries.search(asked.query, sort, asked.where)
    assert fresh.run(5)
    assert list(slots) == list(fresh.hits)


def test_the_first_screen_comes_before_the_whole_answer() -> None:
    shelf = LeadShelf()
    shelf.load(sealed([row(number, fields={"Vorname": f"N{number}"}) for number in range(9000)]))
    found = FoundLeads(shelf)
    assert len(found.ask(Asked("n"), 20, 0.0)) < 9000
    assert not found.done
    while not found.go_on(0.001):
        pass
    assert found.done
    assert len(found.slots()) == 9000


def test_many_changes_at_once_ask_for_a_new_search() -> None:
    shelf = LeadShelf()
    found = FoundLeads(shelf)
    assert not found.follows(Changed(added=(lead_id(1),)))
    found.ask(Asked(), 5, 1.0)
    two = tuple(LeadId(str(number)) for number in range(2))
    assert found.follows(Changed(added=two[:1]))
    assert not found.follows(Changed(added=two))
    assert not found.follows(Changed(reset=True))


def test_a_query_shows_in_no_repr() -> None:
    assert "Meyer" not in repr(Asked("Meyer"))
    assert Asked("Meyer").narrowed and Asked(where=Where(frozenset())).narrowed
    assert not Asked("  ").narrowed
