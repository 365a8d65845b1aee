"""Healing the key store at start, after a crash between the commits of its two mirrors, or a lost disk.

A key in one mirror only is copied, a destroyed one is destroyed in both, of two wrappings the younger epoch's
counts. So a mirror restored from a backup never brings a destroyed key back while the other one lives.
"""

from collections.abc import Callable
from dataclasses import dataclass

from leaddesk.server.keys.custody.mirror import WHOLE_TENANT, Key
from leaddesk.server.keys.custody.store import KeyStore, next_generation


@dataclass(frozen=True, slots=True)
class Healed:
    """What differed between the mirrors."""

    copied: int
    destroyed: int


def heal(store: KeyStore, opens: Callable[[Key], bool]) -> Healed:
    """Bring both mirrors to the same state; ``opens`` judges two wrappings of one epoch."""
    with store.writing() as both:
        _heal_tenants(store)
        left, right = ({key[:2]: key for key in mirror.everything()} for mirror in store.mirrors)
        differing = [name for name in left.keys() | right.keys() if left.get(name) != right.get(name)]
        agreed = [_agreed(left.get(name), right.get(name), opens) for name in differing]
        generation = next_generation(store.mirrors)
        whole = [key if key[3] is not None else (*key[:4], generation) for key in agreed]
        for mirror in both:
            mirror.put(whole)
    destroyed = sum(key[3] is None for key in whole)
    return Healed(len(whole) - destroyed, destroyed)


def _agreed(left: Key | None, right: Key | None, opens: Callable[[Key], bool]) -> Key:
    both = [key for key in (left, right) if key is not None]
    for key in both:
        if key[3] is None:
            return key
    newest = max(key[2] for key in both)
    best = [key for key in both if key[2] == newest]
    return next((key for key in best if opens(key)), best[0])


def _heal_tenants(store: KeyStore) -> None:
    """Copy tenant keys that are in one only, unless their tenant was destroyed in the other."""
    gone = [name for mirror in store.mirrors for name in mirror.destroyed_since(0)]
    ended = {tenant for tenant, key_id in gone if key_id == WHOLE_TENANT}
    known = {key[:2]: key for mirror in reversed(store.mirrors) for key in mirror.tenant_keys()}
    living = [key for key in known.values() if key[0] not in ended]
    generation = next_generation(store.mirrors)
    for mirror in store.mirrors:
        mirror.writes.put((), living)
        for tenant in ended:
            mirror.writes.destroy_tenant(tenant, generation)
