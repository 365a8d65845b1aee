"""The event log on PostgreSQL.

Every transaction names its tenant by ``SET LOCAL``, which row-level security goes by and which ends with it.
Readers see one moment (REPEATABLE READ, read only) and wait for nobody. Writers of one tenant take turns at
its head's row: positions are gapless, and what one has read no other changes before its commit.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from leaddesk.contract.ids import TenantId
from leaddesk.server.database.transactions import READ, WRITE, Transactions, for_tenant
from leaddesk.server.eventlog.postgres.appending import PostgresLogRows
from leaddesk.server.eventlog.postgres.leases import PostgresLeases
from leaddesk.server.eventlog.postgres.migration import DATA

SIZE = 8
"""Connections of one process."""

_HEAD = "SELECT position, chain FROM tenant_head WHERE tenant_id = {tenant}"
"""Asked with the beginning: pages and the feed need it, and it costs no way of its own."""
_READ_TENANT = READ + "; SET LOCAL leaddesk.tenant = {tenant}; " + _HEAD
_LEASE = "BEGIN; SET LOCAL statement_timeout = '2s'; SET LOCAL lock_timeout = '2s'"
_WRITE_TENANT = WRITE + "; SET LOCAL leaddesk.tenant = {tenant}; " + _HEAD + " FOR UPDATE"


class PostgresStorage:
    """A database, migrated; used as the application role. From any thread."""

    def __init__(self, conninfo: str, size: int = SIZE) -> None:
        """Connect. Raises ``WrongSchema``, ``StorageUnavailable``."""
        self.at_once = size
        self._database = Transactions(conninfo, size)
        self.leases = PostgresLeases(lambda: self._database.within(_LEASE))
        try:
            self.log_id = DATA.checked(self._database.connections)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def transaction(self, tenant: TenantId, *, writes: bool) -> Iterator[PostgresLogRows]:
        """Open a transaction on one tenant's rows. Raises ``VersionConflict``, ``StorageUnavailable``.

        Where the connection is lost in the commit, what became of it is not known: the same idempotency key
        tells.
        """
        begin = _WRITE_TENANT if writes else _READ_TENANT
        with self._database.within(for_tenant(begin, tenant), writes=writes) as rows:
            yield PostgresLogRows(rows.connection, rows.begun)

    def tenants(self) -> list[TenantId]:
        """List the tenants that have a log, by the one function that may see all of them."""
        with self._database.within(READ, writes=False) as rows:
            return [TenantId(row[0]) for row in rows.select("SELECT tenant_id FROM tenants_with_a_log()")]

    def heads(self, tenants: Sequence[TenantId]) -> dict[TenantId, int]:
        """Return the positions at which these logs stand, as :meth:`tenants`."""
        with self._database.within(READ, writes=False) as rows:
            found = rows.select("SELECT tenant_id, head FROM heads_of(?)", (" ".join(tenants),))
            return {TenantId(tenant): position for tenant, position in found}

    def due(self, now: str) -> list[TenantId]:
        """List the tenants with work for the clock, as :meth:`tenants`."""
        with self._database.within(READ, writes=False) as rows:
            return [TenantId(row[0]) for row in rows.select("SELECT tenant_id FROM tenants_due(?)", (now,))]

    def telling(self) -> list[TenantId]:
        """List the tenants with webhooks, as :meth:`tenants`."""
        with self._database.within(READ, writes=False) as rows:
            return [TenantId(row[0]) for row in rows.select("SELECT tenant_id FROM tenants_with_webhooks()")]

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()
