"""Where profiles are kept: a port with two rooms, the keyring and memory."""

from __future__ import annotations

from collections.abc import Callable, Set
from enum import StrEnum
from typing import Protocol

from leaddesk.personal.masked import Secret
from leaddesk.session.tokens import Profile


class VaultNote(StrEnum):
    """Whether the sign-in outlives the process; all but KEPT mean "for this session only", and why."""

    KEPT = "kept"
    MEMORY = "memory"
    NO_SERVICE = "no-service"
    LOCKED = "locked"
    SLOW = "slow"
    REFUSED = "refused"
    TOO_LARGE = "too-large"


class Vault(Protocol):
    """Keeps profiles. No method raises or takes longer than its time limit (guarantee B2)."""

    @property
    def note(self) -> VaultNote:
        """How the last call went."""
        ...

    def watch(self, callback: Callable[[VaultNote], None]) -> None:
        """Call back when the note changes, also when a slow store answers late."""
        ...

    async def load(self, address: str, *, quietly: bool = False) -> Profile | None:
        """Return the profile of a server, if one is kept; ``quietly`` without a prompt."""
        ...

    async def reread(self, profile: Profile) -> Profile:
        """Return the newest state of a profile: another process may have rotated it."""
        ...

    async def store(self, profile: Profile) -> None:
        """Keep a profile, replacing its earlier state."""
        ...

    async def remove(self, profile: Profile) -> None:
        """Forget a profile."""
        ...

    @property
    def doomed(self) -> Set[str]:
        """The ids of profiles that are still to be forgotten: the vault did not answer in time."""
        ...

    async def put_aside(self, key: Secret) -> str | None:
        """Keep a key beside the profiles; return its name, or ``None`` where it would not outlive us."""
        ...

    async def look_up(self, name: str) -> Secret | None:
        """Return a key that was put aside; it stays there, for an answer may come too late to be heard."""
        ...

    async def settle(self, patience: float = 0.0) -> None:
        """Write and remove what could not be until now; prompts nobody.

        ``patience``: seconds for a call under way, where there will be no other time.
        """
        ...
