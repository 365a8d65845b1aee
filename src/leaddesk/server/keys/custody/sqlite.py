"""A copy of the key store in SQLite, apart from the data, which overwrites what it drops.

No WAL, for a log of pages would keep destroyed keys; ``secure_delete`` overwrites freed cells with zeros, the
rollback journal is deleted after each commit. For one process, which keeps others from the folder while it
has it open: several share a key store on PostgreSQL.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from leaddesk.server.database.sqlite import IN_MEMORY, SqliteRows, opened
from leaddesk.server.keys.custody.mirror import Reads, Writes

_TABLES = """
CREATE TABLE IF NOT EXISTS tenant_key (
  tenant_id TEXT NOT NULL, epoch INTEGER NOT NULL, wrapped BLOB NOT NULL, PRIMARY KEY (tenant_id, epoch));
CREATE TABLE IF NOT EXISTS data_key (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, epoch INTEGER NOT NULL, wrapped BLOB, generation INTEGER,
  PRIMARY KEY (tenant_id, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS destroyed ON data_key (generation) WHERE generation IS NOT NULL;
CREATE TABLE IF NOT EXISTS custody (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1), generation INTEGER NOT NULL, epoch INTEGER NOT NULL);
INSERT OR IGNORE INTO custody SELECT 1, COALESCE(MAX(generation), 0), 0 FROM data_key;
"""


class FolderTaken(Exception):
    """Another process has the folder open."""


class SqliteMirror:
    """One connection, one transaction at a time."""

    def __init__(self, database: str | Path) -> None:
        """``database`` is a path, or ``:memory:``. Raises :class:`FolderTaken`."""
        self._folder = None if database == IN_MEMORY else _taken(Path(database).parent)
        try:
            self._connection = opened(database, _TABLES, journal_mode="DELETE", synchronous="FULL")
        except BaseException:
            self._leave_folder()
            raise
        self._turn = threading.RLock()
        self._turning = threading.Lock()
        self._rows = SqliteRows(self._connection)
        self._reads = Reads(self._rows)

    @contextmanager
    def reading(self) -> Iterator[Reads]:
        """Ask, while nobody else writes."""
        with self._turn:
            yield self._reads

    def begin(self) -> Writes:
        """Open a transaction; everybody else waits for its end."""
        self._turn.acquire()
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._turn.release()
            raise
        return Writes(self._rows, self._reads, self._end)

    @contextmanager
    def turning(self) -> Iterator[None]:
        """Keep other threads from turning."""
        with self._turning:
            yield

    def copy_to(self, other: Any) -> bool:
        """Make another copy the same as this one."""
        if not isinstance(other, SqliteMirror):
            return False
        with self._turn, other._turn:
            self._connection.backup(other._connection)
        return True

    def dump(self) -> bytes:
        """Return the database as a backup would hold it."""
        return self._connection.serialize()

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()
        self._leave_folder()

    def _leave_folder(self) -> None:
        if self._folder is not None:
            os.close(self._folder)
            self._folder = None

    def _end(self, how: str) -> None:
        try:
            self._connection.execute(how)
        finally:
            if self._connection.in_transaction:  # the commit failed
                self._connection.execute("ROLLBACK")
            self._turn.release()


def _taken(folder: Path) -> int:
    """Keep other processes from a folder until the handle is closed, at the latest with this process.

    The folder is locked and not the file: whoever closes a file lets go of SQLite's own locks on it.
    """
    import fcntl  # not there on Windows, where keys lie in memory only

    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise FolderTaken from None
    except BaseException:
        os.close(handle)
        raise
    return handle
