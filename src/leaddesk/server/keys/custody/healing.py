"""Healing the key store: at start, after a crash between the commits of its two mirrors, or a lost disk; and
while it runs, after a database that went away between them.

A key in one mirror only is copied, a destroyed one is destroyed in both, of two wrappings the younger epoch's
counts. So a mirror restored from a backup never brings a destroyed key back while the other one lives.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice

from leaddesk.server.keys.custody.ending import overwrite
from leaddesk.server.keys.custody.mirror import Key, Mirror, Writes
from leaddesk.server.keys.custody.store import KeyStore, next_generation

TOGETHER = 1_000
"""Keys of the two mirrors that are compared at once."""


@dataclass(frozen=True, slots=True)
class Healed:
    """What differed between the mirrors."""

    copied: int
    destroyed: int


def heal(store: KeyStore, opens: Callable[[Key], bool]) -> Healed:
    """Bring both mirrors to the same state; ``opens`` judges two wrappings of one epoch.

    First it is looked for differences beside whatever other processes do; what seems to differ is looked at
    again, and made the same, while nobody else writes.
    """
    with store.writing() as both:
        ended = _heal_tenants(both)
    _overwritten(store, ended)
    return _made_same(store, list(_differing(*store.mirrors)), opens)


def mend(store: KeyStore, opens: Callable[[Key], bool]) -> None:
    """Bring to the same state what commits that failed were about, now that both databases are there again.

    Raises ``StorageUnavailable`` if they are not.
    """
    torn = set(store.torn)
    with store.writing() as both:
        ended = _heal_tenants(both)
    _overwritten(store, ended)
    _made_same(store, sorted(torn), opens)
    store.torn -= torn


def _overwritten(store: KeyStore, ended: Iterable[str]) -> None:
    """Overwrite what is left of the keys of tenants that were destroyed."""
    for tenant in sorted(ended):
        overwrite(store, tenant)


def _made_same(store: KeyStore, names: Sequence[tuple[str, str]], opens: Callable[[Key], bool]) -> Healed:
    if not names:
        return Healed(0, 0)
    with store.writing() as both:
        generation = next_generation(both)
        pairs = [[mirror.reads.one(*name) for mirror in both] for name in names]
        agreed = [_agreed(left, right, opens) for left, right in pairs if left != right]
        whole = [key if key[3] is not None else (*key[:4], generation) for key in agreed]
        for mirror in both:
            mirror.put(whole)
    destroyed = sum(key[3] is None for key in whole)
    return Healed(len(whole) - destroyed, destroyed)


def _differing(first: Mirror, second: Mirror) -> Iterator[tuple[str, str]]:
    """Give the names of the keys that are not the same in both; both are walked in order, side by side.

    Many at a time as long as all are: a start with a million keys waits for this.
    """
    with first.reading() as one, second.reading() as other:
        left, right = one.everything(), other.everything()
        while (here := list(islice(left, TOGETHER))) == (there := list(islice(right, TOGETHER))):
            if not here:
                return
        both = heapq.merge(chain(here, left), chain(there, right), key=_name)
        for name, keys in groupby(both, key=_name):
            found = list(keys)
            if len(found) < 2 or found[0] != found[1]:
                yield name


def _name(key: Key) -> tuple[str, str]:
    return key[:2]


def _agreed(left: Key | None, right: Key | None, opens: Callable[[Key], bool]) -> Key:
    both = [key for key in (left, right) if key is not None]
    for key in both:
        if key[3] is None:
            return key
    newest = max(key[2] for key in both)
    best = [key for key in both if key[2] == newest]
    return next((key for key in best if opens(key)), best[0])


def _heal_tenants(both: Sequence[Writes]) -> set[str]:
    """Copy tenant keys that are in one only, unless their tenant was destroyed in the other; returns those
    that were destroyed.
    """
    for mirror in both:
        mirror.hold()
    ended = {tenant for mirror in both for tenant in mirror.reads.ended_tenants()}
    known = {key[:2]: key for mirror in reversed(both) for key in mirror.reads.tenant_keys()}
    living = [key for key in known.values() if key[0] not in ended]
    generation = next_generation(both) if ended else 0
    for mirror in both:
        mirror.put((), living)
        for tenant in ended:
            mirror.end_tenant(tenant, generation)
    return ended
