"""The key store's two mirrors, the epoch cells and the master key: healed, overwritten, checked."""

import base64
import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from leaddesk.contract.ids import TenantId
from leaddesk.server.database.failures import StorageUnavailable
from leaddesk.server.keys.custody.epochs import Epochs, FileCell, MemoryCell
from leaddesk.server.keys.custody.healing import Healed
from leaddesk.server.keys.custody.master import (
    VARIABLE,
    MasterKeyUnusable,
    master_from_environment,
    master_from_file,
    random_master,
)
from leaddesk.server.keys.custody.mirror import Key, Mirror, Writes
from leaddesk.server.keys.custody.sqlite import FolderTaken, SqliteMirror
from leaddesk.server.keys.custody.store import KeyStore
from leaddesk.server.keys.envelope import Envelope
from leaddesk.server.keys.opening import KEYS_FILE, keys_in_files, keys_in_memory
from leaddesk.server.keys.port import KeyGone, lead_key
from leaddesk.server.keys.sealing import Unreadable
from tests.support.postgres import DumpedMirror

A = TenantId("a")
PLACE = "lead:1"


def sealed(house: Envelope, name: str, tenant: TenantId = A) -> bytes:
    with house.transaction() as keys:
        return keys.seal(tenant, lead_key(name), name.encode(), PLACE)


def opened(house: Envelope, name: str, content: bytes) -> str | None:
    house.forget_unwrapped()
    with house.transaction() as keys:
        try:
            return keys.open(A, lead_key(name), content, PLACE).decode()
        except KeyGone:
            return None


def same(house: Envelope) -> bool:
    first, second = house.store.mirrors
    with first.reading() as one, second.reading() as other:
        return everything(first) == everything(second) and one.tenant_keys() == other.tenant_keys()


def everything(mirror: Mirror) -> list[Key]:
    with mirror.reading() as found:
        return list(found.everything())


def restore(mirror: Any, backup: bytes) -> None:
    if isinstance(mirror, SqliteMirror):
        mirror._connection.deserialize(backup)
    else:
        mirror.restore(backup)


@pytest.fixture(params=["memory", "postgresql"])
def house(request: pytest.FixtureRequest) -> Iterator[Envelope]:
    """Keys in two mirrors, in memory or in two databases."""
    if request.param == "memory":
        yield keys_in_memory()
        return
    own = request.getfixturevalue("cluster")
    store = KeyStore(DumpedMirror(own), DumpedMirror(own))
    yield Envelope(store, Epochs(random_master(), (MemoryCell(), MemoryCell())))
    store.close()


class Crash(Exception):
    """The power goes."""


