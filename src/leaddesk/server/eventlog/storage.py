"""The narrow synchronous port to a database; two back ends, one SQL.

Statements are portable (SQLite, PostgreSQL) with ``?`` placeholders, and each touches one tenant only: the
tenant id is the first parameter of every statement (``log.Unit`` puts it there, no one else may).
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from leaddesk.contract.ids import TenantId
from leaddesk.server.database.failures import StorageUnavailable, Value, VersionConflict
from leaddesk.server.leases.port import Leases

__all__ = ["Rows", "Storage", "StorageUnavailable", "Value", "VersionConflict"]


class Rows(Protocol):
    """Statements inside one transaction."""

    def select(self, sql: str, params: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Return all rows."""

    def run(self, sql: str, params: Sequence[Value] = ()) -> int:
        """Change rows and return how many. Raises :class:`VersionConflict` where a unique key is taken."""

    def run_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Change many rows by one statement."""


class Storage(Protocol):
    """A database."""

    @property
    def log_id(self) -> str:
        """Name the log that lies here: random, drawn once with the database."""

    @property
    def leases(self) -> Leases:
        """Return what the processes on this database take turns by."""

    @property
    def at_once(self) -> int:
        """Tell how many calls may wait at the same time, each in a thread; 0 where none waits."""

    def transaction(self, tenant: TenantId, *, writes: bool) -> AbstractContextManager[Rows]:
        """Open a transaction on one tenant's rows: committed at the end, rolled back on an exception.

        Not nested. Writers of one tenant take turns; what only reads must not write. Raises
        :class:`StorageUnavailable`.
        """

    def tenants(self) -> list[TenantId]:
        """List the tenants that have a log: the only question across tenants, and it answers with ids."""

    def close(self) -> None:
        """Let go of the database."""
