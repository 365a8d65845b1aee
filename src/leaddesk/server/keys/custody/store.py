"""The key store: two mirrors written together, so that no single loss of a disk loses what keys open.

Whatever is acknowledged lies in both. A crash between the two commits is healed at start, a database that
went away between them as soon as it is back (custody.healing).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress

from leaddesk.server.keys.custody.mirror import Key, Mirror, Reads, TenantKey, Writes


class KeyStore:
    """Reads the first mirror, writes both, always in the same order. From any thread and process."""

    def __init__(self, first: Mirror, second: Mirror) -> None:
        self.mirrors = (first, second)
        self.torn: set[tuple[str, str]] = set()
        """Tenant and id of what a commit that failed may have left in one mirror only; to be healed."""
        self._written: Sequence[Mirror] = self.mirrors

    @contextmanager
    def writing(self) -> Iterator[Sequence[Writes]]:
        """Open one transaction over both mirrors; committed one after the other, or neither."""
        begun: list[Writes] = []
        try:
            for mirror in self._written:
                begun.append(mirror.begin())
            yield begun
            touched = {name for writes in begun for name in writes.touched}
            try:
                while begun:
                    begun.pop(0).end("COMMIT")
            except BaseException:
                self.torn |= touched  # before the other one goes on with what only one may know
                raise
        except BaseException:
            for writes in begun:
                with suppress(Exception):  # its database has gone, and rolls back; the next one is there
                    writes.end("ROLLBACK")
            raise

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Write the first mirror only, and at the end make the second its copy, where they can be copied.

        For a population that nobody relies on before all of it is there; a crash in between is healed.
        """
        first, second = self.mirrors
        if not first.copy_to(second):
            yield
            return
        self._written = (first,)
        try:
            yield
        finally:
            first.copy_to(second)
            self._written = self.mirrors

    def turning(self) -> AbstractContextManager[None]:
        """Keep everybody else from turning the epoch."""
        return self.mirrors[0].turning()

    def reading(self) -> AbstractContextManager[Reads]:
        """Ask the first mirror."""
        return self.mirrors[0].reading()

    def find(self, tenant: str, ids: Sequence[str]) -> list[tuple[str, int, bytes | None]]:
        """Return id, epoch and wrapped key (absent: destroyed) of those that are known."""
        with self.reading() as first:
            return first.find(tenant, ids)

    def generation(self) -> int:
        """Count destructions."""
        with self.reading() as first:
            return first.generation()

    def add(self, epoch: int, keys: Iterable[Key], tenant_keys: Iterable[TenantKey] = ()) -> None:
        """Add new keys, wrapped under an epoch, to both.

        Raises ``AlreadyThere``, also for a key that was destroyed, and ``EpochMoved``.
        """
        rows, tenant_rows = list(keys), list(tenant_keys)
        with self.writing() as both:
            for mirror in both:
                mirror.add(epoch, rows, tenant_rows)

    def destroy(self, tenant: str, ids: Sequence[str]) -> None:
        """Destroy keys in both; ids that never had a key never get one."""
        with self.writing() as both:
            generation = next_generation(both)
            for mirror in both:
                mirror.destroy(tenant, ids, generation)

    def announce(self, epoch: int) -> None:
        """Let nothing be added under an older epoch any more, by whatever process."""
        with self.writing() as both:
            for mirror in both:
                mirror.announce(epoch)

    def rewrap(self, epoch: int, limit: int, anew: Callable[[Sequence[Key]], Sequence[Key]]) -> int:
        """Wrap up to ``limit`` keys of older epochs anew, in both; returns how many there were."""
        with self.writing() as both:
            for mirror in both:
                mirror.hold()  # what is destroyed meanwhile would come back
            old = both[0].reads.older(epoch, limit)
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


def ask_both(store: KeyStore) -> None:
    """Ask each mirror something: a new key must lie in both. Raises what the one that is away raises."""
    for mirror in store.mirrors:
        with mirror.reading() as reads:
            reads.generation()


def next_generation(both: Sequence[Writes]) -> int:
    """Number the next destruction and hold that number until the end of the transactions."""
    number = 1 + max([mirror.hold() for mirror in both])
    for mirror in both:
        mirror.count(number)
    return number
