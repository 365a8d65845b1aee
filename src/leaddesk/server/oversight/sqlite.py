"""SQLite behind the access log's port: in memory for the demo, else a file of its own that only we read."""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from leaddesk.server.database.sqlite import IN_MEMORY, SqliteRows, opened, transacted
from leaddesk.server.oversight import chain
from leaddesk.server.oversight.entries import Entry
from leaddesk.server.oversight.storage import TABLES

_LOOK = "SELECT 1 FROM access_head LIMIT 1"
_PROBE = (
    "INSERT INTO access_probe (tenant_id, times) VALUES ('', 0)"
    " ON CONFLICT (tenant_id) DO UPDATE SET times = 1 - access_probe.times"
)


class SqliteAccess:
    """One connection, opened at the first use; one transaction at a time, from any thread.

    A transaction that has ended is on the disk (``synchronous = FULL``): what was answered was recorded.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._turn = threading.Lock()

    @property
    def waits_for_disk(self) -> bool:
        """A file does."""
        return self._path is not None

    @contextmanager
    def transaction(self) -> Iterator[SqliteRows]:
        """Open a transaction; others wait for their turn."""
        with self._turn:
            connection = self._opened()
            with transacted(connection, "BEGIN IMMEDIATE"):
                yield SqliteRows(connection)

    def reading(self) -> AbstractContextManager[SqliteRows]:
        """Open a transaction."""
        return self.transaction()

    def append(self, entries: Sequence[Entry]) -> None:
        """Append to the tenants' chains."""
        with self.transaction() as rows:
            chain.append(rows, entries)

    def probe(self) -> None:
        """Change a row that is no entry."""
        with self.transaction() as rows:
            rows.run(_PROBE)

    def look(self) -> None:
        """Read a row: one connection does everything here."""
        with self.reading() as rows:
            rows.select(_LOOK)

    def close(self) -> None:
        """Let go; the next use opens the file again."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def _open(self) -> sqlite3.Connection:
        if self._path is not None:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        # One wait for the disk a commit, not three. What the log file keeps of old pages is sealed: a
        # month's secret opens with its key only, and that one dies in the key store.
        return opened(self._path or IN_MEMORY, TABLES, journal_mode="WAL", synchronous="FULL")
