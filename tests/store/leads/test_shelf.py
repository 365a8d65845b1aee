import pytest

from leaddesk.store.leads.changes import Changed
from leaddesk.store.leads.queries import NEWEST, Sort, SortBy, Where
from leaddesk.store.leads.shelf import LeadShelf
from leaddesk.store.roles import Role
from tests.store.leads.lead_rows import JENS, MAREN, lead_id, row, sealed, time


def shelf_with(*rows: object) -> tuple[LeadShelf, list[Changed]]:
    shelf = LeadShelf()
    shelf.load(sealed(rows))  # type: ignore[arg-type]
    heard: list[Changed] = []
    shelf.changes.subscribe(heard.append)
    return shelf, heard


def names(shelf: LeadShelf, query: str = "", sort: Sort = NEWEST, where: Where = Where()) -> list[str]:  # noqa: B008
    search = shelf.queries.search(query, sort, where)
    assert search.run(5)
    return [shelf.get(slot).name for slot in search.hits]


def named(number: int, name: str, **facts: object) -> object:
    return row(number, fields={"Vorname": name, **facts.pop("fields", {})}, **facts)  # type: ignore[arg-type, dict-item]


def test_a_slice_is_one_message() -> None:
    shelf, heard = shelf_with()
    assert shelf.load(sealed([row(1), row(2), row(1)])) == 2
    assert heard == [Changed(added=(lead_id(1), lead_id(2)))]
    assert len(shelf) == 2


def test_the_newer_of_two_rows_in_a_slice_counts() -> None:
    shelf, _ = shelf_with(named(1, "new", serial=2), named(1, "old", serial=1))
    assert names(shelf) == ["new"]


@pytest.mark.parametrize(("serial", "minute"), [(1, 9), (2, 4)])
def test_an_older_row_never_overwrites(serial: int, minute: int) -> None:
    shelf, heard = shelf_with(named(1, "Anna", serial=2, minute=5))
    assert not shelf.upsert(named(1, "Ole", serial=serial, minute=minute))  # type: ignore[arg-type]
    shelf.load(sealed([named(1, "Ole", serial=serial, minute=minute)]))  # type: ignore[list-item]
    assert names(shelf) == ["Anna"]
    assert heard == []


def test_the_same_row_again_is_no_change() -> None:
    shelf, heard = shelf_with(row(1, step="Neu"))
    assert not shelf.upsert(row(1, step="Neu"))
    assert heard == []


def test_of_two_changes_in_one_millisecond_the_pushed_one_counts() -> None:
    shelf, heard = shelf_with(row(1, step="Neu"))
    shelf.load(sealed([row(1, step="Angebot")]))
    assert shelf.get(0).step == "Neu"
    assert shelf.upsert(row(1, step="Kontakt"))
    assert shelf.get(0).step == "Kontakt"
    assert heard == [Changed(updated=(lead_id(1),))]


def test_a_row_without_its_blocks_keeps_the_values() -> None:
    shelf, _ = shelf_with(named(1, "Anna"))
    bare = row(1, serial=2, step="Kontakt")
    bare = type(bare)(bare.modified_at, _without_blocks(bare.lead), bare.commission)
    assert shelf.upsert(bare)
    assert (shelf.get(0).name, shelf.get(0).step, shelf.get(0).serial) == ("Anna", "Kontakt", 2)


def _without_blocks(part: object) -> object:
    names_ = ("lead_id", "serial", "owner", "created_at", "modified_at")
    return type(part)(*[getattr(part, name) for name in names_])


def test_what_was_removed_during_a_load_does_not_come_back_with_an_older_page() -> None:
    shelf, _ = shelf_with(row(1))
    shelf.begin_load()
    assert shelf.remove(lead_id(1))
    assert not shelf.remove(lead_id(2))
    shelf.load(sealed([row(1), row(2), row(3)]))
    shelf.end_load()
    assert [shelf.slot_of(lead_id(n)) is not None for n in (1, 2, 3)] == [False, False, True]
    shelf.load(sealed([row(1)]))
    assert shelf.slot_of(lead_id(1)) is not None


