"""The narrow synchronous port to a database; two back ends, one SQL.

Statements are portable (SQLite, PostgreSQL) with ``?`` placeholders, and each touches one tenant only: the
tenant id is the first parameter of every statement (``log.Unit`` puts it there, no one else may).
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from leaddesk.contract.ids import TenantId
from leaddesk.server.database.failures import StorageUnavailable, Value, VersionConflict
from leaddesk.server.leases.port import Leases

__all__ = ["Append", "LogRows", "Rows", "Storage", "StorageUnavailable", "Value", "VersionConflict"]


class Rows(Protocol):
    """Statements inside one transaction."""

    def select(self, sql: str, params: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Return all rows."""

    def run(self, sql: str, params: Sequence[Value] = ()) -> int:
        """Change rows and return how many. Raises :class:`VersionConflict` where a unique key is taken."""

    def run_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Change many rows by one statement."""


@dataclass(frozen=True, slots=True)
class Append:
    """What one append writes: rows as ``schema.INSERT_EVENT`` has them, of one stream, and the head after."""

    tenant: TenantId
    stream_id: str
    expected: int
    events: Sequence[Sequence[Value]]
    head: tuple[int, bytes]


class LogRows(Rows, Protocol):
    """Statements inside a transaction on the log."""

    @property
    def begun(self) -> list[tuple[Any, ...]] | None:
        """Position and link of the head, where beginning has told it already; empty for an empty log."""

    def search(self, sql: str, params: Sequence[Value]) -> list[tuple[Any, ...]]:
        """Return all rows, found in the best way for these values: common ones and rare ones differ."""

    def append(self, what: Append) -> None:
        """Append; one statement where each costs a way. Raises :class:`VersionConflict`, also where the
        stream's last version is not the expected one.
        """


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

    def transaction(self, tenant: TenantId, *, writes: bool) -> AbstractContextManager[LogRows]:
        """Open a transaction on one tenant's rows: committed at the end, rolled back on an exception.

        Not nested. Writers of one tenant take turns; what only reads must not write. Raises
        :class:`StorageUnavailable`.
        """

    def tenants(self) -> list[TenantId]:
        """List the tenants that have a log: one of the four questions across tenants, answered with ids."""

    def heads(self, tenants: Sequence[TenantId]) -> dict[TenantId, int]:
        """Return the positions at which these logs stand, of those that exist."""

    def due(self, now: str) -> list[TenantId]:
        """List the tenants in which an erasure has begun and not ended, or a deadline is over."""

    def telling(self) -> list[TenantId]:
        """List the tenants that have webhooks."""

    def close(self) -> None:
        """Let go of the database."""
