"""The hash chain over a tenant's log (guarantee S6).

Each link covers the one before, the event's columns and its stored bytes. While content is
stored plainly, erasure blanks it: the link stays and can no longer be recomputed from the content, only
followed. Once keys exist, the bytes stay as ciphertext and the whole chain is recomputable.
"""

import hashlib

GENESIS = bytes(32)


def link(before: bytes, columns: str, payload: bytes) -> bytes:
    """Compute the link of an event. Unambiguous: ``before`` has 32 bytes, no column holds the separator."""
    return hashlib.sha256(b"%b%b\x1f%b" % (before, columns.encode(), payload)).digest()


def columns(position: int, stream_id: str, version: int, kind: str, at: str, actor: str, key_id: str) -> str:
    """Join the plain columns that a link covers."""
    return f"{position}\x1f{stream_id}\x1f{version}\x1f{kind}\x1f{at}\x1f{actor}\x1f{key_id}"
