"""Identity's books: its tables, the keys of what is sealed in them, what was read a moment ago.

People's names and e-mails lie under a key of their own each, a tenant's name and policy and the names of its
API keys under the tenant's, password hashes under the instance's: a stolen database gives nothing to try
passwords on. An e-mail is found by a digest keyed with the instance's secret.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from leaddesk.contract.ids import TenantId
from leaddesk.server.database.failures import Value, VersionConflict
from leaddesk.server.identity.caller import Caller
from leaddesk.server.identity.storage.memory import MemoryIdentity
from leaddesk.server.identity.storage.port import Rows, Storage
from leaddesk.server.identity.storage.recent import Recent
from leaddesk.server.keys.custody.mirror import AlreadyThere
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.keys.port import INSTANCE, INSTANCE_KEY, KeyGone, KeyHouse, Keys

T = TypeVar("T")

_ATTEMPTS = 5


class Page:
    """One transaction on one tenant's rows. The tenant id becomes the first parameter of every statement."""

    def __init__(self, tenant: TenantId, rows: Rows, keys: Keys) -> None:
        self.tenant = tenant
        self._rows = rows
        self._keys = keys

    def select(self, sql: str, *params: Value) -> list[tuple[Any, ...]]:
        """Return all rows; the statement's first placeholder is the tenant."""
        return self._rows.select(sql, (self.tenant, *params))

    def run(self, sql: str, *params: Value) -> int:
        """Insert or delete rows; the statement's first placeholder is the tenant."""
        return self._rows.run(sql, (self.tenant, *params))

    def set(self, table: str, values: dict[str, Value], where: str, *params: Value) -> int:
        """Change columns of the tenant's rows for which ``where`` holds; returns how many."""
        columns = ", ".join(f"{name} = ?" for name in values)
        sql = f"UPDATE {table} SET {columns} WHERE tenant_id = ? AND {where}"  # noqa: S608 - our own names
        return self._rows.run(sql, (*values.values(), self.tenant, *params))

    def seal(self, key_id: str, plain: bytes, place: str) -> bytes:
        """Seal for a place, under a key of the tenant or the instance's."""
        return self._keys.seal(self._whose(key_id), key_id, plain, place)

    def opened(self, key_id: str, sealed: bytes, place: str) -> bytes | None:
        """Open what was sealed; nothing where the key was destroyed."""
        try:
            return self._keys.open(self._whose(key_id), key_id, sealed, place)
        except KeyGone:
            return None

    def _whose(self, key_id: str) -> TenantId:
        return INSTANCE if key_id == INSTANCE_KEY else self.tenant


class Books:
    """The tables and their keys; in memory if not told else."""

    def __init__(
        self,
        storage: Storage | None = None,
        keys: KeyHouse | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.storage: Storage = storage or MemoryIdentity()
        self.keys: KeyHouse = keys or keys_in_memory()
        self.names: Recent[str] = Recent(monotonic)
        self.callers: Recent[Caller] = Recent(monotonic)

    def changed(self) -> None:
        """Forget what was read a moment ago: people, keys or a tenant changed."""
        self.names.forget()
        self.callers.forget()

    def at(self, tenant: TenantId, work: Callable[[Page], T], *, writes: bool = False) -> T:
        """Do the work on one tenant's rows, again where somebody was quicker."""

        def done() -> T:
            with self.storage.transaction(tenant, writes=writes) as rows, self.keys.transaction() as keys:
                return work(Page(tenant, rows, keys))

        return _persistently(done)

    def behind(self, mark: bytes, work: Callable[[Page], T], *, writes: bool = False) -> T:
        """Do the work on the rows of the tenant behind a mark; behind an unknown one nothing is found."""

        def done() -> T:
            with self.storage.behind(mark, writes=writes) as (tenant, rows), self.keys.transaction() as keys:
                return work(Page(tenant, rows, keys))

        return _persistently(done)

    def apart(self, work: Callable[[Rows], T]) -> T:
        """Do the work on what belongs to no tenant."""

        def done() -> T:
            with self.storage.apart() as rows:
                return work(rows)

        return _persistently(done)

    def sealed(self, plain: bytes, place: str) -> bytes:
        """Seal what belongs to no tenant, under the instance's key."""

        def done() -> bytes:
            with self.keys.transaction() as keys:
                return keys.seal(INSTANCE, INSTANCE_KEY, plain, place)

        return _persistently(done)

    def opened(self, sealed: bytes, place: str) -> bytes | None:
        """Open what was sealed under the instance's key; nothing where that was destroyed."""
        try:
            with self.keys.transaction() as keys:
                return keys.open(INSTANCE, INSTANCE_KEY, sealed, place)
        except KeyGone:
            return None

    def digest(self, purpose: str, text: str) -> bytes:
        """Return a digest keyed by a secret that all processes of the instance share."""

        def done() -> bytes:
            with self.keys.transaction() as keys:
                return keys.blind(INSTANCE, purpose, text.encode())

        return _persistently(done)


def _persistently(work: Callable[[], T]) -> T:
    """Repeat the work while others are quicker, or draw the same key at the same moment."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return work()
        except (VersionConflict, AlreadyThere):
            continue
    return work()
