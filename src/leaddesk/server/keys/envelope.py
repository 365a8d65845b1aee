"""Envelope encryption: epoch key → tenant key → data keys. Data keys seal, all others only wrap keys.

Unwrapped data keys lie in a bounded cache. Each transaction asks the store once how often anything was
destroyed; if that is more than this process knows, the destroyed keys leave the cache before anything opens.
"""

import os
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TypeVar

from leaddesk.contract.ids import TenantId
from leaddesk.server.keys.cache import Cache, Name
from leaddesk.server.keys.custody.ending import destroy_tenant
from leaddesk.server.keys.custody.epochs import Epochs
from leaddesk.server.keys.custody.healing import Healed, heal, mend
from leaddesk.server.keys.custody.mirror import WHOLE_TENANT, AlreadyThere, EpochMoved, Key, TenantKey
from leaddesk.server.keys.custody.store import KeyStore
from leaddesk.server.keys.port import KeyGone
from leaddesk.server.keys.sealing import NONCE_BYTES, Cipher, bound, seal_with, unseal, unseal_many
from leaddesk.server.keys.tenants import TenantKeys
from leaddesk.server.keys.transaction import TransactionKeys

T = TypeVar("T")

MOST_CACHED = 131_072
"""Unwrapped data keys at hand; 0.3 kB each."""
MOST_CIPHERS = 8_192
"""Of those, how many are at hand ready for use, which saves 1 µs a lead; 2.4 kB each."""