@pytest.mark.parametrize("act", ["new", "destroy", "turn"])
def test_a_crash_between_the_two_commits_is_healed(
    house: Envelope, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = {name: sealed(house, name) for name in ("1", "2")}
    commits, end = itertools.count(), Writes.end
    last = 3 if act == "turn" else 1  # a turn says first that it comes

    def failing(self: Writes, how: str) -> None:
        if how == "COMMIT" and next(commits) == last:
            end(self, "ROLLBACK")
            raise Crash
        end(self, how)

    monkeypatch.setattr(Writes, "end", failing)
    with pytest.raises(Crash):
        if act == "new":
            contents["3"] = sealed(house, "3")
        elif act == "destroy":
            house.destroy(A, [lead_key("1")])
        else:
            list(house.turn_epoch())
    monkeypatch.undo()
    assert not same(house)
    again = Envelope(house.store, house.epochs)
    again.heal()
    assert same(again)
    if again.epochs.is_turning:
        list(again.turn_epoch())
    expected = {"1": None if act == "destroy" else "1", "2": "2"}
    assert {name: opened(again, name, content) for name, content in contents.items()} == expected
    assert again.heal() == Healed(0, 0)


@pytest.mark.parametrize("act", ["new", "tenant", "destroy"])
def test_what_a_failed_commit_left_in_one_mirror_is_mended_while_the_server_runs(
    house: Envelope, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that goes away between the two commits, and comes back, without a start of the server."""
    contents, commits, end = {"1": sealed(house, "1")}, itertools.count(), Writes.end

    def failing(self: Writes, how: str) -> None:
        if how == "COMMIT" and next(commits) == 1:
            end(self, "ROLLBACK")
            raise StorageUnavailable
        end(self, how)

    monkeypatch.setattr(Writes, "end", failing)
    with pytest.raises(StorageUnavailable):
        if act == "destroy":
            house.destroy(A, [lead_key("1")])
        else:
            sealed(house, "2", A if act == "new" else TenantId("b"))
    assert not same(house)
    monkeypatch.undo()
    contents["3"] = sealed(house, "3")
    assert same(house) and not house.store.torn
    expected = {"1": None if act == "destroy" else "1", "3": "3"}
    assert {name: opened(house, name, content) for name, content in contents.items()} == expected


def test_a_turn_that_another_process_goes_on_with_leaves_no_mirror_behind(
    house: Envelope, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, commits, end = sealed(house, "1"), itertools.count(), Writes.end

    def failing(self: Writes, how: str) -> None:
        if how == "COMMIT" and next(commits) == 5:  # announced in both, a tenant's key in both, then this
            end(self, "ROLLBACK")
            raise StorageUnavailable
        end(self, how)

    monkeypatch.setattr(Writes, "end", failing)
    with pytest.raises(StorageUnavailable):
        list(house.turn_epoch())
    monkeypatch.undo()
    assert not same(house)
    list(Envelope(house.store, house.epochs).turn_epoch())
    assert same(house)
    for mirror in house.store.mirrors:
        alone = Envelope(KeyStore(mirror, SqliteMirror(":memory:")), house.epochs)
        assert opened(alone, "1", content) == "1"


def test_a_mirror_whose_rollback_fails_does_not_hold_up_the_other(house: Envelope) -> None:
    """More often than one has connections: each time the first one goes away in the middle."""
    first: Any = house.store.mirrors[0]
    begin = first.begin
    for number in range(12):
        first.begin = lambda: _going_away(begin())
        with pytest.raises(StorageUnavailable):
            sealed(house, f"lost-{number}")
        first.begin = begin
    assert opened(house, "1", sealed(house, "1")) == "1"


def _going_away(writes: Writes) -> Writes:
    end = writes._end

    def gone(*_: Any) -> None:
        raise StorageUnavailable

    def ended(how: str) -> None:
        end(how)
        raise StorageUnavailable

    writes.add, writes._end = gone, ended  # type: ignore[method-assign]
    return writes


def test_a_destroyed_key_stays_destroyed_when_one_mirror_comes_from_a_backup(house: Envelope) -> None:
    content, kept = sealed(house, "1"), sealed(house, "2")
    mirrors: Any = house.store.mirrors
    backup = mirrors[0].dump()
    house.destroy(A, [lead_key("1")])
    for mirror in mirrors:
        restore(mirror, backup)
        assert house.heal() == Healed(copied=0, destroyed=1)
        assert opened(house, "1", content) is None and opened(house, "2", kept) == "2"


def test_a_lost_mirror_is_filled_from_the_other(house: Envelope) -> None:
    content = sealed(house, "1")
    for mirror in house.store.mirrors:
        restore(mirror, SqliteMirror(":memory:").dump())
        assert house.heal() == Healed(copied=1, destroyed=0)
        assert opened(house, "1", content) == "1"


def test_a_damaged_wrapping_is_replaced_by_the_one_that_opens(house: Envelope) -> None:
    content = sealed(house, "1")
    for mirror in house.store.mirrors:
        writes = mirror.begin()
        writes.put([(A, lead_key("1"), 1, b"\x01" + bytes(60), None)])
        writes.end("COMMIT")
        house.heal()
        assert same(house) and opened(house, "1", content) == "1"


def test_a_destroyed_tenant_does_not_come_back_from_a_mirror(house: Envelope) -> None:
    content = sealed(house, "1")
    mirrors: Any = house.store.mirrors
    backup = mirrors[0].dump()
    house.destroy_tenant(A)
    restore(mirrors[0], backup)
    again = Envelope(house.store, house.epochs)
    again.heal()
    assert opened(again, "1", content) is None
    assert all(mirror.reading().__enter__().tenant_keys() == [] for mirror in mirrors)


@pytest.mark.parametrize("together", [1, 2, 100])
@pytest.mark.parametrize("which", ["0", "3", "6"])
def test_more_keys_than_a_page_are_compared(
    house: Envelope, together: int, which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the difference lies among those that are the same: at an edge, in a batch, at the end."""
    monkeypatch.setattr("leaddesk.server.keys.custody.mirror.PAGE", 2)
    monkeypatch.setattr("leaddesk.server.keys.custody.healing.TOGETHER", together)
    contents = {str(number): sealed(house, str(number)) for number in range(7)}
    writes = house.store.mirrors[1].begin()
    writes.put([(A, lead_key(which), 1, None, 1)])
    writes.end("COMMIT")
    assert house.heal() == Healed(0, 1)
    assert [opened(house, name, content) for name, content in contents.items()].index(None) == int(which)


@pytest.mark.parametrize("together", [1, 2, 100])
def test_a_key_that_is_missing_among_many_is_copied(
    house: Envelope, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leaddesk.server.keys.custody.healing.TOGETHER", together)
    contents = {str(number): sealed(house, str(number)) for number in range(5)}
    for name in ("0", "2", "4"):
        writes: Any = house.store.mirrors[0].begin()
        writes._rows.run("DELETE FROM data_key WHERE id = ?", (lead_key(name),))
        writes.end("COMMIT")
        assert house.heal() == Healed(1, 0) and same(house)
    assert all(opened(house, name, content) == name for name, content in contents.items())


def test_another_process_wraps_under_the_newest_epoch_and_reads_what_was_turned(house: Envelope) -> None:
    """Two processes share stores and cells; one turns the epoch, the other has not heard of it."""
    before = sealed(house, "1")
    other = Envelope(house.store, Epochs(house.epochs._master, house.epochs._cells))
    assert opened(other, "1", before) == "1"
    list(house.turn_epoch())
    after = sealed(other, "2")
    assert opened(other, "1", before) == "1" and opened(house, "2", after) == "2"
    assert {key[2] for mirror in house.store.mirrors for key in everything(mirror)} == {2}
    assert other.epochs.cipher(1) is None


def test_what_is_destroyed_while_it_is_looked_for_is_not_kept(
    house: Envelope, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One thread has found the key and not yet put it at hand; another one hears of its end meanwhile."""
    content, found = sealed(house, "1"), house.store.find
    house.forget_unwrapped()

    def slow(tenant: str, ids: Sequence[str]) -> Any:
        keys = found(tenant, ids)
        monkeypatch.undo()
        house.destroy(A, [lead_key("1")])
        return keys

    monkeypatch.setattr(house.store, "find", slow)
    with house.transaction() as keys:
        assert keys.open(A, lead_key("1"), content, PLACE) == b"1"
    with house.transaction() as keys, pytest.raises(KeyGone):
        keys.open(A, lead_key("1"), content, PLACE)


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    found = [tmp_path / name for name in ("first", "second", "epoch-1", "epoch-2")]
    for folder in found:
        folder.mkdir()
    return found


def in_files(folders: list[Path], key: bytes = bytes(32)) -> Envelope:
    master = master_from_environment({VARIABLE: base64.b64encode(key).decode()})
    return keys_in_files(master, folders[0], folders[1], (folders[2], folders[3]))


def test_files_are_open_in_one_process_only(folders: list[Path]) -> None:
    house = in_files(folders)
    with pytest.raises(FolderTaken):
        in_files(folders)
    with pytest.raises(FolderTaken):
        in_files([folders[1], folders[0], *folders[2:]])
    house.store.close()
    with pytest.raises(Unreadable):
        in_files(folders, b"another master key, of 32 bytes.")
    in_files(folders).store.close()


def test_files_keep_the_keys_and_a_destroyed_one_leaves_no_residue(folders: list[Path]) -> None:
    house = in_files(folders)
    content, kept = sealed(house, "1"), sealed(house, "2")
    wrapped = next(row[3] for row in everything(house.store.mirrors[0]) if row[1] == lead_key("1"))
    assert wrapped is not None
    assert all(wrapped in (folder / KEYS_FILE).read_bytes() for folder in folders[:2])
    house.destroy(A, [lead_key("1")])
    house.store.close()
    found = [path for folder in folders for path in folder.iterdir()]
    assert sorted(path.name for path in found) == ["epoch", "epoch", KEYS_FILE, KEYS_FILE]
    assert not any(wrapped in path.read_bytes() for path in found)
    again = in_files(folders)
    assert opened(again, "1", content) is None and opened(again, "2", kept) == "2"
    again.store.close()


def test_the_files_of_a_night_hold_nothing_of_the_day_before(folders: list[Path]) -> None:
    house = in_files(folders)
    content = sealed(house, "1")
    wrapped = everything(house.store.mirrors[0])[0][3] or b""
    with house.store.reading() as found:
        tenant_key = found.tenant_keys()[0][2]
    epoch = (folders[2] / "epoch").read_bytes()
    list(house.turn_epoch())
    house.store.close()
    files = b"".join(path.read_bytes() for folder in folders for path in folder.iterdir())
    assert wrapped not in files and tenant_key not in files and epoch not in files
    again = in_files(folders)
    assert opened(again, "1", content) == "1"
    again.store.close()


def test_a_turn_that_a_crash_interrupted_is_completed_at_start(folders: list[Path]) -> None:
    house = in_files(folders)
    content = sealed(house, "1")
    next(house.turn_epoch(batch=1))
    house.store.close()
    again = in_files(folders)
    assert not again.epochs.is_turning and opened(again, "1", content) == "1"
    again.store.close()


def test_another_master_key_opens_nothing(folders: list[Path]) -> None:
    in_files(folders).store.close()
    with pytest.raises(Unreadable):
        in_files(folders, key=bytes(31) + b"x")


def test_a_torn_or_lost_epoch_cell_is_healed(tmp_path: Path) -> None:
    master, paths = random_master(), [tmp_path / "one", tmp_path / "two"]
    cells = [FileCell(path) for path in paths]
    for cell in cells:
        cell.begin()
    Epochs(master, cells).begin()
    for damage in (b"", b"\x01torn", bytes(200)):
        for path in paths:
            path.write_bytes(damage)
            again = Epochs(master, cells)
            assert again.newest == 2 and again.is_turning
    for path in paths:
        assert path.stat().st_mode & 0o077 == 0
        path.write_bytes(b"\x01torn")
    with pytest.raises(Unreadable):
        Epochs(master, cells)


def test_a_first_start_draws_an_epoch_and_keeps_it() -> None:
    master, cells = random_master(), [MemoryCell(), MemoryCell()]
    first = Epochs(master, cells)
    assert (first.newest, first.is_turning) == (1, False)
    first.begin()
    first.destroy_older()
    again = Epochs(master, cells)
    assert (again.newest, again.cipher(1)) == (2, None) and again.cipher(2) is not None


def test_the_master_key_comes_from_a_file_only_its_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "master"
    path.write_text(base64.b64encode(bytes(range(32))).decode() + "\n")
    path.chmod(0o600)
    wrapped = master_from_file(path).wrap(b"x")
    environment = {VARIABLE: base64.b64encode(bytes(range(32))).decode()}
    assert master_from_environment(environment).unwrap(wrapped) == b"x"
    path.chmod(0o640)
    with pytest.raises(MasterKeyUnusable, match="mode 600"):
        master_from_file(path)


@pytest.mark.parametrize("text", ["", "no base64!", base64.b64encode(bytes(16)).decode(), "ä"])
def test_what_is_no_master_key_is_named_and_not_shown(text: str, tmp_path: Path) -> None:
    with pytest.raises(MasterKeyUnusable) as refused:
        master_from_environment({VARIABLE: text})
    assert not text or text not in str(refused.value)
    with pytest.raises(MasterKeyUnusable):
        master_from_environment({})
    with pytest.raises(MasterKeyUnusable):
        master_from_file(tmp_path / "missing")


def test_a_mirror_has_no_wal_and_overwrites_what_it_drops(tmp_path: Path) -> None:
    mirror = SqliteMirror(str(tmp_path / KEYS_FILE))
    found = [
        mirror._connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "secure_delete", "synchronous")
    ]
    assert found == ["delete", 1, 2]
    mirror.close()
    with pytest.raises(sqlite3.ProgrammingError):
        everything(mirror)
