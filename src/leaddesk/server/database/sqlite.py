"""SQLite where it is one of a port's back ends: how it is opened, a transaction, the statements of one."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from leaddesk.server.database.failures import Value, VersionConflict

IN_MEMORY = ":memory:"
BUSY_SECONDS = 2.0
"""How long another process may hold a file before a statement counts as failed."""


class SqliteRows:
    """Statements on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def select(self, sql: str, params: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Return all rows."""
        return self._connection.execute(sql, params).fetchall()

    def run(self, sql: str, params: Sequence[Value] = ()) -> int:
        """Change rows and return how many. Raises ``VersionConflict`` where a unique key is taken."""
        try:
            return self._connection.execute(sql, params).rowcount
        except sqlite3.IntegrityError as error:
            raise VersionConflict from error

    def run_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Change many rows by one statement. Raises ``VersionConflict`` where a unique key is taken."""
        try:
            self._connection.executemany(sql, rows)
        except sqlite3.IntegrityError as error:
            raise VersionConflict from error


def opened(database: str | Path, tables: str, **pragmas: str | int) -> sqlite3.Connection:
    """Open a database for any thread, with its tables; ``pragmas`` before these.

    What is deleted is overwritten with zeros, so that an erased value does not stay in a free page, and
    nothing is laid aside in files.
    """
    connection = sqlite3.connect(database, BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        for name, value in {**pragmas, "secure_delete": "ON", "temp_store": "MEMORY"}.items():
            connection.execute(f"PRAGMA {name} = {value}")
        connection.executescript(tables)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def transacted(connection: sqlite3.Connection, begin: str = "BEGIN") -> Iterator[None]:
    """Commit at the end of the block; roll back if it, or the commit, fails."""
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
