"""The key store: two mirrors written together, so that no single loss of a disk loses what keys open.

Whatever is acknowledged lies in both. A crash between the two commits is healed at start (custody.healing).
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from leaddesk.server.keys.custody.mirror import WHOLE_TENANT, Key, Mirror, TenantKey, Writes


class KeyStore:
    """Reads the first mirror, writes both."""

    def __init__(self, first: Mirror, second: Mirror) -> None:
        self.mirrors = (first, second)
        self._written: Sequence[Mirror] = self.mirrors
        self._turn = threading.RLock()

    @contextmanager
    def writing(self) -> Iterator[Sequence[Writes]]:
        """Open one transaction over both mirrors; committed one after the other, or neither."""
        with self._turn:
            begun: list[Writes] = []
            try:
                for mirror in self._written:
                    mirror.writes.execute("BEGIN IMMEDIATE")
                    begun.append(mirror.writes)
                yield begun
            except BaseException:
                for writes in begun:
                    writes.execute("ROLLBACK")
                raise
            for writes in begun:
                writes.execute("COMMIT")

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Write the first mirror only, and at the end make the second its copy.

        For a population that nobody relies on before all of it is there; a crash in between is healed.
        """
        first, second = self.mirrors
        self._written = (first,)
        try:
            yield
        finally:
            with self._turn:
                first.copy_to(second)
                self._written = self.mirrors

    def find(self, tenant: str, ids: Sequence[str]) -> list[tuple[str, int, bytes | None]]:
        """Return id, epoch and wrapped key (absent: destroyed) of those that are known."""
        with self._turn:
            return self.mirrors[0].find(tenant, ids)

    def tenant_key(self, tenant: str, epoch: int) -> bytes | None:
        """Return a tenant's wrapped key of an epoch."""
        with self._turn:
            return self.mirrors[0].tenant_key(tenant, epoch)

    def tenant_keys(self) -> list[TenantKey]:
        """Return all tenant keys."""
        with self._turn:
            return self.mirrors[0].tenant_keys()

    def generation(self) -> int:
        """Count destructions."""
        with self._turn:
            return self.mirrors[0].generation()

    def destroyed_since(self, generation: int) -> list[tuple[str, str]]:
        """Return what was destroyed after a generation; an empty id stands for a whole tenant."""
        with self._turn:
            return self.mirrors[0].destroyed_since(generation)

    def add(self, keys: Iterable[Key], tenant_keys: Iterable[TenantKey] = ()) -> None:
        """Add new keys to both. Raises ``AlreadyThere``, also for a key that was destroyed."""
        rows, tenant_rows = list(keys), list(tenant_keys)
        with self.writing() as both:
            for mirror in both:
                mirror.add(rows, tenant_rows)

    def destroy(self, tenant: str, ids: Sequence[str]) -> None:
        """Destroy keys in both; ids that never had a key never get one. ``WHOLE_TENANT`` stands for all."""
        with self.writing() as both:
            generation = next_generation(self.mirrors)
            for mirror in both:
                if WHOLE_TENANT in ids:
                    mirror.destroy_tenant(tenant, generation)
                else:
                    mirror.destroy(tenant, ids, generation)

    def rewrap(self, epoch: int, limit: int, anew: Callable[[Sequence[Key]], Sequence[Key]]) -> int:
        """Wrap up to ``limit`` keys of older epochs anew, in both; returns how many there were."""
        with self.writing() as both:
            old = self.mirrors[0].older(epoch, limit)
            new = anew(old)
            for mirror in both:
                mirror.put(new)
        return len(old)

    def drop_tenant_keys(self, before: int) -> None:
        """Destroy tenant keys of older epochs in both."""
        with self.writing() as both:
            for mirror in both:
                mirror.drop_tenant_keys(before)

    def close(self) -> None:
        """Let go of both."""
        for mirror in self.mirrors:
            mirror.close()


def next_generation(mirrors: Iterable[Mirror]) -> int:
    """Number the next destruction; inside a transaction over all mirrors."""
    return 1 + max(mirror.generation() for mirror in mirrors)
