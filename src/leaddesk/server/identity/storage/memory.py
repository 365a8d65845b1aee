"""Identity's tables in SQLite in memory: nothing touches a disk, nothing outlives the process."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from leaddesk.contract.ids import TenantId
from leaddesk.server.database.failures import Value, VersionConflict
from leaddesk.server.identity.storage.port import NOBODY
from leaddesk.server.identity.storage.schema import TABLES


class _Rows:
    """Statements on the one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def select(self, sql: str, params: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, params).fetchall()

    def run(self, sql: str, params: Sequence[Value] = ()) -> int:
        try:
            return self._connection.execute(sql, params).rowcount
        except sqlite3.IntegrityError as error:
            raise VersionConflict from error


class MemoryIdentity:
    """One connection, one transaction at a time, from any thread."""

    is_shared = False

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA secure_delete = ON")
        self._connection.execute("PRAGMA temp_store = MEMORY")
        self._connection.executescript(TABLES)
        self._rows = _Rows(self._connection)
        self._turn = threading.Lock()

    @contextmanager
    def transaction(self, tenant: TenantId, *, writes: bool) -> Iterator[_Rows]:
        """Open a transaction; others wait for their turn, whichever tenant's it is."""
        with self.apart() as rows:
            yield rows

    @contextmanager
    def behind(self, mark: bytes, *, writes: bool) -> Iterator[tuple[TenantId, _Rows]]:
        """Open a transaction on the rows of the tenant behind a mark."""
        with self.apart() as rows:
            found = rows.select("SELECT tenant_id FROM door WHERE mark = ?", (mark,))
            yield (TenantId(found[0][0]) if found else NOBODY), rows

    @contextmanager
    def apart(self) -> Iterator[_Rows]:
        """Open a transaction."""
        with self._turn:
            self._connection.execute("BEGIN")
            try:
                yield self._rows
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def dump(self) -> bytes:
        """Return the whole database as one would find it on a disk."""
        with self._turn:
            return self._connection.serialize()

    def close(self) -> None:
        """Let go of the memory."""
        self._connection.close()
