"""Filling a tenant with leads of the demo population as they would lie there: each under a key of its own.

By COPY as the administrator, because a million must be there in minutes; the rows are those that the product
would write, each lead's row stored beside its event as after a change.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import psycopg
from msgspec.structs import replace

from benchmarks.postgres.installation import Installation
from leaddesk.contract.ids import TenantId
from leaddesk.server.eventlog.bulk import Linked, Linker, SeedLead, sealed
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.keys.sealing import NONCE_BYTES, bound, seal_with
from leaddesk.server.seed.population import Population
from leaddesk.server.seed.stored import Storekeeper

_BATCH = 500
_EVENT = "tenant_id, position, stream_id, version, kind, at, actor, subject, keeper, key_id, chain, payload"
_LEAD = (
    "tenant_id, id, version, serial, modified_at, lead_modified_at, created_at, started_at, closed_at, step,"
    " responsible, keeper, form_id, owner_id, key_id, position, doc"
)
_COUNTED = """
DELETE FROM lead_count WHERE tenant_id = %(tenant)s;
INSERT INTO lead_count SELECT tenant_id, concat_ws(E'\\x1f', coalesce(keeper, E'\\x1e'),
  coalesce(responsible, E'\\x1e'), coalesce(step, E'\\x1e')), keeper, responsible, step, COUNT(*)
  FROM lead WHERE tenant_id = %(tenant)s
  GROUP BY tenant_id, keeper, responsible, step;
DELETE FROM lead_day WHERE tenant_id = %(tenant)s;
INSERT INTO lead_day SELECT tenant_id, field, substr(at, 1, 10), count(*)
  FROM lead, LATERAL (VALUES ('modified_at', modified_at), ('created_at', created_at),
    ('started_at', started_at), ('closed_at', closed_at)) AS times (field, at)
  WHERE tenant_id = %(tenant)s AND at IS NOT NULL GROUP BY 1, 2, 3
"""
_KEY = "tenant_id, id, epoch, wrapped"
Row = Sequence[Any]
Copied = tuple[str, str, Iterable[Row]]


class Drawn:
    """Leads of one population, taken a few at a time."""

    def __init__(self, count: int, base: datetime | None = None, seed: int = 2026) -> None:
        base = base or datetime(2026, 11, 19, 12, 42, tzinfo=UTC)
        population = Population(count, clock=lambda: base, seed=seed)
        self._keeper = Storekeeper(population, "wagner")
        self._left = population.leads()

    def take(self, count: int) -> Iterator[SeedLead]:
        """Draw the next ones, each as one event that is its row."""
        for lead in islice(self._left, count):
            yield replace(self._keeper.stored(lead), created=None, later=())


def fill(place: Installation, tenant: TenantId, leads: Iterator[SeedLead]) -> int:
    """Write leads behind what the tenant's log holds; returns how many."""
    with place.log.for_tenant(Scope(tenant)).writing() as unit:
        unit.keys.seal(tenant, TENANT_KEY, b"", "-")  # a tenant without a key of its own gets one
        position, link = unit.head()
    linker, count = Linker(position, link), 0
    with ExitStack() as opened:
        data = opened.enter_context(place.admin())
        mirrors = [opened.enter_context(place.admin(name)) for name in ("keys-1", "keys-2")]
        while (batch := sealed(tenant, islice(leads, _BATCH))).leads:
            linked = linker.linked(batch)
            keys = list(_wrapped(place, tenant, linked))
            for mirror in mirrors:
                _copy(mirror, "data_key", _KEY, keys)
            _copy(data, "event", _EVENT, ((tenant, *row) for row in linked.events))
            _copy(data, "lead", _LEAD, ((tenant, *row) for row in linked.leads))
            position, link, count = linked.position, linked.link, count + len(batch.leads)
        for statement in _COUNTED.split(";"):
            data.execute(statement.encode(), {"tenant": tenant})
        data.execute(
            "UPDATE tenant_head SET position = %s, chain = %s WHERE tenant_id = %s", (position, link, tenant)
        )
    with place.log.for_tenant(Scope(tenant)).keeping() as unit:
        unit.run("DELETE FROM relay_cursor WHERE tenant_id = ?")
        unit.run("INSERT INTO relay_cursor (tenant_id, position) VALUES (?, ?)", position)
    return count


def _wrapped(place: Installation, tenant: TenantId, linked: Linked) -> Iterator[Row]:
    """Wrap new keys as the envelope does."""
    epoch = place.keys.epochs.newest
    cipher = place.keys._tenants.cipher(tenant, epoch)
    for key_id, key in linked.keys:
        wrapped = seal_with(cipher, os.urandom(NONCE_BYTES), key, bound(tenant, key_id, "key"))
        yield tenant, key_id, epoch, wrapped


def _copy(connection: psycopg.Connection[Any], table: str, columns: str, rows: Iterable[Row]) -> None:
    with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(_types(columns))
        for row in rows:
            copy.write_row(row)


def _types(columns: str) -> list[str]:
    whole = {"position", "version", "serial", "epoch"}
    opaque = {"chain", "payload", "doc", "wrapped"}
    names = [name.strip() for name in columns.split(",")]
    return ["int8" if name in whole else "bytea" if name in opaque else "text" for name in names]
