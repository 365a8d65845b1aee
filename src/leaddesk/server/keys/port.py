"""The port of envelope encryption: what a transaction may ask of keys, and how keys are named.

``tenant`` is whose key it is, not where the bytes lie: an offer's document lies under the recipient's tenant
and its key under the owner's, so that the owner's deletion reaches it (measure A9). ``bound_to`` names where
the bytes lie (keys.places): sealed for one place, they open at no other.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from leaddesk.contract.ids import TenantId


class KeyGone(Exception):
    """The key was destroyed, or never was: the bytes are unreadable for ever."""


class Sealed(NamedTuple):
    """Sealed bytes with all it takes to open them."""

    tenant: TenantId
    key_id: str
    content: bytes
    bound_to: str


class SealedColumns(NamedTuple):
    """Many :class:`Sealed`, column by column as a statement gives them: no object for each (P11)."""

    tenants: Sequence[TenantId]
    key_ids: Sequence[str]
    contents: Sequence[bytes]
    places: Sequence[str]


class Joined(NamedTuple):
    """Opened contents one behind the other in one buffer: a joint of one byte before each, one at the end.

    ``sizes``: how long each is; nothing for one whose key is gone, which takes no place.
    """

    buffer: bytearray
    sizes: list[int | None]

    def __repr__(self) -> str:
        return "<Joined>"

    def spans(self) -> Iterator[tuple[int, int] | None]:
        """Tell where each begins and ends; nothing for one whose key is gone."""
        end = 0
        for size in self.sizes:
            begin = end + 1
            end += 1 + size if size is not None else 0
            yield None if size is None else (begin, end)


class Keys(Protocol):
    """The keys of one transaction: sees every destruction before it began; new keys last with its commit."""

    def seal(self, tenant: TenantId, key_id: str, plain: bytes, bound_to: str) -> bytes:
        """Make bytes opaque under a key, which comes to be at first use. Raises :class:`KeyGone`."""

    def adopt(self, tenant: TenantId, key_id: str, key: bytes) -> None:
        """Take in a new key that was drawn and used elsewhere (``sealing.sealed_anew``)."""

    def open(self, tenant: TenantId, key_id: str, sealed: bytes, bound_to: str) -> bytes:
        """Give the bytes back. Raises :class:`KeyGone`, or ``Unreadable`` for bytes that were changed."""

    def open_many(self, sealed: Sequence[Sealed]) -> list[bytes | None]:
        """Give many back; nothing where a key is gone. Raises ``Unreadable``."""

    def open_joined(self, sealed: SealedColumns, joint: bytes) -> Joined:
        """Give many back side by side, so that nobody has to copy them together. Raises ``Unreadable``."""

    def check(self) -> None:
        """Look whether every place of the keys answers. Raises what its database raises."""

    def blind(self, tenant: TenantId, kind: str, value: bytes) -> bytes:
        """Return 32 bytes that stand for a value in an index: the same value of a kind, the same bytes.

        Keyed by the tenant's own secret, so that nobody else can tell, or try out, what stands for what.
        """


class KeyHouse(Protocol):
    """All keys: opened by a transaction, destroyed beside it."""

    def transaction(self) -> AbstractContextManager[Keys]:
        """Open keys for one transaction on the data. At the end new keys are stored, before the data is."""

    def destroy(self, tenant: TenantId, key_ids: Sequence[str]) -> None:
        """Destroy keys for ever, at once, in every copy."""

    def destroy_tenant(self, tenant: TenantId) -> None:
        """Destroy every key of a tenant for ever."""

    def destroyed_since(self, seen: int) -> tuple[int, list[tuple[TenantId, str]]]:
        """Return the number of the last destruction, and which keys of which tenant were destroyed after one;
        an empty key id stands for all of a tenant's.
        """

    def places_failing(self) -> int:
        """Count the places of the key above all others in which it is missing or old."""

    def is_turn_due(self) -> bool:
        """Tell whether it is time for :meth:`turn_epoch`, or one was interrupted."""

    def turn_epoch(self, batch: int = 500) -> Generator[int, None, None]:
        """Replace all keys that wrap keys, step by step, and destroy the old ones."""

    def filling(self) -> AbstractContextManager[None]:
        """Open a time in which nothing is acknowledged: new keys are in every copy at its end."""


def lead_key(lead_id: str) -> str:
    """Name the one data key of a lead."""
    return f"l:{lead_id}"


def offer_key(brokerage_id: str, stage: str) -> str:
    """Name the key of one frozen document, ``before`` or ``after``."""
    return f"o:{brokerage_id}:{stage}"


def attachments_key(brokerage_id: str) -> str:
    """Name the key of the files a partner has put at a granted lead; it ends with the grant."""
    return f"a:{brokerage_id}"


def hook_key(hook_id: str) -> str:
    """Name the key of a webhook's address and secrets."""
    return f"h:{hook_id}"


def partner_key(sales_partner_id: str) -> str:
    """Name the key of what a tenant wrote about a sales partner; it ends with the record."""
    return f"p:{sales_partner_id}"


def member_key(member_id: str) -> str:
    """Name the key of a member's name and e-mail."""
    return f"m:{member_id}"


TENANT_KEY = "t"
"""The tenant's own key: references, nothing about a lead."""
INSTANCE, INSTANCE_KEY = TenantId("instance"), "i"
"""The key of what must stay readable when its tenant is gone; it is the operator's."""
BLIND_KEY = "b"
"""The secret of the tenant's blind index."""
