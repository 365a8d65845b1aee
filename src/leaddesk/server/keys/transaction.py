"""The keys of one transaction on the data: seals, opens, and draws new keys that last with its commit."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from leaddesk.contract.ids import TenantId
from leaddesk.server.keys.cache import Name
from leaddesk.server.keys.custody.store import KeyStore, ask_both
from leaddesk.server.keys.port import BLIND_KEY, Joined, KeyGone, Sealed, SealedColumns
from leaddesk.server.keys.sealing import Cipher, bound, new_key, seal, unseal, unseal_joined, unseal_many


class DataKeys(Protocol):
    """Where unwrapped data keys come from, and where they lie."""

    store: KeyStore

    def data_keys(self, tenant: str, key_ids: Iterable[str]) -> Mapping[str, bytes]:
        """Return those that live."""

    def ciphers(self, tenant: str, key_ids: Sequence[str]) -> list[Cipher | None]:
        """Return them ready for use, in order; nothing for those that are gone."""

    def is_used(self, tenant: str, key_id: str) -> bool:
        """Tell whether a key of this name may no longer come to be."""


class TransactionKeys:
    """See ``port.Keys``. ``fresh`` are the keys drawn here, which nobody has stored yet."""

    def __init__(self, keys: DataKeys) -> None:
        self._keys = keys
        self.fresh: dict[Name, bytes] = {}

    def seal(self, tenant: TenantId, key_id: str, plain: bytes, bound_to: str) -> bytes:
        """Seal under a key that is there, or under a new one. Raises ``KeyGone`` for a destroyed one."""
        return seal(Cipher(self._wanted(tenant, key_id)), plain, bound(tenant, key_id, bound_to))

    def adopt(self, tenant: TenantId, key_id: str, key: bytes) -> None:
        """Take in a key drawn elsewhere; that it is new shows when it is stored."""
        self.fresh[tenant, key_id] = key

    def open(self, tenant: TenantId, key_id: str, sealed: bytes, bound_to: str) -> bytes:
        """Open under a key that is there. Raises ``KeyGone``, ``Unreadable``."""
        key = self._known(tenant, key_id)
        if key is None:
            raise KeyGone
        return unseal(Cipher(key), sealed, bound(tenant, key_id, bound_to))

    def open_many(self, sealed: Sequence[Sealed]) -> list[bytes | None]:
        """Open many; nothing where a key is gone. Raises ``Unreadable``."""
        tenants, key_ids = [one.tenant for one in sealed], [one.key_id for one in sealed]
        return unseal_many(self._ciphers(tenants, key_ids), sealed)

    def open_joined(self, sealed: SealedColumns, joint: bytes) -> Joined:
        """Open many side by side. Raises ``Unreadable``."""
        return unseal_joined(self._ciphers(sealed.tenants, sealed.key_ids), sealed, joint)

    def check(self) -> None:
        """Ask both mirrors. Raises what the one that is away raises."""
        ask_both(self._keys.store)

    def blind(self, tenant: TenantId, kind: str, value: bytes) -> bytes:
        """Stand for a value by a digest keyed with the tenant's secret."""
        material = kind.encode() + b"\x1f" + value
        return hmac.digest(self._wanted(tenant, BLIND_KEY), material, hashlib.sha256)

    def _wanted(self, tenant: str, key_id: str) -> bytes:
        key = self._known(tenant, key_id)
        if key is None and self._keys.is_used(tenant, key_id):
            key = self._known(tenant, key_id)  # it may have come to be between the two looks
            if key is None:
                raise KeyGone
        if key is None:
            key = self.fresh[tenant, key_id] = new_key()
        return key

    def _known(self, tenant: str, key_id: str) -> bytes | None:
        fresh = self.fresh.get((tenant, key_id))
        return fresh or self._keys.data_keys(tenant, (key_id,)).get(key_id)

    def _ciphers(self, tenants: Sequence[TenantId], key_ids: Sequence[str]) -> list[Cipher | None]:
        several = set(tenants)
        if len(several) == 1 and not self.fresh:
            return self._keys.ciphers(several.pop(), key_ids)
        names = list(zip(tenants, key_ids, strict=True))
        found = {name: Cipher(self.fresh[name]) for name in names if name in self.fresh}
        for tenant in several:
            wanted = [key_id for owner, key_id in names if owner == tenant and (tenant, key_id) not in found]
            for key_id, cipher in zip(wanted, self._keys.ciphers(tenant, wanted), strict=True):
                if cipher is not None:
                    found[tenant, key_id] = cipher
        return [found.get(name) for name in names]
