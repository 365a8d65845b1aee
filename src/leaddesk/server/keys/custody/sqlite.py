"""A copy of the key store in SQLite, apart from the data, which overwrites what it drops.

No WAL, for a log of pages would keep destroyed keys; ``secure_delete`` overwrites freed cells with zeros, the
rollback journal is deleted after each commit. For one process: several share a key store on PostgreSQL.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from leaddesk.server.database.failures import Value, VersionConflict
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


class _Rows:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def select(self, sql: str, params: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, params).fetchall()

    def run(self, sql: str, params: Sequence[Value] = ()) -> int:
        return self._connection.execute(sql, params).rowcount

    def run_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        try:
            self._connection.executemany(sql, rows)
        except sqlite3.IntegrityError as error:
            raise VersionConflict from error


class SqliteMirror:
    """One connection, one transaction at a time."""

    def __init__(self, database: str) -> None:
        """``database`` is a path, or ``:memory:``."""
        self._connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA secure_delete = ON")
        self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA temp_store = MEMORY")
        self._connection.executescript(_TABLES)
        self._turn = threading.RLock()
        self._turning = threading.Lock()
        self._rows = _Rows(self._connection)
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

    def _end(self, how: str) -> None:
        try:
            self._connection.execute(how)
        finally:
            if self._connection.in_transaction:  # the commit failed
                self._connection.execute("ROLLBACK")
            self._turn.release()
