"""The operating system's keyring as the vault (guarantees B1 to B3).

The keyring's library works in a process of its own
(:mod:`~leaddesk.session.keeper`); the token passes through a pipe, and a call that blocks without limit costs
the client nothing but a waiting thread.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from leaddesk.session.blocking import Blocking, TooSlow
from leaddesk.session.keeper.keeper import Keeper, KeeperFailed
from leaddesk.session.tokens import PROFILE_CAP, Profile
from leaddesk.session.vault import VaultNote

if TYPE_CHECKING:
    from leaddesk.session.keeper.book import Book

T = TypeVar("T")
log = logging.getLogger(__name__)

LIMIT_SECONDS = 2.0


class KeyringVault:
    """Keeps profiles in a vetted keyring; implements :class:`~leaddesk.session.vault.Vault`.

    Every call runs in a thread with a time limit and raises nothing: what goes wrong becomes the
    :attr:`note`, and the session goes on in memory. What could not be written in time is written when the
    keyring comes back. ``listed=False`` is for demo and tour: such profiles are found by nobody else, and
    the owner removes them at exit.
    """

    def __init__(
        self, book: Book | None = None, *, listed: bool = True, seconds: float = LIMIT_SECONDS
    ) -> None:
        self._book: Book = book or Keeper()
        self._listed = listed
        self._seconds = seconds
        self._note = VaultNote.KEPT
        self._watchers: list[Callable[[VaultNote], None]] = []
        self._pending: Profile | None = None
        self._doomed: set[str] = set()
        self._mutex = threading.Lock()
        self._blocking = Blocking(self._settle_late, self._came_back)

    @property
    def note(self) -> VaultNote:
        """How the last call went."""
        return self._note

    def watch(self, callback: Callable[[VaultNote], None]) -> None:
        """Call back when the note changes, and when a keyring answers late (KEPT: ask again)."""
        self._watchers.append(callback)

    async def load(self, address: str, *, quietly: bool = False) -> Profile | None:
        """Return the profile of a server, if one is kept. ``quietly``: not from one that would prompt."""
        if not self._listed:
            return None
        return await self._call(lambda: self._book.find(address, quietly), None)

    async def reread(self, profile: Profile) -> Profile:
        """Return the newest state; the one given, if it could not be written yet or cannot be read."""
        if self._pending is not None:
            return profile
        name = profile.profile_id
        return await self._call(lambda: self._book.read(name), None, self._note) or profile

    async def store(self, profile: Profile) -> None:
        """Keep a profile; too long a one is removed instead, since what is kept would be outdated."""
        if len(profile.to_text()) > PROFILE_CAP:
            self._doom(profile)
            await self._call(self._settle, None, VaultNote.TOO_LARGE)
            return
        with self._mutex:
            self._doomed.discard(profile.profile_id)
            self._pending = profile
        await self._call(self._settle, None)

    async def remove(self, profile: Profile) -> None:
        """Forget a profile, and the list with the last one."""
        self._doom(profile)
        await self._call(self._settle, None, self._note)

    def _doom(self, profile: Profile) -> None:
        with self._mutex:
            self._doomed.add(profile.profile_id)
            if self._pending is not None and self._pending.profile_id == profile.profile_id:
                self._pending = None

    async def _call(self, work: Callable[[], T], otherwise: T, good: VaultNote = VaultNote.KEPT) -> T:
        try:
            result = await self._blocking.call(work, self._seconds)
        except TooSlow:
            self._tell(VaultNote.SLOW)
        except Exception as failure:
            name = _name_of(failure)
            log.info("the keyring refused: %s", name)
            self._tell(_NOTES.get(name, VaultNote.NO_SERVICE))
        else:
            self._tell(good)
            return result
        return otherwise

    def _settle(self) -> None:
        """Remove and write what is still to be removed and written."""
        with self._mutex:
            doomed, profile = tuple(self._doomed), self._pending
        for name in doomed:
            self._book.remove(name)
        if profile is not None:
            self._book.write(profile, self._listed)
        with self._mutex:
            self._doomed.difference_update(doomed)
            if self._pending is profile:
                self._pending = None

    def _settle_late(self) -> None:
        """In the thread, after a call that had been given up came back."""
        try:
            self._settle()
        except Exception as failure:
            log.info("the keyring refused late: %s", _name_of(failure))

    def _came_back(self) -> None:
        if self._pending is None:
            self._note = VaultNote.SLOW
            self._tell(VaultNote.KEPT)

    def _tell(self, note: VaultNote) -> None:
        if note is self._note:
            return
        self._note = note
        for callback in self._watchers:
            callback(note)


_NOTES = {
    "NotVetted": VaultNote.REFUSED,
    "Locked": VaultNote.LOCKED,
    "KeyringLocked": VaultNote.LOCKED,
    "LockedException": VaultNote.LOCKED,
    "PromptDismissedException": VaultNote.LOCKED,
}


def _name_of(failure: Exception) -> str:
    return failure.failure if isinstance(failure, KeeperFailed) else type(failure).__name__
