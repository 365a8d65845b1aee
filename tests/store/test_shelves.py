from dataclasses import dataclass

from leaddesk.store.shelves import Shelf, ShelfChange


@dataclass(frozen=True)
class Thing:
    name: str
    serial: int = 1
    text: str = ""


def shelf_of(*things: Thing) -> tuple[Shelf[str, Thing], list[ShelfChange[str]]]:
    shelf: Shelf[str, Thing] = Shelf(lambda thing: thing.name, lambda thing: thing.serial)
    for thing in things:
        shelf.upsert(thing)
    heard: list[ShelfChange[str]] = []
    shelf.changes.subscribe(heard.append)
    return shelf, heard


def test_things_stand_in_the_order_they_came() -> None:
    shelf, _ = shelf_of(Thing("b"), Thing("a"))
    assert [thing.name for thing in shelf.all()] == ["b", "a"]
    assert len(shelf) == 2


def test_an_older_serial_never_overwrites() -> None:
    shelf, heard = shelf_of(Thing("a", 3, "new"))
    assert not shelf.upsert(Thing("a", 2, "old"))
    assert shelf.get("a") == Thing("a", 3, "new")
    assert heard == []


def test_the_same_thing_again_is_no_change() -> None:
    shelf, heard = shelf_of(Thing("a"))
    assert not shelf.upsert(Thing("a"))
    assert shelf.upsert(Thing("a", 1, "other"))
    assert heard == [ShelfChange(updated=("a",))]


def test_replacing_tells_what_came_changed_and_went() -> None:
    shelf, heard = shelf_of(Thing("a"), Thing("b"))
    shelf.replace([Thing("b", 2), Thing("c")])
    assert {thing.name for thing in shelf.all()} == {"b", "c"}
    assert heard == [ShelfChange(("c",), ("b",)), ShelfChange(removed=("a",))]


def test_what_was_removed_during_a_load_stays_removed() -> None:
    shelf, heard = shelf_of(Thing("a"))
    shelf.begin_load()
    assert shelf.remove("a")
    assert not shelf.remove("b")
    shelf.load([Thing("a"), Thing("b"), Thing("c")])
    shelf.end_load()
    assert [thing.name for thing in shelf.all()] == ["c"]
    assert heard[-1] == ShelfChange(added=("c",))
    assert shelf.upsert(Thing("a"))


def test_what_is_pushed_during_a_load_outlives_its_end() -> None:
    shelf, _ = shelf_of(Thing("a"))
    shelf.begin_load()
    shelf.upsert(Thing("b"))
    shelf.end_load()
    assert [thing.name for thing in shelf.all()] == ["b"]


def test_a_wiped_shelf_is_empty_and_says_so() -> None:
    shelf, heard = shelf_of(Thing("a"))
    shelf.wipe()
    assert shelf.all() == ()
    assert heard == [ShelfChange(reset=True)]
