"""What can be read of raw bytes – files, logs of writes, dumps – by whoever knows what to look for.

Sealed values and wrapped keys are known from before; where the beginning of one is found, it lies there. So
more is taken for readable than would be, never less.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from leaddesk.server.keys.custody.epochs import Epochs
from leaddesk.server.keys.custody.mirror import Key, TenantKey
from tests.guarantees.erased.marks import found_in, marks_in
from tests.support import thief

HEAD = 200
"""Bytes of a sealed value by which it is found; longer ones lie in pieces."""
_HEX = re.compile(rb"\\x([0-9a-f]{16,})")


@dataclass
class Known:
    """What was sealed under which key, and how keys were wrapped, before anything was erased."""

    sealed: list[tuple[bytes, bytes, str]] = field(default_factory=list)
    wrapped: list[tuple[Key, bytes]] = field(default_factory=list)
    tenant_keys: list[TenantKey] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)

    def learn(self, database: bytes, keys: Iterable[bytes]) -> None:
        """Try every key on every value."""
        several = list(dict.fromkeys(keys))
        for value in thief.values_of(database):
            for key in several:
                for mark in marks_in(thief.opened(key, value)):
                    self.sealed.append((value[:HEAD], key, mark))
                    self.marks.add(mark)

    def learn_keys(self, rows: Iterable[Key], tenants: Iterable[TenantKey], epochs: Epochs) -> None:
        """Unwrap what a key store holds."""
        self.tenant_keys += tenants
        above = {(tenant, epoch): wrapped for tenant, epoch, wrapped in self.tenant_keys}
        for row in rows:
            tenant, _, epoch, wrapped, _ = row
            cipher = epochs.cipher(epoch)
            if wrapped and cipher is not None:
                key = thief.opened(thief.tenant_key(above[tenant, epoch], tenant, epoch, cipher), wrapped)
                self.wrapped.append((row, key))

    def keys_in(self, files: bytes, epochs: Epochs) -> set[bytes]:
        """Tell which data keys lie there wrapped under something that can still be opened."""
        open_tenants = {
            (tenant, epoch)
            for tenant, epoch, wrapped in self.tenant_keys
            if epochs.cipher(epoch) is not None and wrapped in files
        }
        return {
            key
            for (tenant, _, epoch, wrapped, _), key in self.wrapped
            if (tenant, epoch) in open_tenants and wrapped is not None and wrapped in files
        }

    def readable(self, files: bytes, keys: Collection[bytes]) -> set[str]:
        """Tell which marks lie there in plain, or sealed under one of these keys."""
        return set(found_in(files, self.marks)) | self.opened_by(files, keys)

    def opened_by(self, files: bytes, keys: Collection[bytes]) -> set[str]:
        """Tell which marks lie there sealed under one of these keys."""
        found = set[str]()
        for head, key, mark in self.sealed:
            if mark not in found and key in keys and head in files:
                found.add(mark)
        return found


def unhexed(text: bytes) -> bytes:
    """Give the bytes that a dump in words spells out, one behind the other."""
    return b"\0".join(bytes.fromhex(value[: len(value) // 2 * 2].decode()) for value in _HEX.findall(text))
