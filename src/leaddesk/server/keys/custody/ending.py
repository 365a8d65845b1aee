"""Destroying all keys of a tenant: its own first, which ends all; what they wrapped then, batch by batch."""

from collections.abc import Sequence

from leaddesk.server.keys.custody.mirror import WHOLE_TENANT, Writes
from leaddesk.server.keys.custody.store import KeyStore, next_generation

BATCH = 2_000
"""Keys overwritten by one transaction: other tenants' changes come in between."""


def destroy_tenant(store: KeyStore, tenant: str, batch: int = BATCH) -> None:
    """Destroy a tenant's keys in both mirrors. What a crash leaves is overwritten at the next start."""
    with store.writing() as both:
        generation = next_generation(both)
        for mirror in both:
            mirror.end_tenant(tenant, generation)
    overwrite(store, tenant, batch)


def overwrite(store: KeyStore, tenant: str, batch: int = BATCH) -> None:
    """Overwrite whatever is left of a tenant that has ended."""
    after: str | None = WHOLE_TENANT
    while after is not None:
        with store.writing() as both:
            after = _overwritten(both, tenant, after, batch)


def _overwritten(both: Sequence[Writes], tenant: str, after: str, batch: int) -> str | None:
    """Overwrite the next keys behind one; returns the last of them, nothing if there are none."""
    generations = [mirror.hold() for mirror in both]
    found = sorted({one for mirror in both for one in mirror.reads.living(tenant, after, batch)})[:batch]
    if not found:
        return None
    for mirror in both:
        mirror.end_between(tenant, max(generations), after, found[-1])
    return found[-1]
