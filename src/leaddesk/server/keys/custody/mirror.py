"""One copy of the key store, whatever it lies on: what is asked of it and what changes, in portable SQL.

``custody`` has one row: how often anything was destroyed, and under which epoch new keys are wrapped. Who
destroys or turns takes that row first, so that several processes number destructions one after the other.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from leaddesk.server.database.failures import Value, VersionConflict

Key = tuple[str, str, int, bytes | None, int | None]
"""Tenant, key id, epoch, wrapped key (absent: destroyed), and the generation of its destruction."""
TenantKey = tuple[str, int, bytes]

WHOLE_TENANT = ""
"""The key id whose destruction stands for a whole tenant's."""

_COLUMNS = "tenant_id, id, epoch, wrapped, generation"
_ADD_KEY = f"INSERT INTO data_key ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - constant text
_PUT_KEY = (
    f"{_ADD_KEY} ON CONFLICT (tenant_id, id) DO UPDATE SET epoch = excluded.epoch,"
    " wrapped = excluded.wrapped, generation = excluded.generation"
)
_ADD_TENANT = "INSERT INTO tenant_key (tenant_id, epoch, wrapped) VALUES (?, ?, ?)"
_PUT_TENANT = f"{_ADD_TENANT} ON CONFLICT (tenant_id, epoch) DO UPDATE SET wrapped = excluded.wrapped"
_PAGE = f"SELECT {_COLUMNS} FROM data_key WHERE (tenant_id, id) > (?, ?) ORDER BY tenant_id, id LIMIT ?"  # noqa: S608
_ONE = f"SELECT {_COLUMNS} FROM data_key WHERE tenant_id = ? AND id = ?"  # noqa: S608 - constant text
_OLDER = (
    f"SELECT {_COLUMNS} FROM data_key WHERE epoch < ? AND generation IS NULL AND NOT EXISTS"  # noqa: S608
    " (SELECT 1 FROM data_key w WHERE w.tenant_id = data_key.tenant_id AND w.id = '') LIMIT ?"
)
_LIVING = "SELECT id FROM data_key WHERE tenant_id = ? AND id > ? AND generation IS NULL ORDER BY id LIMIT ?"
_END = (
    "UPDATE data_key SET wrapped = NULL, generation = ?"
    " WHERE tenant_id = ? AND id > ? AND id <= ? AND generation IS NULL"
)
_ASKED = 500
"""Keys asked for by one statement; SQLite takes so many parameters everywhere."""
PAGE = 5_000


class AlreadyThere(Exception):
    """A key of this id exists, or existed and was destroyed: it never comes back."""


class ArchivedKeys(Exception):
    """The server of a copy archives its log of writes: destroyed keys would stay there for as long as it is
    kept, and what was erased could be read again.
    """


class EpochMoved(Exception):
    """The epoch was turned by somebody else: wrap anew under the newest."""


