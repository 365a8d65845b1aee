"""The operating system's keyring as the vault (guarantees B1 to B3).

The keyring's library works in a process of its own
(:mod:`~leaddesk.session.keeper`); the token passes through a pipe, and a call that blocks without limit costs
the client nothing but a waiting thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from leaddesk.personal.masked import Secret
from leaddesk.session.blocking import Blocking, TooSlow
from leaddesk.session.keeper.keeper import Keeper, KeeperFailed
from leaddesk.session.keeper.owed import Owed, name_of
from leaddesk.session.sealing.owners import this_process
from leaddesk.session.tokens import PROFILE_CAP, Profile, random_name
from leaddesk.session.vault import VaultNote

if TYPE_CHECKING:
    from leaddesk.session.keeper.book import Book

T = TypeVar("T")
log = logging.getLogger(__name__)

LIMIT_SECONDS = 2.0
_AGAIN_SECONDS = 0.1
PATIENT_SECONDS = 5.0
"""For the key of what is sealed: the page is locked by then, and nobody waits."""
KEY_OF_SEALED = "sealed"
"""Stands where a profile has its server: an entry that is nobody's profile."""


class KeyringVault:
    """Keeps profiles in a vetted keyring; implements :class:`~leaddesk.session.vault.Vault`.

    Every call runs in a thread with a time limit and raises nothing: what goes wrong becomes the
    :attr:`note`, and the session goes on in memory. What could not be written in time is written when the
    keyring comes back. ``listed=False`` is for demo and tour: such profiles are found by nobody else, and
    the owner removes them at exit. Several sign-ins of one window share it, each with an entry of its own
    (:mod:`~leaddesk.session.profiles`).
    """

    def __init__(
        self, book: Book | None = None, *, listed: bool = True, seconds: float = LIMIT_SECONDS
    ) -> None:
        self._book: Book = book or Keeper()
        self._listed = listed
        self._seconds = seconds
        self.note = VaultNote.KEPT  # how the last call went; nobody else sets it
        self._watchers: list[Callable[[VaultNote], None]] = []
        self._owed = Owed()
        self.doomed = self._owed.doomed
        self._blocking = Blocking(self._settle_late, self._came_back)

    def watch(self, callback: Callable[[VaultNote], None]) -> None:
        """Call back when the note changes, and when a keyring answers late (KEPT: ask again)."""
        self._watchers.append(callback)

    def unwatch(self, callback: Callable[[VaultNote], None]) -> None:
        """Call this one back no more."""
        self._watchers.remove(callback)

    async def names(self) -> tuple[str, ...]:
        """Return the listed profiles' ids, the one that was in front last first."""
        return await self._call(self._book.names, (), self.note) if self._listed else ()

    async def read(self, name: str) -> Profile | None:
        """Return one profile by its id."""
        return self._seen(await self._call(lambda: self._book.read(name), None, self.note))

    async def prefer(self, profile: Profile) -> None:
        """Make a listed profile the first of the list: the next start shows it."""
        if self._listed:
            await self._call(lambda: self._book.prefer(profile.profile_id), None, self.note)

    async def load(self, address: str, *, quietly: bool = False) -> Profile | None:
        """Return the first profile of a server (any: ``""``), if one is kept.

        ``quietly``: not from a keyring that would prompt.
        """
        if not self._listed:
            return None
        return self._seen(await self._call(lambda: self._book.find(address, quietly), None))

    async def reread(self, profile: Profile) -> Profile:
        """Return the newest state; the one given, if it could not be written yet or cannot be read."""
        name = profile.profile_id
        if name in self._owed.pending:
            return profile
        return await self.read(name) or profile

    async def store(self, profile: Profile) -> None:
        """Keep a profile; too long a one is removed instead, since what is kept would be outdated."""
        if len(profile.to_text()) > PROFILE_CAP:
            self._owed.doom(profile.profile_id)
            await self._call(self._settle, None, VaultNote.TOO_LARGE)
            return
        self._owed.keep(profile)
        await self._call(self._settle, None)

    async def remove(self, profile: Profile) -> None:
        """Forget a profile, and the list with the last one."""
        self._owed.doom(profile.profile_id)
        if self._owed:
            await self._call(self._settle, None, self.note)

    async def put_aside(self, key: Secret) -> str | None:
        """Keep a key in an entry of its own; when this process is over, the next one removes it."""
        entry, owner = Profile(random_name(), KEY_OF_SEALED, key), this_process()

        def write() -> str:
            self._owed.put_aside(self._book, entry, owner)
            return entry.profile_id

        self._owed.expect(entry.profile_id)
        kept = await self._call(write, None, self._note_of_an_answer(), PATIENT_SECONDS)
        if kept is None:  # it may be written yet, too late
            self._owed.doom(entry.profile_id)
        return kept

    async def look_up(self, name: str) -> Secret | None:
        """Return a key; its entry stays."""
        found = await self._call(lambda: self._book.read(name), None, self._note_of_an_answer())
        return found.refresh if found is not None else None

    def _note_of_an_answer(self) -> VaultNote:
        return VaultNote.TOO_LARGE if self.note is VaultNote.TOO_LARGE else VaultNote.KEPT

    async def settle(self, patience: float = 0.0) -> None:
        """Write and remove what could not be until now, unless the keyring would prompt for it.

        Whoever has the turn may leave it while we wait for it: their call is then waited for as well.
        """
        until = monotonic() + patience
        if self._owed:
            await self._blocking.back(max(patience, self._seconds))
        if self._owed:
            await self._call(self._settle_quietly, None, seconds=max(until - monotonic(), self._seconds))

    def _seen(self, found: Profile | None) -> Profile | None:
        if found is not None:
            self._owed.found(found)
        return found

    async def _call(
        self, work: Callable[[], T], otherwise: T, good: VaultNote = VaultNote.KEPT, seconds: float = 0.0
    ) -> T:
        try:
            result = await self._answered(work, seconds or self._seconds, patiently=seconds > 0)
        except TooSlow:
            self._tell(VaultNote.SLOW)
        except Exception as failure:
            name = name_of(failure)
            log.info("the keyring refused: %s", name)
            self._tell(_NOTES.get(name, VaultNote.NO_SERVICE))
        else:
            self._tell(good)
            return result
        return otherwise

    async def _answered(self, work: Callable[[], T], seconds: float, *, patiently: bool) -> T:
        """Raises :class:`TooSlow`; ``patiently``: after the whole time, also behind a call that hangs."""
        until = monotonic() + seconds
        while True:
            try:
                return await self._blocking.call(work, max(until - monotonic(), 0.0))
            except TooSlow:
                if not patiently or monotonic() > until:
                    raise
                await asyncio.sleep(_AGAIN_SECONDS)

    def _settle_quietly(self) -> None:
        if not self._book.ready():
            raise KeeperFailed("Locked")
        self._settle()

    def _settle(self) -> None:
        """Remove and write what is still to be removed and written."""
        self._owed.settle(self._book, listed=self._listed)

    def _settle_late(self) -> None:
        """In the thread, after a call that had been given up came back."""
        try:
            self._settle()
        except Exception as failure:
            log.info("the keyring refused late: %s", name_of(failure))

    def _came_back(self) -> None:
        if not self._owed:
            self.note = VaultNote.SLOW
            self._tell(VaultNote.KEPT)

    def _tell(self, note: VaultNote) -> None:
        if note is self.note:
            return
        self.note = note
        for callback in self._watchers:
            callback(note)


_NOTES = {
    "NotVetted": VaultNote.REFUSED,
    "Locked": VaultNote.LOCKED,
    "KeyringLocked": VaultNote.LOCKED,
    "LockedException": VaultNote.LOCKED,
    "PromptDismissedException": VaultNote.LOCKED,
}
