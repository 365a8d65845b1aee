"""The port of leases: a name, who holds it, and when that ends by the clock of who keeps them.

A lease ends by itself: who was killed need not say so. None concerns a tenant.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Held(NamedTuple):
    """A lease as it stands."""

    name: str
    holder: str
    seconds_left: float


class Leases(Protocol):
    """Kept where all processes of an instance look."""

    def take(self, name: str, holder: str, seconds: float) -> bool:
        """Take a lease that is free or has ended, or renew one's own; tells whether it is the holder's.

        Raises ``StorageUnavailable``.
        """

    def leave(self, name: str, holder: str) -> None:
        """End one's own lease now; nothing if it is somebody else's. Raises ``StorageUnavailable``."""

    def held(self) -> Sequence[Held]:
        """List the leases that have not ended, by name. Raises ``StorageUnavailable``."""
