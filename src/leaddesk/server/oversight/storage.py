"""The access log's own database: apart from the data, apart from the keys (server design, "Oversight").

The same narrow port as the event log's: statements with ``?`` placeholders in SQL that SQLite and PostgreSQL
share, the tenant id first in every key and every statement.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from leaddesk.server.database.failures import Value
from leaddesk.server.oversight.entries import Entry

__all__ = ["TABLES", "AccessStorage", "Rows", "Value"]

TABLES = """
CREATE TABLE IF NOT EXISTS access_entry (
  tenant_id TEXT NOT NULL, position INTEGER NOT NULL, at TEXT NOT NULL, person TEXT NOT NULL,
  role TEXT NOT NULL, action TEXT NOT NULL, thing TEXT, purpose TEXT NOT NULL, result TEXT NOT NULL,
  detail TEXT NOT NULL, link BLOB NOT NULL, PRIMARY KEY (tenant_id, position));
CREATE INDEX IF NOT EXISTS access_by_person ON access_entry (tenant_id, person, position);
CREATE INDEX IF NOT EXISTS access_by_thing ON access_entry (tenant_id, thing, position);
CREATE TABLE IF NOT EXISTS access_head (
  tenant_id TEXT PRIMARY KEY, position INTEGER NOT NULL, link BLOB NOT NULL, sealed INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS access_probe (tenant_id TEXT PRIMARY KEY, times INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS access_segment (
  tenant_id TEXT NOT NULL, last INTEGER NOT NULL, first INTEGER NOT NULL, link BLOB NOT NULL,
  sealed_at TEXT NOT NULL, signature BLOB NOT NULL, PRIMARY KEY (tenant_id, last));
CREATE TABLE IF NOT EXISTS month_secret (
  tenant_id TEXT NOT NULL, month TEXT NOT NULL, generation INTEGER NOT NULL, sealed BLOB NOT NULL,
  PRIMARY KEY (tenant_id, month, generation));
CREATE TABLE IF NOT EXISTS resolution (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, status TEXT NOT NULL, expires_at TEXT NOT NULL,
  sealed BLOB NOT NULL, PRIMARY KEY (tenant_id, id));
"""
"""``access_head.sealed``: up to which entry a segment has been signed. ``month_secret``: what the pseudonyms
of a tenant and month are keyed with, under a key of that month; one more if the last could not be opened."""


class Rows(Protocol):
    """Statements inside one transaction."""

    def select(self, sql: str, params: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Return all rows."""

    def run(self, sql: str, params: Sequence[Value] = ()) -> int:
        """Change rows and return how many."""

    def run_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Change many rows by one statement."""


class AccessStorage(Protocol):
    """A database; every one of its failures means that the access log cannot be written."""

    @property
    def waits_for_disk(self) -> bool:
        """Tell whether a commit may take its time, so that it belongs into a thread."""

    def append(self, entries: Sequence[Entry]) -> None:
        """Append to the tenants' chains, all or none; on the disk when it returns."""

    def probe(self) -> None:
        """Write something that is no entry."""

    def look(self) -> None:
        """Read something as whoever reads entries."""

    def reading(self) -> AbstractContextManager[Rows]:
        """Open what only reads entries, heads and segments."""

    def transaction(self) -> AbstractContextManager[Rows]:
        """Open a transaction on everything but entries: secrets, segments, resolutions.

        Committed (and on the disk) at its end, rolled back on an exception. Raises ``VersionConflict``.
        """

    def close(self) -> None:
        """Let go of the database."""
