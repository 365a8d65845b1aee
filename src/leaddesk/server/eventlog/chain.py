"""The hash chain over a tenant's log (guarantee S6).

Each link covers the one before, all of the event's columns and its stored bytes. Those stay as ciphertext
after an erasure, so that the whole chain can always be computed anew. It begins with the log and the tenant:
no chain can stand for another's.
"""

import hashlib


def genesis(log_id: str, tenant: str) -> bytes:
    """Compute what the first link of a tenant's log is chained to."""
    return hashlib.sha256(f"leaddesk event log\x1f{log_id}\x1f{tenant}".encode()).digest()


def link(before: bytes, columns: str, payload: bytes) -> bytes:
    """Compute the link of an event. Unambiguous: ``before`` has 32 bytes, no column holds the separator."""
    return hashlib.sha256(b"%b%b\x1f%b" % (before, columns.encode(), payload)).digest()


Facts = tuple[int, str, int, str, str, str, str | None, str | None]
"""Position, stream, version, kind, time, actor, subject and keeper of an event."""


def columns(facts: Facts, key_id: str) -> str:
    """Join the plain columns that a link covers; what is absent is empty, for nothing that is there is."""
    position, stream_id, version, kind, at, actor, subject, keeper = facts
    place = f"{position}\x1f{stream_id}\x1f{version}\x1f{kind}\x1f{at}\x1f{actor}"
    return f"{place}\x1f{subject or ''}\x1f{keeper or ''}\x1f{key_id}"
