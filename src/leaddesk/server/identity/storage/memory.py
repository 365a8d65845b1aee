"""Identity's tables in SQLite in memory: nothing touches a disk, nothing outlives the process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from leaddesk.contract.ids import TenantId
from leaddesk.server.database.sqlite import IN_MEMORY, SqliteRows, opened, transacted
from leaddesk.server.identity.storage.port import NOBODY
from leaddesk.server.identity.storage.schema import TABLES


class MemoryIdentity:
    """One connection, one transaction at a time, from any thread."""

    is_shared = False

    def __init__(self) -> None:
        self._connection = opened(IN_MEMORY, TABLES)
        self._rows = SqliteRows(self._connection)
        self._turn = threading.Lock()

    @contextmanager
    def transaction(self, tenant: TenantId, *, writes: bool) -> Iterator[SqliteRows]:
        """Open a transaction; others wait for their turn, whichever tenant's it is."""
        with self.apart() as rows:
            yield rows

    @contextmanager
    def behind(self, mark: bytes, *, writes: bool) -> Iterator[tuple[TenantId, SqliteRows]]:
        """Open a transaction on the rows of the tenant behind a mark."""
        with self.apart() as rows:
            found = rows.select("SELECT tenant_id FROM door WHERE mark = ?", (mark,))
            yield (TenantId(found[0][0]) if found else NOBODY), rows

    @contextmanager
    def apart(self) -> Iterator[SqliteRows]:
        """Open a transaction."""
        with self._turn, transacted(self._connection):
            yield self._rows

    def dump(self) -> bytes:
        """Return the whole database as one would find it on a disk."""
        with self._turn:
            return self._connection.serialize()

    def close(self) -> None:
        """Let go of the memory, once nobody is at it: a letter may be being written in a thread."""
        with self._turn:
            self._connection.close()
