"""One copy of the key store: a SQLite database apart from the data, which overwrites what it drops.

No WAL, for a log of pages would keep destroyed keys; ``secure_delete`` overwrites freed cells with zeros, the
rollback journal is deleted after each commit.
"""

import sqlite3
from collections.abc import Iterable, Sequence

Key = tuple[str, str, int, bytes | None, int | None]
"""Tenant, key id, epoch, wrapped key (absent: destroyed), and the generation of its destruction."""
TenantKey = tuple[str, int, bytes]

_TABLES = """
CREATE TABLE IF NOT EXISTS tenant_key (
  tenant_id TEXT NOT NULL, epoch INTEGER NOT NULL, wrapped BLOB NOT NULL, PRIMARY KEY (tenant_id, epoch));
CREATE TABLE IF NOT EXISTS data_key (
  tenant_id TEXT NOT NULL, id TEXT NOT NULL, epoch INTEGER NOT NULL, wrapped BLOB, generation INTEGER,
  PRIMARY KEY (tenant_id, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS destroyed ON data_key (generation) WHERE generation IS NOT NULL;
"""
_COLUMNS = "tenant_id, id, epoch, wrapped, generation"
WHOLE_TENANT = ""
"""The key id whose destruction stands for a whole tenant's."""
_ASKED = 500
"""Keys asked for by one statement; SQLite takes so many parameters everywhere."""


class AlreadyThere(Exception):
    """A key of this id exists, or existed and was destroyed: it never comes back."""


class Writes:
    """What changes in one copy; a transaction is begun and ended from outside, over both copies."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str) -> None:
        """Begin or end a transaction."""
        self._connection.execute(sql)

    def add(self, keys: Iterable[Key], tenant_keys: Iterable[TenantKey] = ()) -> None:
        """Add new keys. Raises :class:`AlreadyThere`."""
        try:
            self._connection.executemany("INSERT INTO tenant_key VALUES (?, ?, ?)", tenant_keys)
            self._connection.executemany("INSERT INTO data_key VALUES (?, ?, ?, ?, ?)", keys)
        except sqlite3.IntegrityError as error:
            raise AlreadyThere from error

    def put(self, keys: Iterable[Key], tenant_keys: Iterable[TenantKey] = ()) -> None:
        """Write keys over what is there (a new wrapping, healing)."""
        self._connection.executemany("INSERT OR REPLACE INTO tenant_key VALUES (?, ?, ?)", tenant_keys)
        self._connection.executemany("INSERT OR REPLACE INTO data_key VALUES (?, ?, ?, ?, ?)", keys)

    def destroy(self, tenant: str, ids: Iterable[str], generation: int) -> None:
        """Overwrite keys; their ids stay, so that they never come back."""
        self.put((tenant, key_id, 0, None, generation) for key_id in ids)

    def destroy_tenant(self, tenant: str, generation: int) -> None:
        """Destroy all keys of a tenant and its own."""
        sql = "UPDATE data_key SET wrapped = NULL, generation = ? WHERE tenant_id = ? AND generation IS NULL"
        self._connection.execute(sql, (generation, tenant))
        self._connection.execute("DELETE FROM tenant_key WHERE tenant_id = ?", (tenant,))
        self.destroy(tenant, [WHOLE_TENANT], generation)

    def drop_tenant_keys(self, before: int) -> None:
        """Destroy tenant keys of older epochs."""
        self._connection.execute("DELETE FROM tenant_key WHERE epoch < ?", (before,))


class Mirror:
    """The tables of one copy, as they are read; ``writes`` changes them."""

    def __init__(self, database: str) -> None:
        """``database`` is a path, or ``:memory:``."""
        self._connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA secure_delete = ON")
        self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA temp_store = MEMORY")
        self._connection.executescript(_TABLES)
        self.writes = Writes(self._connection)

    def find(self, tenant: str, ids: Sequence[str]) -> list[tuple[str, int, bytes | None]]:
        """Return id, epoch and wrapped key of those that exist or existed."""
        found = []
        for first in range(0, len(ids), _ASKED):
            some = ids[first : first + _ASKED]
            places = ", ".join("?" * len(some))
            sql = f"SELECT id, epoch, wrapped FROM data_key WHERE tenant_id = ? AND id IN ({places})"  # noqa: S608
            found += self._connection.execute(sql, (tenant, *some)).fetchall()
        return found

    def generation(self) -> int:
        """Count destructions: whoever has seen this number knows of all."""
        sql = "SELECT MAX(generation) FROM data_key WHERE generation IS NOT NULL"
        return self._connection.execute(sql).fetchone()[0] or 0

    def destroyed_since(self, generation: int) -> list[tuple[str, str]]:
        """Return tenant and id of what was destroyed after a generation; an empty id stands for all."""
        sql = "SELECT tenant_id, id FROM data_key WHERE generation IS NOT NULL AND generation > ?"
        return self._connection.execute(sql, (generation,)).fetchall()

    def tenant_key(self, tenant: str, epoch: int) -> bytes | None:
        """Return a tenant's wrapped key of an epoch."""
        sql = "SELECT wrapped FROM tenant_key WHERE tenant_id = ? AND epoch = ?"
        found = self._connection.execute(sql, (tenant, epoch)).fetchone()
        return found[0] if found else None

    def tenant_keys(self) -> list[TenantKey]:
        """Return all tenant keys."""
        sql = "SELECT tenant_id, epoch, wrapped FROM tenant_key ORDER BY tenant_id, epoch"
        return self._connection.execute(sql).fetchall()

    def everything(self) -> list[Key]:
        """Return everything, in order."""
        sql = f"SELECT {_COLUMNS} FROM data_key ORDER BY tenant_id, id"  # noqa: S608 - constant text
        return self._connection.execute(sql).fetchall()

    def older(self, epoch: int, limit: int) -> list[Key]:
        """Return living keys wrapped before an epoch."""
        sql = f"SELECT {_COLUMNS} FROM data_key WHERE epoch < ? AND generation IS NULL LIMIT ?"  # noqa: S608
        return self._connection.execute(sql, (epoch, limit)).fetchall()

    def copy_to(self, other: "Mirror") -> None:
        """Make another copy the same as this one."""
        self._connection.backup(other._connection)

    def dump(self) -> bytes:
        """Return the database as a backup would hold it."""
        return self._connection.serialize()

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()
