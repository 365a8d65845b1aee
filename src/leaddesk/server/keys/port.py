"""The port of envelope encryption, and the implementation that stores plainly until keys exist.

``tenant`` is whose key it is, not where the bytes lie: an offer's document lies under the recipient's tenant
and its key under the owner's, so that the owner's deletion reaches it (measure A9).
"""

from typing import Protocol

from leaddesk.contract.ids import TenantId


class Keys(Protocol):
    """Seals on every write, opens on every read; a destroyed key opens nothing any more."""

    def seal(self, tenant: TenantId, key_id: str, plain: bytes) -> bytes:
        """Make bytes opaque under a key, which comes to be at first use."""

    def open(self, tenant: TenantId, key_id: str, sealed: bytes) -> bytes:
        """Give the bytes back."""

    def destroy(self, tenant: TenantId, key_ids: list[str]) -> None:
        """Destroy keys for ever; what they sealed stays unreadable."""


class PlainKeys:
    """Bytes as they are. Deletion therefore blanks them where they lie (commands.deletion)."""

    def seal(self, tenant: TenantId, key_id: str, plain: bytes) -> bytes:
        """Return the bytes."""
        return plain

    def open(self, tenant: TenantId, key_id: str, sealed: bytes) -> bytes:
        """Return the bytes."""
        return sealed

    def destroy(self, tenant: TenantId, key_ids: list[str]) -> None:
        """Nothing to destroy; blanking is what erases."""


def lead_key(lead_id: str) -> str:
    """Name the one data key of a lead."""
    return f"l:{lead_id}"


def offer_key(brokerage_id: str, stage: str) -> str:
    """Name the key of one frozen document, ``before`` or ``after``."""
    return f"o:{brokerage_id}:{stage}"


TENANT_KEY = "t"
"""The tenant's own key: references, nothing about a lead."""
