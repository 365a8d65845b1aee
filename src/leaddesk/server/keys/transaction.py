"""The keys of one transaction on the data: seals, opens, and draws new keys that last with its commit."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from leaddesk.contract.ids import TenantId
from leaddesk.server.keys.port import BLIND_KEY, KeyGone, Sealed
from leaddesk.server.keys.sealing import Cipher, bound, new_key, seal, unseal, unseal_many

Name = tuple[str, str]
"""Whose key, and which."""


class DataKeys(Protocol):
    """Where unwrapped data keys come from."""

    def data_keys(self, tenant: str, key_ids: Iterable[str]) -> Mapping[str, bytes]:
        """Return those that live."""

    def ciphers(self, tenant: str, key_ids: Iterable[str]) -> Mapping[str, Cipher]:
        """Return those that live, ready for use."""

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
        wanted: dict[TenantId, dict[str, None]] = {}
        for one in sealed:
            wanted.setdefault(one.tenant, {})[one.key_id] = None
        ciphers: dict[str, Mapping[str, Cipher]] = {}
        for tenant, key_ids in wanted.items():
            ciphers[tenant] = self._ciphers(tenant, key_ids)
        return unseal_many(ciphers, sealed)

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

    def _ciphers(self, tenant: str, key_ids: Iterable[str]) -> Mapping[str, Cipher]:
        fresh = {key_id: self.fresh[tenant, key_id] for key_id in key_ids if (tenant, key_id) in self.fresh}
        known = self._keys.ciphers(tenant, [one for one in key_ids if one not in fresh] if fresh else key_ids)
        return {**known, **{key_id: Cipher(key) for key_id, key in fresh.items()}} if fresh else known
