"""The key store on PostgreSQL: who may come near it, what it keeps of a destroyed key, several processes."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from leaddesk.contract.ids import TenantId
from leaddesk.server.database.failures import StorageUnavailable, WrongSchema
from leaddesk.server.eventlog.postgres.walls import APPLICATION, AUDITOR
from leaddesk.server.keys.custody.epochs import Epochs, FileCell
from leaddesk.server.keys.custody.master import VARIABLE, master_from_environment
from leaddesk.server.keys.custody.postgres import KEEPER, KEYS, OWNER, PostgresMirror
from leaddesk.server.keys.envelope import Envelope
from leaddesk.server.keys.opening import EPOCH_FILE, keys_in_databases
from leaddesk.server.keys.port import KeyGone, lead_key
from leaddesk.server.keys.sealing import Cipher, Unreadable, bound, unseal
from tests.support.postgres import KEYS_TEMPLATE, Cluster

A = TenantId("a")
PLACE = "lead:1"


@pytest.fixture
def databases(cluster: Cluster) -> tuple[str, str]:
    """Two empty key stores, by name."""
    return made(cluster), made(cluster)


def made(cluster: Cluster) -> str:
    """As ``server init`` makes it: copied, and its walls put up around its own name."""
    name = cluster.copy_of(KEYS_TEMPLATE, OWNER)
    KEYS.migrate(cluster.conninfo(name))
    return name


@pytest.fixture
def processes(cluster: Cluster, databases: tuple[str, str], tmp_path: Path) -> Iterator[list[Envelope]]:
    """Two processes over the same key store and the same epoch cells."""
    found = [process(cluster, databases, tmp_path) for _ in range(2)]
    yield found
    for keys in found:
        keys.store.close()


def process(cluster: Cluster, databases: tuple[str, str], folder: Path) -> Envelope:
    cells = folder / "one", folder / "two"
    for cell in cells:
        cell.mkdir(exist_ok=True)
    master = master_from_environment({VARIABLE: base64.b64encode(bytes(32)).decode()})
    first, second = (cluster.conninfo(name, KEEPER) for name in databases)
    return keys_in_databases(master, first, second, cells)


def sealed(keys: Envelope, name: str) -> bytes:
    with keys.transaction() as opened:
        return opened.seal(A, lead_key(name), name.encode(), PLACE)


def opened(keys: Envelope, name: str, content: bytes) -> str | None:
    with keys.transaction() as all_keys:
        try:
            return all_keys.open(A, lead_key(name), content, PLACE).decode()
        except KeyGone:
            return None


def test_keys_outlive_the_process_that_drew_them(
    cluster: Cluster, databases: tuple[str, str], tmp_path: Path
) -> None:
    first = process(cluster, databases, tmp_path)
    content = sealed(first, "1")
    first.store.close()
    again = process(cluster, databases, tmp_path)
    assert opened(again, "1", content) == "1"
    again.store.close()


def test_what_one_process_destroys_no_other_serves(processes: list[Envelope]) -> None:
    one, other = processes
    content = sealed(one, "1")
    assert opened(other, "1", content) == "1"
    one.destroy(A, [lead_key("1")])
    assert opened(other, "1", content) is None


def test_destructions_at_once_are_numbered_one_after_the_other(processes: list[Envelope]) -> None:
    """Two of one number would hide one of them from a process that has seen the other."""
    contents = {str(number): sealed(processes[0], str(number)) for number in range(24)}
    threads = [
        threading.Thread(target=processes[number % 2].destroy, args=(A, [lead_key(str(number))]))
        for number in range(24)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [mirror.reading().__enter__().generation() for mirror in processes[0].store.mirrors] == [24, 24]
    assert all(
        opened(keys, name, content) is None for keys in processes for name, content in contents.items()
    )


@pytest.mark.parametrize("lost", [0, 1])
def test_whoever_checks_hears_of_either_database_that_is_away(
    cluster: Cluster, databases: tuple[str, str], processes: list[Envelope], lost: int
) -> None:
    for keys in processes:
        checked(keys)
    with psycopg.connect(cluster.conninfo(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {databases[lost]} WITH (FORCE)".encode())
    for keys in processes:
        with pytest.raises(StorageUnavailable):
            checked(keys)


def checked(keys: Envelope) -> None:
    with keys.transaction() as opened:
        opened.check()


def test_keys_are_drawn_beside_a_turn_and_none_is_lost(processes: list[Envelope]) -> None:
    one, other = processes
    contents = {str(number): sealed(one, str(number)) for number in range(40)}
    for number, _ in enumerate(one.turn_epoch(batch=5), start=40):
        contents[str(number)] = sealed(other, str(number))
        assert opened(other, str(number - 1), contents[str(number - 1)]) is not None
    assert len(contents) > 45
    for keys in processes:
        keys.forget_unwrapped()
        assert [opened(keys, name, content) for name, content in contents.items()] == list(contents)
    assert other.heal().copied == 0


def test_of_two_that_want_to_turn_one_waits(processes: list[Envelope]) -> None:
    one, other = processes
    content, over = sealed(one, "1"), threading.Event()
    steps = one.turn_epoch(batch=1)
    next(steps)
    late = threading.Thread(target=lambda: (list(other.turn_epoch()), over.set()))
    late.start()
    assert not over.wait(0.3)
    list(steps)
    late.join()
    assert one.epochs.newest in (2, 3) and other.epochs.newest == 3
    for keys in processes:
        keys.forget_unwrapped()
        assert opened(keys, "1", content) == "1"


@pytest.mark.parametrize("user", [APPLICATION, AUDITOR])
def test_nobody_but_the_keeper_gets_in(cluster: Cluster, databases: tuple[str, str], user: str) -> None:
    for name in databases:
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(cluster.conninfo(name, user))


@pytest.mark.parametrize(
    "statement",
    ["TRUNCATE data_key", "DROP TABLE data_key", "CREATE TABLE mine (x int)", "DELETE FROM custody"],
)
def test_the_keeper_only_keeps(cluster: Cluster, databases: tuple[str, str], statement: str) -> None:
    keeper = psycopg.connect(cluster.conninfo(databases[0], KEEPER))
    with keeper, pytest.raises(psycopg.errors.InsufficientPrivilege):
        keeper.execute(statement.encode())


def test_what_a_destroyed_key_leaves_in_the_files_opens_nothing_after_the_night(
    cluster: Cluster, processes: list[Envelope], databases: tuple[str, str], tmp_path: Path
) -> None:
    """PostgreSQL overwrites nothing: the old row lies there still, wrapped. The night ends what wraps it."""
    one = processes[0]
    sealed(one, "1")
    with one.store.mirrors[0].reading() as found:
        wrapped = next(key[3] for key in found.everything() if key[1] == lead_key("1")) or b""
    one.destroy(A, [lead_key("1")])
    with psycopg.connect(cluster.conninfo(databases[0]), autocommit=True) as admin:
        ((path,),) = admin.execute("SELECT pg_relation_filepath('data_key')").fetchall()
        admin.execute("CHECKPOINT")
    assert wrapped in (cluster.folder / "data" / path).read_bytes()
    with one.store.reading() as found:
        tenant_key = found.tenant_key(A, 1) or b""
    bound_to = bound(A, "1", "tenant")
    above = one.epochs.cipher(1)
    assert above is not None and unseal(above, tenant_key, bound_to)
    list(one.turn_epoch())
    with one.store.reading() as found:
        assert found.tenant_key(A, 1) is None
    living = Epochs(one.epochs._master, [FileCell(tmp_path / name / EPOCH_FILE) for name in ("one", "two")])
    assert living.cipher(1) is None and living.newest == 2
    with pytest.raises(Unreadable):
        unseal(living.cipher(2) or Cipher(bytes(32)), tenant_key, bound_to)


def test_a_database_of_another_schema_is_refused(cluster: Cluster) -> None:
    with pytest.raises(WrongSchema):
        PostgresMirror(cluster.conninfo("migrated", APPLICATION))
    with pytest.raises(WrongSchema):
        replace(KEYS, kind="data").migrate(cluster.conninfo(KEYS_TEMPLATE))
    with pytest.raises(WrongSchema):
        PostgresMirror(cluster.conninfo("postgres", KEEPER))
    with pytest.raises(StorageUnavailable):
        PostgresMirror(cluster.conninfo("no_such_database", KEEPER))
