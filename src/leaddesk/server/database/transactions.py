"""Transactions on PostgreSQL, each begun by one message; once more on a connection lost while idle."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import sql

from leaddesk.server.database.connections import Connections
from leaddesk.server.database.failures import StorageUnavailable
from leaddesk.server.database.speaking.line import Line
from leaddesk.server.database.statements import PostgresRows, translated

LIMITS = (
    "SET LOCAL statement_timeout = '15s'; SET LOCAL lock_timeout = '5s';"
    " SET LOCAL idle_in_transaction_session_timeout = '30s'"
)
WRITE = "BEGIN; " + LIMITS
READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; " + LIMITS
"""How a transaction begins; more may follow in the same message, tenants by ``SET LOCAL`` only."""

Answered = list[tuple[Any, ...]] | None


@lru_cache(maxsize=4096)
def for_tenant(begin: str, tenant: str) -> str:
    """Write a beginning for one tenant, in place of every ``{tenant}``."""
    return begin.replace("{tenant}", sql.Literal(tenant).as_string(None))


class Transactions:
    """Transactions of one database, on at most ``size`` connections. From any thread."""

    def __init__(self, conninfo: str, size: int) -> None:
        self.connections = Connections(conninfo, size)

    @contextmanager
    def within(self, begin: str, *, writes: bool = True) -> Iterator[PostgresRows]:
        """Open a transaction: committed at the end, rolled back on an exception; one that only reads is left.

        Raises ``VersionConflict``, ``StorageUnavailable``. Where the connection is lost in the commit, what
        became of it is not known.
        """
        connection, answered = self.begun(begin)
        try:
            try:
                yield PostgresRows(connection, answered)
            except BaseException:
                with contextlib.suppress(psycopg.Error):
                    connection.say(b"ROLLBACK")
                raise
            with translated():
                connection.end() if writes else connection.leave()
        finally:
            self.connections.give_back(connection)

    def close(self) -> None:
        """Let go of the database."""
        self.connections.close()

    def begun(self, begin: str) -> tuple[Line, Answered]:
        """Lend a connection on which a transaction was begun; where one was lost while idle, a new one.

        And what the last statement of beginning answered.

        Nothing has been done yet. Raises ``StorageUnavailable``, also where a turn did not come in time.
        """
        connection = self.connections.take()
        try:
            try:
                return connection, connection.say(begin.encode())
            except psycopg.OperationalError:
                if not connection.closed:
                    raise
                connection = self.connections.anew(connection)
                return connection, connection.say(begin.encode())
        except psycopg.OperationalError:
            self._given_up(connection)
            raise StorageUnavailable from None
        except BaseException:
            self._given_up(connection)
            raise

    def _given_up(self, connection: Line) -> None:
        connection.close()
        self.connections.give_back(connection)
