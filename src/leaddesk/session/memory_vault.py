"""A vault for this process only: tests, and people who want nothing kept."""

from __future__ import annotations

from collections.abc import Callable

from leaddesk.personal.masked import Secret
from leaddesk.session.tokens import Profile
from leaddesk.session.vault import VaultNote


class MemoryVault:
    """Keeps profiles in a dictionary. Implements :class:`~leaddesk.session.profiles.drawer.Cabinet`."""

    note = VaultNote.MEMORY
    doomed: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self._profiles: dict[str, Profile] = {}

    def watch(self, callback: Callable[[VaultNote], None]) -> None:
        """Memory never changes its note, so nobody is called back."""

    def unwatch(self, callback: Callable[[VaultNote], None]) -> None:
        """Nobody was to be called back."""

    async def names(self) -> tuple[str, ...]:
        """Return the ids, the one that was in front last first."""
        return tuple(self._profiles)

    async def read(self, name: str) -> Profile | None:
        """Return one profile by its id."""
        return self._profiles.get(name)

    async def prefer(self, profile: Profile) -> None:
        """Make a profile the first."""
        found = self._profiles.pop(profile.profile_id, None)
        if found is not None:
            self._profiles = {found.profile_id: found, **self._profiles}

    async def load(self, address: str, *, quietly: bool = False) -> Profile | None:
        """Return the profile of a server, of any for ``""``."""
        return next((one for one in self._profiles.values() if address in ("", one.address)), None)

    async def reread(self, profile: Profile) -> Profile:
        """Return the newest state."""
        return self._profiles.get(profile.profile_id, profile)

    async def store(self, profile: Profile) -> None:
        """Keep it."""
        self._profiles[profile.profile_id] = profile

    async def settle(self, patience: float = 0.0) -> None:
        """Nothing is ever left to do."""

    async def remove(self, profile: Profile) -> None:
        """Forget it."""
        self._profiles.pop(profile.profile_id, None)

    async def put_aside(self, key: Secret) -> str | None:
        """Keep no key: what it opens would lie beside it."""
        return None

    async def look_up(self, name: str) -> Secret | None:
        """No key was kept."""
        return None
