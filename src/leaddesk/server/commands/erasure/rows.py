"""Taking all rows of a tenant away, a batch at a time: each a transaction of its own.

Every statement stays within its limit, however much a tenant had, and others are served in between. Walked
along each table's key, so that no batch meets the remains of those before it; after a crash it begins anew.
"""

from collections.abc import Iterator
from typing import Any

from leaddesk.server.eventlog.log import TenantLog, Unit
from leaddesk.server.eventlog.schema import CONTENT_TABLES

BATCH = 500
"""Rows; a block of a file has 256 kB."""


def removing(log: TenantLog) -> Iterator[int]:
    """Remove everything but the log itself; gives how many rows each step took."""
    for table, key in CONTENT_TABLES.items():
        after: tuple[Any, ...] | None = ()
        while after is not None and key:
            with log.keeping() as unit:
                after, count = _removed(unit, table, key, after)
            if count:
                yield count


def _removed(
    unit: Unit, table: str, key: tuple[str, ...], after: tuple[Any, ...]
) -> tuple[tuple[Any, ...] | None, int]:
    """Remove the next rows behind a place; returns where they end (nothing: the table does), and how many."""
    columns, marks = ", ".join(key), ", ".join("?" * len(key))
    behind = f" AND ({columns}) > ({marks})" if after else ""
    # Names from our own schema are put together here; every value is a parameter.
    ends = f"SELECT {columns} FROM {table} WHERE tenant_id = ?{behind} ORDER BY {columns} LIMIT 1 OFFSET ?"  # noqa: S608
    found = unit.select(ends, *after, BATCH - 1)
    last = tuple(found[0]) if found else ()
    until = f" AND ({columns}) <= ({marks})" if last else ""
    count = unit.run(f"DELETE FROM {table} WHERE tenant_id = ?{behind}{until}", *after, *last)  # noqa: S608
    return last or None, count
