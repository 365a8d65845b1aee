"""The hash chain over a tenant's access log, and the signed segments that pin it (guarantee S6).

Each hour, and at the end, what was recorded becomes a signed segment, a copy of which goes to the outside.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from leaddesk.contract.ids import TenantId
from leaddesk.contract.wire import format_time
from leaddesk.server.oversight.entries import Entry
from leaddesk.server.oversight.storage import AccessStorage, Rows, Value

GENESIS = bytes(32)

_HEAD = "SELECT position, link FROM access_head WHERE tenant_id = ?"
_MOVE = (
    "INSERT INTO access_head (tenant_id, position, link, sealed) VALUES (?, ?, ?, 0)"
    " ON CONFLICT (tenant_id) DO UPDATE SET position = excluded.position, link = excluded.link"
)
_ENTRY = (
    "INSERT INTO access_entry (tenant_id, position, at, person, role, action, thing, purpose, result, detail,"
    " link) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_OPEN = "SELECT tenant_id, position, link, sealed FROM access_head WHERE position > sealed ORDER BY tenant_id"
_INSERT = (
    "INSERT INTO access_segment (tenant_id, last, first, link, sealed_at, signature)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_SEALED = "UPDATE access_head SET sealed = ? WHERE tenant_id = ?"

Check = Callable[[bytes, bytes], bool]
"""Tells whether a signature over a message is ours."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Entries ``first`` to ``last`` of one tenant, and the link of the last, signed."""

    tenant: TenantId
    first: int
    last: int
    link: bytes
    sealed_at: str
    signature: bytes = b""

    def message(self) -> bytes:
        """Write what is signed."""
        place = f"{self.tenant}\x1f{self.first}\x1f{self.last}\x1f{self.sealed_at}\x1f{self.link.hex()}"
        return b"leaddesk access log segment\x1f" + place.encode()


def link(before: bytes, entry: Entry, position: int) -> bytes:
    """Compute the link of an entry; the one before has 32 bytes, so that the parts cannot be shifted."""
    return hashlib.sha256(before + entry.covered(position).encode()).digest()


def append(rows: Rows, entries: Sequence[Entry]) -> None:
    """Append entries to their tenants' chains, in one transaction (on PostgreSQL the database does it)."""
    heads: dict[TenantId, tuple[int, bytes]] = {}
    lines: list[Sequence[Value]] = []
    for entry in entries:
        position, before = heads.get(entry.tenant) or _head(rows, entry.tenant)
        position += 1
        heads[entry.tenant] = position, link(before, entry, position)
        lines.append((entry.tenant, position, *told(entry), heads[entry.tenant][1]))
    rows.run_many(_ENTRY, lines)
    rows.run_many(_MOVE, [(tenant, *head) for tenant, head in heads.items()])


def told(entry: Entry) -> tuple[str | None, ...]:
    """Return the columns of an entry that say what happened."""
    what = (entry.action, entry.thing, entry.purpose, entry.result, entry.detail)
    return (entry.at, entry.person, entry.role, *what)


def _head(rows: Rows, tenant: TenantId) -> tuple[int, bytes]:
    found = rows.select(_HEAD, (tenant,))
    return (found[0][0], found[0][1]) if found else (0, GENESIS)


def faults(entries: Iterable[tuple[Entry, bytes]], segments: Iterable[Segment], is_ours: Check) -> list[str]:
    """Follow one tenant's chain from its beginning, hold it against the segments; nothing found is good.

    ``entries`` come with their stored link, by position. A shortened or rebuilt chain does not meet the
    segments, whose copies lie outside the database.
    """
    found: list[str] = []
    links, before, expected = {0: GENESIS}, GENESIS, 1
    for entry, stored in entries:
        before = link(before, entry, entry.position)
        if entry.position != expected:
            found.append(f"entry {expected} is missing")
            expected = entry.position
        if before != stored:
            found.append(f"entry {entry.position} was changed")
            before = stored  # one fault is one finding
        links[entry.position] = before
        expected += 1
    for segment in segments:
        if not is_ours(segment.message(), segment.signature):
            found.append(f"the segment up to {segment.last} is not signed by us")
        elif links.get(segment.last) != segment.link:
            found.append(f"entries up to {segment.last} are not those that were signed")
    return found


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
    return replace(bare, signature=witness.sign(bare.message()))


def _keep(rows: Rows, segment: Segment) -> None:
    place = (segment.tenant, segment.last, segment.first, segment.link, segment.sealed_at)
    rows.run(_INSERT, (*place, segment.signature))
    rows.run(_SEALED, (segment.last, segment.tenant))
