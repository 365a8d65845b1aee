"""The keys that the secrets of months lie under: in the key store, apart from the access log."""

from collections.abc import Sequence
from typing import Protocol

from leaddesk.contract.ids import TenantId
from leaddesk.server.keys.custody.mirror import AlreadyThere
from leaddesk.server.keys.port import KeyGone, KeyHouse


class MonthKeys(Protocol):
    """What the access log asks of the key store."""

    def seal(self, tenant: TenantId, key_id: str, plain: bytes, bound_to: str) -> bytes:
        """Seal under a key that comes to be at first use."""

    def open(self, tenant: TenantId, key_id: str, sealed: bytes, bound_to: str) -> bytes | None:
        """Give the bytes back; nothing once the key is gone."""

    def destroy(self, tenant: TenantId, key_ids: Sequence[str]) -> None:
        """Destroy keys for ever."""


class StoredMonthKeys:
    """The key store, asked in transactions of its own."""

    def __init__(self, house: KeyHouse) -> None:
        self._house = house

    def seal(self, tenant: TenantId, key_id: str, plain: bytes, bound_to: str) -> bytes:
        """Seal under a key that is in the store before this returns."""
        try:
            return self._sealed(tenant, key_id, plain, bound_to)
        except AlreadyThere:  # another process drew it at the same moment
            return self._sealed(tenant, key_id, plain, bound_to)

    def _sealed(self, tenant: TenantId, key_id: str, plain: bytes, bound_to: str) -> bytes:
        with self._house.transaction() as keys:
            return keys.seal(tenant, key_id, plain, bound_to)

    def open(self, tenant: TenantId, key_id: str, sealed: bytes, bound_to: str) -> bytes | None:
        """Give the bytes back; nothing once the key is gone."""
        with self._house.transaction() as keys:
            try:
                return keys.open(tenant, key_id, sealed, bound_to)
            except KeyGone:
                return None

    def destroy(self, tenant: TenantId, key_ids: Sequence[str]) -> None:
        """Destroy keys in every copy."""
        self._house.destroy(tenant, key_ids)
