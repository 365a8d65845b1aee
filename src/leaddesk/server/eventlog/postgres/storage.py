"""The event log on PostgreSQL.

Every transaction names its tenant by ``SET LOCAL``, which row-level security goes by and which ends with it.
Readers see one moment (REPEATABLE READ, read only) and wait for nobody. Writers of one tenant take turns at
its head's row: positions are gapless, and what one has read no other changes before its commit.
"""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from leaddesk.contract.ids import TenantId
from leaddesk.server.database.connections import Connection, Connections
from leaddesk.server.database.errors import translated
from leaddesk.server.database.statements import PostgresRows
from leaddesk.server.eventlog.postgres.migration import LATEST
from leaddesk.server.eventlog.storage import StorageUnavailable

SIZE = 8
"""Connections of one process."""

_LIMITS = (
    "SET LOCAL statement_timeout = '15s'; SET LOCAL lock_timeout = '5s';"
    " SET LOCAL idle_in_transaction_session_timeout = '30s'"
)
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; " + _LIMITS
_LOOK_AROUND = sql.SQL(_READ)
_READ_TENANT = sql.SQL(_READ + "; SET LOCAL leaddesk.tenant = {tenant}")
_WRITE_TENANT = sql.SQL(
    "BEGIN; " + _LIMITS + "; SET LOCAL leaddesk.tenant = {tenant};"  # noqa: S608 - a literal, quoted by psycopg
    " SELECT 1 FROM tenant_head WHERE tenant_id = {tenant} FOR UPDATE"
)


Begin = sql.SQL | sql.Composed


class WrongSchema(Exception):
    """The database is not as this version needs it: it has not been migrated, or by a newer version."""


class PostgresStorage:
    """A database, migrated; used as the application role. From any thread."""

    def __init__(self, conninfo: str, size: int = SIZE) -> None:
        """Connect. Raises :class:`WrongSchema`, ``StorageUnavailable``."""
        self._connections = Connections(conninfo, size)
        try:
            self.log_id = self._named()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def transaction(self, tenant: TenantId, *, writes: bool) -> Iterator[PostgresRows]:
        """Open a transaction on one tenant's rows. Raises ``VersionConflict``, ``StorageUnavailable``.

        Where the connection is lost in the commit, what became of it is not known: the same idempotency key
        tells.
        """
        begin = _WRITE_TENANT if writes else _READ_TENANT
        with self._within(begin.format(tenant=sql.Literal(tenant))) as rows:
            yield rows

    def tenants(self) -> list[TenantId]:
        """List the tenants that have a log, by the one function that may see all of them."""
        with self._within(_LOOK_AROUND) as rows:
            return [TenantId(row[0]) for row in rows.select("SELECT tenant_id FROM tenants_with_a_log()")]

    def close(self) -> None:
        """Let go of the database."""
        self._connections.close()

    def _named(self) -> str:
        """Return the log's name if the schema is this version's."""
        with self._within(_LOOK_AROUND) as rows:
            try:
                ((version, log_id),) = rows.select("SELECT version, log_id FROM instance")
            except (psycopg.ProgrammingError, ValueError):
                raise WrongSchema from None
        if version != LATEST:
            raise WrongSchema
        return str(log_id)

    @contextmanager
    def _within(self, begin: Begin) -> Iterator[PostgresRows]:
        connection = self._begun(begin)
        try:
            try:
                yield PostgresRows(connection)
            except BaseException:
                with contextlib.suppress(psycopg.Error):
                    connection.execute("ROLLBACK", prepare=False)
                raise
            with translated():
                connection.execute("COMMIT", prepare=False)
        finally:
            self._connections.give_back(connection)

    def _begun(self, begin: Begin) -> Connection:
        """Begin; on a connection that was lost while idle once more, for nothing has been done yet."""
        connection = self._connections.take()
        try:
            connection.execute(begin, prepare=False)
        except psycopg.OperationalError:
            if not connection.closed:  # it works, but its turn did not come in time
                self._given_up(connection)
                raise StorageUnavailable from None
            connection = self._connections.anew(connection)
            try:
                connection.execute(begin, prepare=False)
            except psycopg.Error:
                self._given_up(connection)
                raise StorageUnavailable from None
        return connection

    def _given_up(self, connection: Connection) -> None:
        connection.close()
        self._connections.give_back(connection)