def test_what_is_pushed_after_a_removal_counts_even_during_a_load() -> None:
    shelf, _ = shelf_with(row(1))
    shelf.begin_load()
    shelf.remove(lead_id(1))
    assert shelf.upsert(row(1, serial=2))
    shelf.load(sealed([row(1)]))
    shelf.end_load()
    assert shelf.get(0).serial == 2


def test_a_complete_load_removes_what_it_did_not_mention() -> None:
    shelf, heard = shelf_with(row(1), row(2), row(3))
    shelf.begin_load(expected=4)
    shelf.load(sealed([row(2)]))
    shelf.upsert(row(4))
    assert shelf.end_load() == 2
    assert {lead_id(2), lead_id(4)} == {shelf.get(slot).lead_id for slot in (1, 3)}
    assert heard[-1] == Changed(removed=(lead_id(1), lead_id(3)), removed_slots=(0, 2))


def test_an_incomplete_load_removes_nothing() -> None:
    shelf, _ = shelf_with(row(1), row(2))
    shelf.begin_load()
    assert shelf.end_load(complete=False) == 0
    assert shelf.end_load() == 0
    assert len(shelf) == 2


def test_slots_are_reused_only_after_the_removal_was_told() -> None:
    shelf, _ = shelf_with(row(1))
    taken: list[int | None] = []

    def reload(change: Changed) -> None:
        if change.removed:
            shelf.upsert(row(2))
            taken.append(shelf.slot_of(lead_id(2)))

    shelf.changes.subscribe(reload)
    shelf.remove(lead_id(1))
    assert taken == [1]
    shelf.upsert(row(3))
    assert shelf.slot_of(lead_id(3)) == 0


def test_a_view_of_a_lead_that_left_its_slot_refuses_to_read() -> None:
    shelf, _ = shelf_with(named(1, "Anna"))
    view = shelf.get(0)
    shelf.remove(lead_id(1))
    with pytest.raises(LookupError):
        _ = view.name
    with pytest.raises(LookupError):
        shelf.get(0)
    shelf.upsert(named(2, "Ole"))  # type: ignore[arg-type]
    with pytest.raises(LookupError):
        _ = view.name
    shelf.wipe()
    shelf.upsert(named(3, "Ida"))  # type: ignore[arg-type]
    with pytest.raises(LookupError):
        _ = view.name


def test_search_reads_every_value_and_forgives_case_and_accents() -> None:
    shelf, _ = shelf_with(
        row(
            1, fields={"Vorname": "Jörg", "Interesse": "Wärmepumpe", "Angebote": ["Luft/Wasser", "Erdwärme"]}
        ),
        row(2, fields={"Vorname": "Şebnem", "Ort": "Groß Grönau", "Förderung": True}),
    )
    assert names(shelf, "WARMEP jorg") == names(shelf, "erdwa") == ["Jörg"]
    assert names(shelf, "gross sebnem") == ["Şebnem"]
    assert names(shelf, "true") == []


