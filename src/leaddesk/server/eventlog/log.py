"""The log: streams of one tenant, appended with an expected version at gapless positions.

``EventLog.for_tenant`` is the only way to a log; nothing below or above accepts a tenant id for reading
(house: "Tenant scope by construction"). Positions come from the tenant's own counter row inside the append
transaction: a global sequence lets pollers miss events.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from leaddesk.contract.ids import TenantId, Urn
from leaddesk.server.database.threads import Threads
from leaddesk.server.domain.events import Event, decode_event, encode_event
from leaddesk.server.domain.lead import Recorded
from leaddesk.server.eventlog import chain
from leaddesk.server.eventlog.schema import LAST_VERSION, UPSERT_HEAD
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.eventlog.storage import Append, LogRows, Storage, Value, VersionConflict
from leaddesk.server.eventlog.wakeups import Wakeups
from leaddesk.server.keys.custody.mirror import AlreadyThere
from leaddesk.server.keys.places import event_place
from leaddesk.server.keys.port import INSTANCE, INSTANCE_KEY, KeyGone, KeyHouse, Keys, Sealed
from leaddesk.server.leases.port import Leases

_STREAM = (
    "SELECT position, version, at, actor, kind, key_id, payload FROM event"
    " WHERE tenant_id = ? AND stream_id = ? ORDER BY version"
)


_SCOPED = re.compile(
    r"INSERT INTO \w+ \(tenant_id\b[^?]*VALUES \(\?|[^?]*\bWHERE (\w\.)?tenant_id = \?", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every event of one append shares. ``keeper``: whose lead it was before (visibility of push)."""

    at: str
    actor: Urn
    key_id: str
    keeper: Urn | None = None


@lru_cache(maxsize=1024)
def scoped(sql: str) -> str:
    """Return the statement if its first placeholder is the tenant's; raises ``ValueError`` otherwise.

    So a forgotten condition is found at the statement's first use, not by another tenant.
    """
    if not _SCOPED.match(sql):
        raise ValueError("a statement without its tenant")
    return sql


class Unit:
    """One transaction on one tenant's data. The tenant id becomes the first parameter of every statement."""

    def __init__(self, tenant: TenantId, rows: LogRows, keys: Keys, log_id: str) -> None:
        self.tenant = tenant
        self.log_id = log_id
        self.keys = keys
        self._rows = rows
        self._head: tuple[int, bytes] | None = None

    def select(self, sql: str, *params: Value) -> list[tuple[Any, ...]]:
        """Return all rows; the statement's first placeholder is the tenant."""
        return self._rows.select(scoped(sql), (self.tenant, *params))

    def search(self, sql: str, *params: Value) -> list[tuple[Any, ...]]:
        """Return all rows as :meth:`select`, where the best way to them depends on the values."""
        return self._rows.search(scoped(sql), (self.tenant, *params))

    def run(self, sql: str, *params: Value) -> int:
        """Change rows; the statement's first placeholder is the tenant."""
        return self._rows.run(scoped(sql), (self.tenant, *params))

    def run_many(self, sql: str, rows: Iterable[tuple[Value, ...]]) -> None:
        """Change many rows; each begins behind the tenant."""
        self._rows.run_many(scoped(sql), map((self.tenant,).__add__, rows))

    def head(self) -> tuple[int, bytes]:
        """Return the last position and its link; 0 for an empty log. Nobody else moves it meanwhile."""
        if self._head is None:
            found = self._rows.begun
            if found is None:
                found = self.select("SELECT position, chain FROM tenant_head WHERE tenant_id = ?")
            self._head = tuple(found[0]) if found else (0, chain.genesis(self.log_id, self.tenant))
        return self._head

    def move_head(self, position: int, link: bytes) -> None:
        """Set the head after an append."""
        self.run(UPSERT_HEAD, position, link)
        self._head = position, link

    def stream(self, stream_id: str) -> list[Recorded]:
        """Return a stream in order; events whose key was destroyed are left out."""
        found = self.select(_STREAM, stream_id)
        sealed = [
            Sealed(self._whose(key_id), key_id, payload, event_place(stream_id, version))
            for _, version, _, _, _, key_id, payload in found
        ]
        return [
            Recorded(position, version, at, Urn(actor), decode_event(kind, plain))
            for (position, version, at, actor, kind, *_), plain in zip(
                found, self.keys.open_many(sealed), strict=True
            )
            if plain is not None
        ]

    def event(self, stream_id: str, version: int, kind: str, key_id: str, payload: bytes) -> Event | None:
        """Open one event of this tenant; nothing where its key was destroyed."""
        plain = self.opened(self._whose(key_id), key_id, payload, event_place(stream_id, version))
        return None if plain is None else decode_event(kind, plain)

    def opened(self, owner: TenantId, key_id: str, sealed: bytes, bound_to: str) -> bytes | None:
        """Open sealed bytes; nothing where the key was destroyed."""
        try:
            return self.keys.open(owner, key_id, sealed, bound_to)
        except KeyGone:
            return None

    def version_of(self, stream_id: str) -> int:
        """Return the last version of a stream, unreadable events included; 0 for an unknown one."""
        return int(self.select(LAST_VERSION, stream_id)[0][0])

    def _whose(self, key_id: str) -> TenantId:
        """Tell whose key an event lies under: this tenant's, but for what must outlive it."""
        return INSTANCE if key_id == INSTANCE_KEY else self.tenant

    def append(self, stream_id: str, expected: int, events: Sequence[Event], stamp: Stamp) -> list[Recorded]:
        """Append to a stream whose last version is ``expected``; else raises :class:`VersionConflict`."""
        (position, link), version = self.head(), expected
        recorded, rows = [], []
        for event in events:
            position, version = position + 1, version + 1
            row, link = self._row(position, version, stream_id, event, stamp, link)
            rows.append(row)
            recorded.append(Recorded(position, version, stamp.at, stamp.actor, event))
        if rows:
            self._rows.append(Append(self.tenant, stream_id, expected, rows, (position, link)))
            self._head = position, link
        return recorded

    def _row(
        self, position: int, version: int, stream_id: str, event: Event, stamp: Stamp, before: bytes
    ) -> tuple[Sequence[Value], bytes]:
        """Return what is stored of an event, and its link."""
        kind = type(event).__name__
        place = event_place(stream_id, version)
        sealed = self.keys.seal(self._whose(stamp.key_id), stamp.key_id, encode_event(event), place)
        facts = (position, stream_id, version, kind, stamp.at, stamp.actor, event.subject, stamp.keeper)
        link = chain.link(before, chain.columns(facts, stamp.key_id), sealed)
        return (self.tenant, *facts, stamp.key_id, link, sealed), link


