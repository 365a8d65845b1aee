"""The hash chain over a tenant's access log, and the signed segments that pin it (guarantee S6)."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from leaddesk.contract.ids import TenantId
from leaddesk.server.oversight.entries import Entry

GENESIS = bytes(32)

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
