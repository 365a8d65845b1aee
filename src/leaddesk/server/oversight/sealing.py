"""Signing what was recorded: each hour and at the end a segment a tenant, a copy of it to the outside."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from leaddesk.contract.ids import TenantId
from leaddesk.contract.wire import format_time
from leaddesk.server.oversight.chain import Segment
from leaddesk.server.oversight.storage import AccessStorage, Rows

_OPEN = "SELECT tenant_id, position, link, sealed FROM access_head WHERE position > sealed ORDER BY tenant_id"
_INSERT = (
    "INSERT INTO access_segment (tenant_id, last, first, link, sealed_at, signature)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_SEALED = "UPDATE access_head SET sealed = ? WHERE tenant_id = ?"


class Witness(Protocol):
    """Signs, and keeps a copy where who can write the database cannot write."""

    def sign(self, message: bytes) -> bytes:
        """Sign a message."""

    def keep(self, segment: Segment) -> None:
        """Put a signed segment into the outside sink. Raises ``OSError``."""


def seal(storage: AccessStorage, witness: Witness, clock: Callable[[], datetime]) -> int:
    """Sign everything recorded since the last time and return how many segments that made.

    The copy goes out first: a crash in between leaves a copy too many, never one too few.
    """
    now = format_time(clock())
    with storage.transaction() as rows:
        signed = [_signed(row, now, witness) for row in rows.select(_OPEN)]
    for segment in signed:
        witness.keep(segment)
    with storage.transaction() as rows:
        for segment in signed:
            _keep(rows, segment)
    return len(signed)


def _signed(row: tuple[str, int, bytes, int], now: str, witness: Witness) -> Segment:
    tenant, last, link, sealed = row
    bare = Segment(TenantId(tenant), sealed + 1, last, link, now)
    return Segment(bare.tenant, bare.first, last, link, now, witness.sign(bare.message()))


def _keep(rows: Rows, segment: Segment) -> None:
    place = (segment.tenant, segment.last, segment.first, segment.link, segment.sealed_at)
    rows.run(_INSERT, (*place, segment.signature))
    rows.run(_SEALED, (segment.last, segment.tenant))
