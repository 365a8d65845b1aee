"""Keys of what is sealed stand in a list before they are written, so that none stays for ever."""

from __future__ import annotations

import json

import pytest

from leaddesk.session.keeper.aside import LIST_USER, Aside

LIST = ("leaddesk", LIST_USER)


class Interrupted(Exception):
    """The process ended here."""


class Entries:
    """A keyring in a dictionary; ``ends`` before so many writings more."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.ends = 99

    def _write(self) -> None:
        if self.ends == 0:
            raise Interrupted
        self.ends -= 1

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._write()
        if self.kept.pop((service, username), None) is None:
            raise KeyError(username)

    @property
    def listed(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.kept.get(LIST, "{}"))
        return found

    @property
    def keys(self) -> set[str]:
        return {name for _, name in self.kept} - {LIST_USER}


class Room:
    """What one process does with the keyring."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self.aside = Aside(entries, "leaddesk", self._forget)

    def put(self, name: str, owner: str = "me") -> None:
        self.aside.announce(name, owner)
        self._entries.set_password(f"leaddesk/{name}", name, "secret")

    def remove(self, name: str) -> None:
        self._forget(name)
        self.aside.strike(name)

    def _forget(self, name: str) -> None:
        if (f"leaddesk/{name}", name) in self._entries.kept:
            self._entries.delete_password(f"leaddesk/{name}", name)


@pytest.fixture
def entries() -> Entries:
    return Entries()


def test_a_key_goes_and_the_list_with_the_last_one(entries: Entries) -> None:
    room = Room(entries)
    room.put("k1")
    room.put("k2")
    room.remove("k1")
    assert entries.listed == {"k2": "me"} and entries.keys == {"k2"}
    room.remove("k2")
    assert entries.kept == {}


@pytest.mark.parametrize("after", range(5))
def test_wherever_a_process_ends_the_next_one_finds_its_keys(entries: Entries, after: int) -> None:
    """Twice two writings: putting aside, taking away."""
    entries.ends, room = after, Room(entries)
    try:
        room.put("k1", "gone")
        room.remove("k1")
    except Interrupted:
        assert entries.keys <= set(entries.listed)
    entries.ends = 99
    Room(entries).aside.sweep(lambda owner: owner == "gone")
    assert entries.kept == {}


def test_keys_of_the_living_stay(entries: Entries) -> None:
    room = Room(entries)
    room.put("k1", "gone")
    room.put("k2", "living")
    Room(entries).aside.sweep(lambda owner: owner == "gone")
    assert entries.keys == {"k2"} and entries.listed == {"k2": "living"}


def test_two_processes_that_write_the_list_at_once_lose_no_key(entries: Entries) -> None:
    one, other = Room(entries), Room(entries)
    one.put("k1")
    entries.kept[LIST] = "{}"  # as the other one read it, before
    other.put("k2")
    one.aside.catch_up()
    other.aside.catch_up()
    assert set(entries.listed) == entries.keys == {"k1", "k2"}


def test_a_key_that_was_taken_away_is_not_listed_again(entries: Entries) -> None:
    room = Room(entries)
    room.put("k1")
    room.remove("k1")
    room.aside.catch_up()
    assert entries.kept == {}


@pytest.mark.parametrize("said", ["nonsense", "[1]", '{"k1": 1}', ""])
def test_a_list_that_somebody_changed_is_an_empty_one(entries: Entries, said: str) -> None:
    entries.kept[LIST] = said
    Room(entries).put("k2")
    assert entries.listed == {"k2": "me"}
