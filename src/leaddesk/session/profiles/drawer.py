"""One sign-in's drawer of the vault: it opens for its own profile and for no other's (guarantee B1)."""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Protocol

from leaddesk.personal.masked import Secret
from leaddesk.session.tokens import Profile
from leaddesk.session.vault import Vault, VaultNote


class Cabinet(Vault, Protocol):
    """A vault of several profiles, as :class:`~leaddesk.session.keyring_vault.KeyringVault` is."""

    def unwatch(self, callback: Callable[[VaultNote], None]) -> None:
        """Call this one back no more."""
        ...

    async def names(self) -> tuple[str, ...]:
        """Return the listed profiles' ids, the one that was in front last first."""
        ...

    async def read(self, name: str) -> Profile | None:
        """Return one profile by its id."""
        ...

    async def prefer(self, profile: Profile) -> None:
        """Make a listed profile the first of the list."""
        ...


class Drawer:
    """Implements :class:`~leaddesk.session.vault.Vault` for one sign-in of several.

    ``found`` is the profile it was made for. Without one it is empty: nothing is resumed in it, unless
    ``searches`` (the first of a start, whose keyring had nothing to say): then it takes what is kept for its
    server as soon as that can be read without a prompt.
    """

    def __init__(self, cabinet: Cabinet, found: Profile | None = None, *, searches: bool = False) -> None:
        self._cabinet, self._found, self._searches = cabinet, found, searches
        self._watchers: list[Callable[[VaultNote], None]] = []
        cabinet.watch(self._hear)

    @property
    def note(self) -> VaultNote:
        """How the cabinet's last call went."""
        return self._cabinet.note

    def watch(self, callback: Callable[[VaultNote], None]) -> None:
        """Call back when the note changes, and when a keyring answers late."""
        self._watchers.append(callback)

    async def load(self, address: str, *, quietly: bool = False) -> Profile | None:
        """Return this drawer's profile; it was read when the drawer was made."""
        found, self._found = self._found, None
        if found is not None:
            return found if found.address == address else None
        if not (self._searches and quietly):
            return None  # the cabinet was asked before this drawer was made; asking again could prompt again
        return await self._cabinet.load(address, quietly=True)

    async def reread(self, profile: Profile) -> Profile:
        """Return the newest state of the profile."""
        return await self._cabinet.reread(profile)

    async def store(self, profile: Profile) -> None:
        """Keep it."""
        self._searches = False
        await self._cabinet.store(profile)

    async def remove(self, profile: Profile) -> None:
        """Forget it."""
        await self._cabinet.remove(profile)

    @property
    def doomed(self) -> Set[str]:
        """What the cabinet is still to forget."""
        return self._cabinet.doomed

    async def put_aside(self, key: Secret) -> str | None:
        """Keep a key beside the profiles."""
        return await self._cabinet.put_aside(key)

    async def look_up(self, name: str) -> Secret | None:
        """Return a key."""
        return await self._cabinet.look_up(name)

    async def settle(self, patience: float = 0.0) -> None:
        """Have the cabinet write what it could not."""
        await self._cabinet.settle(patience)

    def leave(self) -> None:
        """Hear of the cabinet no more."""
        self._watchers.clear()
        self._cabinet.unwatch(self._hear)

    def _hear(self, note: VaultNote) -> None:
        for callback in tuple(self._watchers):
            callback(note)