class Envelope:
    """The keys of all tenants over one key store. Any thread may use it."""

    def __init__(self, store: KeyStore, epochs: Epochs, most_cached: int = MOST_CACHED) -> None:
        self.store = store
        self.epochs = epochs
        self.places_failing = epochs.places_failing
        self._tenants = TenantKeys(store, epochs)
        self._cache = Cache[bytes](most_cached)
        self._ciphers = Cache[Cipher](min(most_cached, MOST_CIPHERS))
        self._generation = 0
        self._turn = threading.RLock()

    @contextmanager
    def transaction(self) -> Iterator[TransactionKeys]:
        """Open keys for one transaction; what is new lasts if it ends well."""
        if self.store.torn:
            self._mend()
        self._forget_destroyed()
        keys = TransactionKeys(self)
        yield keys
        if keys.fresh:
            self._keep(keys.fresh)

    def destroy(self, tenant: TenantId, key_ids: Sequence[str]) -> None:
        """Destroy keys in both mirrors and here."""
        self.store.destroy(tenant, key_ids)
        self._forget_destroyed()

    def destroy_tenant(self, tenant: TenantId) -> None:
        """Destroy a tenant's keys in both mirrors and here."""
        destroy_tenant(self.store, tenant)
        self._forget_destroyed()

    def destroyed_since(self, seen: int) -> tuple[int, list[tuple[TenantId, str]]]:
        """Return the last destruction's number and what was destroyed after one; all of it if that number is
        of a future that this store, older than who asks, does not know.
        """
        generation = self.store.generation()
        if generation == seen:
            return generation, []
        with self.store.reading() as found:
            destroyed = found.destroyed_since(seen if seen < generation else 0)
        return generation, [(TenantId(tenant), key_id) for tenant, key_id in destroyed]

    def filling(self) -> AbstractContextManager[None]:
        """Open a time in which nothing is acknowledged and the second mirror waits."""
        return self.store.filling()

    def data_keys(self, tenant: str, key_ids: Iterable[str]) -> dict[str, bytes]:
        """Return unwrapped data keys, from the cache or the store; those that are gone are left out."""
        known, keys, missing = self._cache.of(tenant), {}, []
        for key_id in key_ids:
            key = known.get(key_id)
            if key is None:
                missing.append(key_id)
            else:
                keys[key_id] = key
        return keys | self._fetched(tenant, missing) if missing else keys

    def ciphers(self, tenant: str, key_ids: Sequence[str]) -> list[Cipher | None]:
        """Return data keys ready for use, in order; nothing for those that are gone."""
        found = list(map(self._ciphers.of(tenant).get, key_ids))
        if all(found):
            return found
        seen = self._generation
        missing = {key_id for key_id, cipher in zip(key_ids, found, strict=True) if cipher is None}
        made = {key_id: Cipher(key) for key_id, key in self.data_keys(tenant, missing).items()}
        self._remember(self._ciphers, {(tenant, key_id): made[key_id] for key_id in made}, seen)
        return [cipher or made.get(key_id) for key_id, cipher in zip(key_ids, found, strict=True)]

    def is_used(self, tenant: str, key_id: str) -> bool:
        """Tell whether there ever was such a key, or the whole tenant is destroyed."""
        return bool(self.store.find(tenant, [key_id, WHOLE_TENANT]))

    def forget_unwrapped(self) -> None:
        """Empty the caches; the next reads fetch what they need."""
        with self._turn:
            self._cache.clear()
            self._ciphers.clear()
            self._tenants.forget_all()

    def heal(self) -> Healed:
        """Compare the mirrors and bring them to the same state; called at start."""
        self.store.announce(self.epochs.newest)
        return heal(self.store, self._opens)

    def turn_epoch(self, batch: int = 500) -> Generator[int, None, None]:
        """Replace epoch key and tenant keys, wrap all data keys anew, destroy the old (server design).

        Gives how many keys each batch wrapped; between two batches anything else may happen. Goes on where a
        former turn was interrupted: both epoch keys live until the last data key is wrapped anew.
        """
        with self.store.turning():
            self.epochs.read_again()
            if self.epochs.is_turning:
                heal(self.store, self._opens)  # what the interruption left in one only would be left behind
            else:
                self.epochs.begin()
            self.store.announce(self.epochs.newest)
            self._give_tenants_new_keys()
            while count := self.store.rewrap(self.epochs.newest, batch, self._wrapped_anew):
                yield count
            with self._turn:
                self.store.drop_tenant_keys(self.epochs.newest)
                self.epochs.destroy_older()
                self._tenants.forget_all()

    def is_turn_due(self) -> bool:
        """Tell whether the last turn was nearly a day ago, or was interrupted."""
        return self.epochs.is_due

    def _mend(self) -> None:
        """Make both mirrors the same after a commit that failed; tried again each time while one is away."""
        with suppress(Exception):
            mend(self.store, self._opens)

    def _opens(self, key: Key) -> bool:
        return self._tenants.opens(key[0], key[2], key[1], key[3] or b"")

    def _give_tenants_new_keys(self) -> None:
        """Draw what other processes have not drawn already, now that the epoch is announced."""
        epoch = self.epochs.newest
        while True:
            with self.store.reading() as found:
                tenants = {tenant for tenant, _, _ in found.tenant_keys()}
            drawn = [row for tenant in sorted(tenants) for row in self._tenants.drawn(tenant, epoch)[0]]
            with suppress(AlreadyThere):
                self.store.add(epoch, (), drawn)
                return

    def _wrapped_anew(self, keys: Sequence[Key]) -> list[Key]:
        plain = {(key[0], key[1]): self._unwrapped(*key[:4]) for key in keys}
        return self._wrapped(plain, self.epochs.newest, {})

    def _forget_destroyed(self) -> None:
        generation = self.store.generation()
        if generation <= self._generation:
            return
        with self._turn, self.store.reading() as found:
            for tenant, key_id in found.destroyed_since(self._generation):
                if key_id == WHOLE_TENANT:
                    self._tenants.forget(tenant)
                    self._cache.forget_tenant(tenant)
                    self._ciphers.forget_tenant(tenant)
                else:
                    self._cache.forget(tenant, key_id)
                    self._ciphers.forget(tenant, key_id)
            self._generation = max(generation, self._generation)

    def _fetched(self, tenant: str, key_ids: Sequence[str]) -> dict[str, bytes]:
        seen = self._generation
        try:
            keys = self._found(tenant, key_ids)
        except KeyGone:
            # a turn ended between the looks at the keys and at what wraps them, or the whole tenant did
            keys = {} if self.store.find(tenant, [WHOLE_TENANT]) else self._found(tenant, key_ids)
        named = {(tenant, key_id): key for key_id, key in keys.items()}
        self._remember(self._cache, named, seen)
        return keys

    def _found(self, tenant: str, key_ids: Sequence[str]) -> dict[str, bytes]:
        lying = [
            (key_id, epoch, wrapped)
            for key_id, epoch, wrapped in self.store.find(tenant, key_ids)
            if wrapped is not None
        ]
        above = {epoch: self._tenants.cipher(tenant, epoch) for epoch in {epoch for _, epoch, _ in lying}}
        sealed = [(tenant, key_id, wrapped, "key") for key_id, _, wrapped in lying]
        unwrapped = unseal_many([above[epoch] for _, epoch, _ in lying], sealed)
        return {one[0]: key for one, key in zip(lying, unwrapped, strict=True) if key is not None}

    def _unwrapped(self, tenant: str, key_id: str, epoch: int, wrapped: bytes | None) -> bytes:
        if wrapped is None:
            raise KeyGone
        return unseal(self._tenants.cipher(tenant, epoch), wrapped, bound(tenant, key_id, "key"))

    def _keep(self, fresh: Mapping[Name, bytes]) -> None:
        """Store new keys in both mirrors, each wrapped by its tenant's newest key; then know them."""
        seen = self._generation
        try:
            self._store(fresh)
        except EpochMoved:
            self.epochs.read_again()
            self._store(fresh)
        self._remember(self._cache, fresh, seen)

    def _store(self, fresh: Mapping[Name, bytes]) -> None:
        epoch = self.epochs.newest
        drawn = {tenant: self._tenants.drawn(tenant, epoch) for tenant in {tenant for tenant, _ in fresh}}
        rows = self._wrapped(fresh, epoch, {tenant: cipher for tenant, (_, cipher) in drawn.items()})
        new: list[TenantKey] = [row for tenant_rows, _ in drawn.values() for row in tenant_rows]
        self.store.add(epoch, rows, new)

    def _wrapped(self, plain: Mapping[Name, bytes], epoch: int, ciphers: dict[str, Cipher]) -> list[Key]:
        nonces = os.urandom(NONCE_BYTES * len(plain))
        rows: list[Key] = []
        for place, ((tenant, key_id), key) in enumerate(plain.items()):
            cipher = ciphers.get(tenant)
            if cipher is None:
                cipher = ciphers[tenant] = self._tenants.cipher(tenant, epoch)
            nonce = nonces[place * NONCE_BYTES : (place + 1) * NONCE_BYTES]
            wrapped = seal_with(cipher, nonce, key, bound(tenant, key_id, "key"))
            rows.append((tenant, key_id, epoch, wrapped, None))
        return rows

    def _remember(self, cache: Cache[T], new: Mapping[Name, T], seen: int) -> None:
        """Keep something at hand, but nothing if destructions were heard of since it was looked for
        (``seen``): it may be one of them.
        """
        with self._turn:
            if seen == self._generation:
                cache.remember(new)