class TenantLog:
    """One tenant's log."""

    def __init__(self, tenant: TenantId, storage: Storage, keys: KeyHouse, wakeups: Wakeups) -> None:
        self.tenant = tenant
        self._storage = storage
        self._keys = keys
        self._wakeups = wakeups

    def reading(self) -> AbstractContextManager[Unit]:
        """Open a transaction that only reads."""
        return self._opened(writes=False)

    def keeping(self) -> AbstractContextManager[Unit]:
        """Open a transaction that writes what no stream tells (cursors, expired keys)."""
        return self._opened(writes=True)

    @contextmanager
    def writing(self) -> Iterator[Unit]:
        """Open a transaction that writes; streams of the tenant are woken after the commit."""
        with self._opened(writes=True) as unit:
            yield unit
        self._wakeups.notify(self.tenant)

    @contextmanager
    def _opened(self, *, writes: bool) -> Iterator[Unit]:
        """Open a transaction.

        Keys that are new are stored before the data is: what can be read always has its key. Raises
        :class:`VersionConflict` if another transaction made, or destroyed, the same key meanwhile.
        """
        try:
            begun = self._storage.transaction(self.tenant, writes=writes)
            with begun as rows, self._keys.transaction() as keys:
                yield Unit(self.tenant, rows, keys, self._storage.log_id)
        except AlreadyThere as taken:
            raise VersionConflict from taken


class EventLog:
    """All logs, reachable by scope only."""

    def __init__(self, storage: Storage, keys: KeyHouse) -> None:
        self.wakeups = Wakeups()
        self.keys = keys
        self.threads = Threads(storage.at_once)
        self._storage = storage

    @property
    def log_id(self) -> str:
        """Tell this log from every other one, of former runs too."""
        return self._storage.log_id

    @property
    def leases(self) -> Leases:
        """Return what the processes on this log take turns by."""
        return self._storage.leases

    def for_tenant(self, scope: Scope) -> TenantLog:
        """Open the log of one tenant."""
        return TenantLog(scope.tenant, self._storage, self.keys, self.wakeups)

    def scopes(self) -> list[Scope]:
        """Return a scope for every log, for work at start and on the clock (relay, deadlines)."""
        return [Scope(tenant) for tenant in self._storage.tenants()]

    def heads(self, tenants: Sequence[TenantId]) -> dict[TenantId, int]:
        """Return where logs stand now, for whoever waits for them to grow; tenants without one are absent."""
        return self._storage.heads(tenants)

    def due(self, now: str) -> list[Scope]:
        """Return a scope for every log with work for the clock: erasures not ended, deadlines over."""
        return [Scope(tenant) for tenant in self._storage.due(now)]

    def telling(self) -> list[Scope]:
        """Return a scope for every log that webhooks are told of."""
        return [Scope(tenant) for tenant in self._storage.telling()]
