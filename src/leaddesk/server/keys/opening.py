"""Opening the keys: in memory for one run (demo, tests), in files, or in two databases of PostgreSQL."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from leaddesk.server.keys.custody.epochs import Epochs, FileCell, MemoryCell, check_places, utc_now
from leaddesk.server.keys.custody.master import MasterKey, random_master
from leaddesk.server.keys.custody.mirror import Mirror
from leaddesk.server.keys.custody.sqlite import SqliteMirror
from leaddesk.server.keys.custody.store import KeyStore
from leaddesk.server.keys.envelope import MOST_CACHED, Envelope

P = TypeVar("P")

KEYS_FILE, EPOCH_FILE = "keys.sqlite", "epoch"


def keys_in_memory(most_cached: int = MOST_CACHED, clock: Callable[[], datetime] = utc_now) -> Envelope:
    """Make keys that end with the process; mirrors and epochs as in files, the master key random."""
    store = KeyStore(SqliteMirror(":memory:"), SqliteMirror(":memory:"))
    return Envelope(store, Epochs(random_master(), (MemoryCell(), MemoryCell()), clock), most_cached)


def keys_in_files(master: MasterKey, first: Path, second: Path, epochs: Sequence[Path]) -> Envelope:
    """Open keys in files: a mirror in each of two folders, the epoch key in each of two others or more.

    The folders with the epoch key must be in no backup; best each pair lies on two disks. Raises
    ``Unreadable`` (wrong master key, or all cells damaged), ``EpochsLost``, ``PlaceMissing``, ``FolderTaken``
    (another process has them open).
    """
    return _opened(master, SqliteMirror, (first / KEYS_FILE, second / KEYS_FILE), epochs)


def keys_in_databases(master: MasterKey, first: str, second: str, epochs: Sequence[Path]) -> Envelope:
    """Open keys in two PostgreSQL databases by their connection strings, the epoch key in folders.

    Several processes may have the same ones open. Raises as :func:`keys_in_files`, and ``WrongSchema``,
    ``StorageUnavailable``.
    """
    from leaddesk.server.keys.custody.postgres import PostgresMirror

    return _opened(master, PostgresMirror, (first, second), epochs)


def _opened(
    master: MasterKey, opened: Callable[[P], Mirror], places: tuple[P, P], epochs: Sequence[Path]
) -> Envelope:
    """Compare and heal the mirrors, and complete a turn of the epoch that was interrupted."""
    with ExitStack() as undone:
        mirrors = []
        for place in places:
            mirrors.append(opened(place))
            undone.callback(mirrors[-1].close)
        store = KeyStore(*mirrors)
        with store.turning():  # another process may be in the middle of a turn, or be at its first start too
            cells = [FileCell(folder / EPOCH_FILE) for folder in epochs]
            check_places(cells, is_first=not any(map(_has_keys, mirrors)))
            keys = Envelope(store, Epochs(master, cells))
            keys.heal()
        if keys.epochs.is_turning:
            for _ in keys.turn_epoch():
                continue
        undone.pop_all()
    return keys


def _has_keys(mirror: Mirror) -> bool:
    with mirror.reading() as found:
        return bool(found.tenant_keys())
