"""SQLite in memory behind the storage port: nothing touches a disk; ready in milliseconds."""

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from leaddesk.contract.ids import TenantId
from leaddesk.server.database.failures import Value
from leaddesk.server.database.sqlite import IN_MEMORY, SqliteRows, opened, transacted
from leaddesk.server.eventlog.schema import INSERT_EVENT, LAST_VERSION, REBUILT_TABLES, TABLES, UPSERT_HEAD
from leaddesk.server.eventlog.storage import Append, VersionConflict
from leaddesk.server.leases.memory import MemoryLeases

_DUE = "SELECT tenant_id FROM erasure UNION SELECT tenant_id FROM deadline WHERE at <= ? ORDER BY tenant_id"
_TELLING = "SELECT DISTINCT tenant_id FROM webhook ORDER BY tenant_id"


class _MemoryRows(SqliteRows):
    """Statements on the one connection."""

    begun = None

    def search(self, sql: str, params: Sequence[Value]) -> list[tuple[Any, ...]]:
        return self.select(sql, params)

    def append(self, what: Append) -> None:
        if self.select(LAST_VERSION, (what.tenant, what.stream_id)) != [(what.expected,)]:
            raise VersionConflict
        self.run_many(INSERT_EVENT, what.events)
        self.run(UPSERT_HEAD, (what.tenant, *what.head))


class MemoryStorage:
    """One connection, one transaction at a time, from any thread."""

    at_once = 0

    def __init__(self) -> None:
        self.log_id = secrets.token_hex(16)
        self.leases = MemoryLeases()
        # Rows are 1-2 kB: larger pages hold them without overflow chains (inserts -20 %, size -29 %).
        self._connection = opened(IN_MEMORY, TABLES, page_size=16384)
        self._connection.executescript(REBUILT_TABLES.format(kind="TEMPORARY"))
        self._rows = _MemoryRows(self._connection)
        self._turn = threading.Lock()

    @contextmanager
    def transaction(self, tenant: TenantId, *, writes: bool) -> Iterator[_MemoryRows]:
        """Open a transaction; others wait for their turn, whichever tenant's it is and whatever they want."""
        with self._turn, transacted(self._connection):
            yield self._rows

    def tenants(self) -> list[TenantId]:
        """List the tenants that have a log."""
        with self._turn:
            found = self._connection.execute("SELECT tenant_id FROM tenant_head ORDER BY tenant_id")
            return [TenantId(row[0]) for row in found]

    def heads(self, tenants: Sequence[TenantId]) -> dict[TenantId, int]:
        """Return the positions at which these logs stand."""
        with self._turn:
            found = self._connection.execute("SELECT tenant_id, position FROM tenant_head")
            return {TenantId(tenant): position for tenant, position in found if tenant in tenants}

    def due(self, now: str) -> list[TenantId]:
        """List the tenants with work for the clock."""
        with self._turn:
            return [TenantId(row[0]) for row in self._connection.execute(_DUE, (now,))]

    def telling(self) -> list[TenantId]:
        """List the tenants with webhooks."""
        with self._turn:
            return [TenantId(row[0]) for row in self._connection.execute(_TELLING)]

    def dump(self) -> bytes:
        """Return the whole database as one would find it on a disk; erasure is checked against it."""
        with self._turn:
            return self._connection.serialize()

    def close(self) -> None:
        """Let go of the memory."""
        self._connection.close()