def test_leads_sort_by_every_column_and_missing_values_come_last() -> None:
    shelf, _ = shelf_with(
        named(1, "berta", created=1, step="Angebot", fields={"Budget": "900", "Interesse": "Öfen"}),
        named(2, "Ärmel", created=3, step="Neu", fields={"Budget": "12.000", "Interesse": "Dach"}),
        named(3, "Cäsar", created=2, fields={"Interesse": ""}),
        row(4, created=0, fields={"Budget": "auf Anfrage"}),
    )
    shelf.queries.order_steps({"Neu": 0, "Angebot": 3})
    assert names(shelf) == ["Ärmel", "Cäsar", "berta", ""]
    assert names(shelf, sort=Sort(SortBy.NAME, False)) == ["Ärmel", "berta", "Cäsar", ""]
    assert names(shelf, sort=Sort(SortBy.NAME, True)) == ["Cäsar", "berta", "Ärmel", ""]
    assert names(shelf, sort=Sort(SortBy.VALUE, True))[:2] == ["Ärmel", "berta"]
    assert names(shelf, sort=Sort(SortBy.TOPIC, False))[:2] == ["Ärmel", "berta"]
    assert names(shelf, sort=Sort(SortBy.STEP, False)) == ["Cäsar", "", "Ärmel", "berta"]
    shelf.queries.order_steps({"Angebot": 0, "Neu": 1})
    assert names(shelf, sort=Sort(SortBy.STEP, False))[2:] == ["berta", "Ärmel"]


def test_a_changed_lead_moves_in_every_order() -> None:
    shelf, _ = shelf_with(*[named(n, name, created=n) for n, name in enumerate(["Anna", "Björn", "Claudia"])])
    by_name = Sort(SortBy.NAME, False)
    assert names(shelf, sort=by_name) == ["Anna", "Björn", "Claudia"]
    shelf.upsert(named(0, "Zoe", serial=2, created=0))  # type: ignore[arg-type]
    assert names(shelf, sort=by_name) == ["Björn", "Claudia", "Zoe"]
    assert names(shelf, "anna") == []
    assert names(shelf, "zoe") == ["Zoe"]
    assert shelf.queries.matches(0, "zo") and not shelf.queries.matches(0, "ann")
    assert shelf.queries.rank(0, by_name) > shelf.queries.rank(2, by_name)


def test_leads_are_filtered_by_step_and_responsible() -> None:
    shelf, _ = shelf_with(named(1, "A", step="Neu", by=JENS), named(2, "B", step="Neu"), named(3, "C"))
    assert names(shelf, where=Where(steps=frozenset({"Neu"}))) == ["B", "A"]
    assert names(shelf, where=Where(responsibles=frozenset({MAREN}))) == ["B"]
    assert names(shelf, where=Where(responsibles=frozenset({None}))) == ["C"]
    assert names(shelf, "a", where=Where(frozenset({"Neu"}), frozenset({JENS}))) == ["A"]
    assert shelf.queries.matches(0, "", Where(responsibles=frozenset({JENS})))


def test_idle_work_is_done_in_short_steps_and_ends() -> None:
    shelf, _ = shelf_with(*[row(n, fields={"Vorname": f"N{n}"}) for n in range(600)])
    shelf.queries.ready(Sort(SortBy.NAME, False))
    rounds = 1
    while not shelf.settle(0.0):
        rounds += 1
    assert rounds > 20
    assert shelf.settle(0.0)


def test_a_wiped_shelf_is_empty_tells_it_and_takes_new_leads() -> None:
    shelf, heard = shelf_with(named(1, "Anna"), named(2, "Ole"))
    shelf.settle(1)
    shelf.queries.ready(Sort(SortBy.NAME, False))
    shelf.begin_load()
    shelf.wipe()
    assert heard == [Changed(reset=True)]
    assert len(shelf) == 0
    assert shelf.slot_of(lead_id(1)) is None
    assert names(shelf, "anna") == []
    shelf.upsert(named(1, "Anna"))  # type: ignore[arg-type]
    assert names(shelf, "anna", Sort(SortBy.NAME, False)) == ["Anna"]


def test_a_time_that_is_none_shows_the_lead_all_the_same() -> None:
    odd = row(1)
    odd = type(odd)("yesterday", odd.lead, odd.commission)
    shelf, _ = shelf_with(odd)
    assert shelf.get(0).modified_at.year == 1970
    assert shelf.get(0).text(Role.FIRST_NAME) == "Anna"
    assert time(0).startswith(f"{shelf.get(0).created_at:%Y-%m-%d}")
