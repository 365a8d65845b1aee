"""Opening the keys: in memory for one run (demo, tests), or in files, each mirror in its own folder."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from leaddesk.server.keys.custody.epochs import Epochs, FileCell, MemoryCell, utc_now
from leaddesk.server.keys.custody.master import MasterKey, random_master
from leaddesk.server.keys.custody.mirror import Mirror
from leaddesk.server.keys.custody.store import KeyStore
from leaddesk.server.keys.envelope import MOST_CACHED, Envelope

KEYS_FILE, EPOCH_FILE = "keys.sqlite", "epoch"


def keys_in_memory(most_cached: int = MOST_CACHED, clock: Callable[[], datetime] = utc_now) -> Envelope:
    """Make keys that end with the process; mirrors and epochs as in files, the master key random."""
    store = KeyStore(Mirror(":memory:"), Mirror(":memory:"))
    return Envelope(store, Epochs(random_master(), (MemoryCell(), MemoryCell()), clock), most_cached)


def keys_in_files(master: MasterKey, first: Path, second: Path, epochs: tuple[Path, Path]) -> Envelope:
    """Open keys in files: a mirror in each of two folders, the epoch key in each of two others.

    The folders with the epoch key must be in no backup; best each pair lies on two disks. Compares and heals
    the mirrors, and completes a turn of the epoch that was interrupted. Raises ``Unreadable`` (wrong master
    key, or both cells damaged).
    """
    store = KeyStore(Mirror(str(first / KEYS_FILE)), Mirror(str(second / KEYS_FILE)))
    keys = Envelope(store, Epochs(master, [FileCell(folder / EPOCH_FILE) for folder in epochs]))
    keys.heal()
    if keys.is_turning():
        for _ in keys.turn_epoch():
            continue
    return keys
