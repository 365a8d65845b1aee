"""The port of envelope encryption, and the implementation that stores plainly until keys exist.

``tenant`` is whose key it is, not where the bytes lie: an offer's document lies under the recipient's tenant
and its key under the owner's, so that the owner's deletion reaches it (measure A9). ``bound_to`` names where
the bytes lie (keys.places): sealed for one place, they open at no other.
"""

import hashlib
import hmac
import secrets
from typing import Protocol

from leaddesk.contract.ids import TenantId


class Keys(Protocol):
    """Seals on every write, opens on every read; a destroyed key opens nothing any more."""

    def seal(self, tenant: TenantId, key_id: str, plain: bytes, bound_to: str) -> bytes:
        """Make bytes opaque under a key, which comes to be at first use."""

    def open(self, tenant: TenantId, key_id: str, sealed: bytes, bound_to: str) -> bytes:
        """Give the bytes back."""

    def destroy(self, tenant: TenantId, key_ids: list[str]) -> None:
        """Destroy keys for ever; what they sealed stays unreadable."""

    def blind(self, tenant: TenantId, kind: str, value: bytes) -> bytes:
        """Return 32 bytes that stand for a value in an index: the same value of a kind, the same bytes.

        Keyed by the tenant's own secret, so that nobody else can tell, or try out, what stands for what.
        """


class PlainKeys:
    """Bytes as they are. Deletion therefore blanks them where they lie (projections.erasure)."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def seal(self, tenant: TenantId, key_id: str, plain: bytes, bound_to: str) -> bytes:
        """Return the bytes."""
        return plain

    def open(self, tenant: TenantId, key_id: str, sealed: bytes, bound_to: str) -> bytes:
        """Return the bytes."""
        return sealed

    def destroy(self, tenant: TenantId, key_ids: list[str]) -> None:
        """Nothing to destroy; blanking is what erases."""

    def blind(self, tenant: TenantId, kind: str, value: bytes) -> bytes:
        """Stand for a value by a keyed digest."""
        material = b"%b\x1f%b\x1f%b" % (tenant.encode(), kind.encode(), value)
        return hmac.digest(self._secret, material, hashlib.sha256)


def lead_key(lead_id: str) -> str:
    """Name the one data key of a lead."""
    return f"l:{lead_id}"


def offer_key(brokerage_id: str, stage: str) -> str:
    """Name the key of one frozen document, ``before`` or ``after``."""
    return f"o:{brokerage_id}:{stage}"


TENANT_KEY = "t"
"""The tenant's own key: references, nothing about a lead."""