class Rows(Protocol):
    """Statements with ``?`` placeholders on one copy."""

    def select(self, sql: str, params: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Return all rows."""

    def run(self, sql: str, params: Sequence[Value] = ()) -> int:
        """Change rows. Raises ``VersionConflict`` where a unique key is taken."""

    def run_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Change many rows by one statement. Raises as :meth:`run`."""


class Reads:
    """What is asked of one copy."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def find(self, tenant: str, ids: Sequence[str]) -> list[tuple[str, int, bytes | None]]:
        """Return id, epoch and wrapped key of those that exist or existed."""
        found: list[tuple[str, int, bytes | None]] = []
        for first in range(0, len(ids), _ASKED):
            some = ids[first : first + _ASKED]
            places = ", ".join("?" * len(some))
            sql = f"SELECT id, epoch, wrapped FROM data_key WHERE tenant_id = ? AND id IN ({places})"  # noqa: S608
            found += self._rows.select(sql, (tenant, *some))
        return found

    def generation(self) -> int:
        """Count destructions: whoever has seen this number knows of all."""
        return int(self._rows.select("SELECT generation FROM custody")[0][0])

    def destroyed_since(self, generation: int) -> list[tuple[str, str]]:
        """Return tenant and id of what was destroyed after a generation; an empty id stands for all."""
        sql = "SELECT tenant_id, id FROM data_key WHERE generation IS NOT NULL AND generation > ?"
        return self._rows.select(sql, (generation,))

    def ended_tenants(self) -> set[str]:
        """Return the tenants that were destroyed as a whole."""
        sql = "SELECT tenant_id FROM data_key WHERE generation IS NOT NULL AND id = ?"
        return {tenant for (tenant,) in self._rows.select(sql, (WHOLE_TENANT,))}

    def tenant_key(self, tenant: str, epoch: int) -> bytes | None:
        """Return a tenant's wrapped key of an epoch."""
        sql = "SELECT wrapped FROM tenant_key WHERE tenant_id = ? AND epoch = ?"
        found = self._rows.select(sql, (tenant, epoch))
        return found[0][0] if found else None

    def tenant_keys(self) -> list[TenantKey]:
        """Return all tenant keys."""
        sql = "SELECT tenant_id, epoch, wrapped FROM tenant_key ORDER BY tenant_id, epoch"
        return self._rows.select(sql)

    def one(self, tenant: str, key_id: str) -> Key | None:
        """Return one key with all its columns."""
        found = self._rows.select(_ONE, (tenant, key_id))
        return found[0] if found else None

    def everything(self) -> Iterator[Key]:
        """Give everything, in order, a page at a time."""
        after = ("", "")  # no tenant is called nothing
        while page := self._rows.select(_PAGE, (*after, PAGE)):
            yield from page
            after = (page[-1][0], page[-1][1])

    def living(self, tenant: str, after: str, limit: int) -> list[str]:
        """Name living keys of a tenant behind one, in order."""
        return [key_id for (key_id,) in self._rows.select(_LIVING, (tenant, after, limit))]

    def older(self, epoch: int, limit: int) -> list[Key]:
        """Return living keys wrapped before an epoch; not of tenants that end: nothing unwraps those."""
        return self._rows.select(_OLDER, (epoch, limit))


class Writes:
    """What changes in one copy, inside one transaction that began with this object."""

    def __init__(self, rows: Rows, reads: Reads, end: Callable[[str], None], *, shared: str = "") -> None:
        """``end`` takes ``COMMIT`` or ``ROLLBACK``. ``shared``: how a row is held against who changes it."""
        self.reads = reads
        self.touched: set[tuple[str, str]] = set()
        """Tenant and id of every key this transaction is about."""
        self._rows = rows
        self._end = end
        self._epoch = f"SELECT epoch FROM custody{shared}"  # noqa: S608 - constant text

    def end(self, how: str) -> None:
        """End the transaction: ``COMMIT`` or ``ROLLBACK``."""
        self._end(how)

    def hold(self) -> int:
        """Take the row that numbers destructions; returns the last number. Nobody else adds or destroys."""
        self._rows.run("UPDATE custody SET generation = generation")
        return self.reads.generation()

    def count(self, generation: int) -> None:
        """Set the number of the last destruction; the row is held."""
        self._rows.run("UPDATE custody SET generation = ?", (generation,))

    def announce(self, epoch: int) -> None:
        """From this transaction's commit on nothing is added under an older epoch."""
        self._rows.run("UPDATE custody SET epoch = ? WHERE epoch < ?", (epoch, epoch))

    def add(self, epoch: int, keys: Iterable[Key], tenant_keys: Iterable[TenantKey] = ()) -> None:
        """Add new keys wrapped under an epoch. Raises :class:`AlreadyThere`, :class:`EpochMoved`."""
        if self._rows.select(self._epoch)[0][0] > epoch:
            raise EpochMoved
        tenant_rows = list(tenant_keys)
        self.touched.update((tenant, WHOLE_TENANT) for tenant, _, _ in tenant_rows)
        try:
            self._rows.run_many(_ADD_TENANT, tenant_rows)
            self._rows.run_many(_ADD_KEY, self._noted(keys))
        except VersionConflict as error:
            raise AlreadyThere from error

    def put(self, keys: Iterable[Key], tenant_keys: Iterable[TenantKey] = ()) -> None:
        """Write keys over what is there (a new wrapping, healing)."""
        self._rows.run_many(_PUT_TENANT, tenant_keys)
        self._rows.run_many(_PUT_KEY, self._noted(keys))

    def destroy(self, tenant: str, ids: Iterable[str], generation: int) -> None:
        """Overwrite keys; their ids stay, so that they never come back."""
        self.put((tenant, key_id, 0, None, generation) for key_id in ids)

    def end_tenant(self, tenant: str, generation: int) -> None:
        """Destroy a tenant's own keys: from here on none of its data keys can be unwrapped."""
        self._rows.run("DELETE FROM tenant_key WHERE tenant_id = ?", (tenant,))
        self.destroy(tenant, [WHOLE_TENANT], generation)

    def end_between(self, tenant: str, generation: int, after: str, last: str) -> None:
        """Overwrite the data keys of a tenant that has ended, from behind one to another."""
        self.touched.add((tenant, WHOLE_TENANT))
        self._rows.run(_END, (generation, tenant, after, last))

    def drop_tenant_keys(self, before: int) -> None:
        """Destroy tenant keys of older epochs."""
        self._rows.run("DELETE FROM tenant_key WHERE epoch < ?", (before,))

    def _noted(self, keys: Iterable[Key]) -> list[Key]:
        rows = list(keys)
        self.touched.update(row[:2] for row in rows)
        return rows


class Mirror(Protocol):
    """One copy. From any thread."""

    def reading(self) -> AbstractContextManager[Reads]:
        """Give what is asked, each statement by itself."""

    def begin(self) -> Writes:
        """Open a transaction; whoever begins it ends it, on the same thread."""

    def turning(self) -> AbstractContextManager[None]:
        """Keep everybody else, of every process, from turning the epoch or opening the cells meanwhile."""

    def copy_to(self, other: Any) -> bool:
        """Make another copy the same as this one, if they are of a kind that can; tells whether."""

    def close(self) -> None:
        """Let go of it."""
