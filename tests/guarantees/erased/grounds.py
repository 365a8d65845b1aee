"""On what a trade stands whose leads are erased: memory and files, or two PostgreSQL servers.

A ground tells what is readable in places that only it has: files of a database, logs of writes, backups.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Protocol

from leaddesk.server.keys.custody.master import random_master
from leaddesk.server.keys.envelope import Envelope
from leaddesk.server.keys.opening import keys_in_files

Places = dict[str, set[str]]
"""The marks that can be read, by place."""


class Ground(Protocol):
    """Where leads and keys lie, and what can be read there beside what every ground has."""

    house: Envelope
    storage: Any
    accesses: Any

    def put_aside(self, database: bytes, keys: list[bytes]) -> None:
        """Back up everything as an operator does; remember what is sealed under what."""

    def before(self, keys: Collection[bytes]) -> Places:
        """Read every place of its own; each has to show every mark."""

    def after(self, today: Collection[bytes]) -> Places:
        """Read the same, and backups, with the keys that are left."""

    def next_day(self, today: Collection[bytes], stores: Iterable[bytes]) -> Places:
        """Read the same, and what is recovered to before, with everything that is left of keys."""

    def never_in_plain(self) -> dict[str, bytes]:
        """Give what holds no word of a lead, ever."""

    def close(self) -> None:
        """Let go of it."""


class InMemory:
    """A database in memory, keys in files."""

    def __init__(self, folder: Path) -> None:
        folders = [folder / name for name in ("mirror-1", "mirror-2", "epoch-1", "epoch-2")]
        for one in folders:
            one.mkdir()
        cells = (folders[2], folders[3])
        self.house = keys_in_files(random_master(), folders[0], folders[1], cells)
        self.storage = self.accesses = None

    def put_aside(self, _database: bytes, _keys: list[bytes]) -> None:
        """Nothing of its own."""

    def before(self, _keys: Collection[bytes]) -> Places:
        """Nothing of its own."""
        return {}

    def after(self, _today: Collection[bytes]) -> Places:
        """Nothing of its own."""
        return {}

    def next_day(self, _today: Collection[bytes], _stores: Iterable[bytes]) -> Places:
        """Nothing of its own."""
        return {}

    def never_in_plain(self) -> dict[str, bytes]:
        """Nothing of its own."""
        return {}

    def close(self) -> None:
        """Let go of the key store's files."""
        self.house.store.close()
