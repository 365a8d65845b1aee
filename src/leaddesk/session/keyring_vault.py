"""The operating system's keyring as the vault (guarantees B1 to B3).

One fixed entry (service ``leaddesk``, user ``profiles``) lists random profile ids; each profile has an entry
of its own that holds an address and a token. No attribute names a person.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from leaddesk.session.blocking import Blocking, TooSlow
from leaddesk.session.keyring_backends import choose_backend, is_vetted, would_prompt, writer
from leaddesk.session.tokens import PROFILE_CAP, Profile, read_profile
from leaddesk.session.vault import VaultNote
from leaddesk.settings.environment import disarm

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")
log = logging.getLogger(__name__)

SERVICE = "leaddesk"
LIST_USER = "profiles"
LIMIT_SECONDS = 2.0


class KeyringVault:
    """Keeps profiles in a vetted keyring; implements :class:`~leaddesk.session.vault.Vault`.

    Every call runs in a thread with a time limit and raises nothing: what goes wrong becomes the
    :attr:`note`, and the session goes on in memory. What could not be written in time is written when the
    keyring comes back. ``listed=False`` is for demo and tour: such profiles are found by nobody else, and
    the owner removes them at exit.
    """

    def __init__(
        self,
        choose: Callable[[], KeyringBackend | None] = choose_backend,
        *,
        listed: bool = True,
        seconds: float = LIMIT_SECONDS,
    ) -> None:
        self._choose = choose
        self._listed = listed
        self._seconds = seconds
        self._book: _Book | None = None
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

    async def wake(self) -> None:
        """Import the library and choose the keyring ahead of the first question."""
        await self._call(self._open, None)

    async def load(self, address: str, *, quietly: bool = False) -> Profile | None:
        """Return the profile of a server, if one is kept. ``quietly``: not from one that would prompt."""
        if not self._listed:
            return None
        return await self._call(lambda: self._open(quietly).find(address), None)

    async def reread(self, profile: Profile) -> Profile:
        """Return the newest state; the one given, if it could not be written yet or cannot be read."""
        if self._pending is not None:
            return profile
        name = profile.profile_id
        return await self._call(lambda: self._open().read(name), None, self._note) or profile

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

    def _open(self, quietly: bool = False) -> _Book:
        if self._book is None:
            disarm(os.environ)
            backend = self._choose()
            if backend is None:
                raise _NoService
            if not is_vetted(backend):
                raise _NotVetted
            self._book = _Book(backend)
        if quietly and self._book.would_prompt():
            raise _Locked
        return self._book

    async def _call(self, work: Callable[[], T], otherwise: T, good: VaultNote = VaultNote.KEPT) -> T:
        try:
            result = await self._blocking.call(work, self._seconds)
        except TooSlow:
            self._tell(VaultNote.SLOW)
        except Exception as failure:
            log.info("the keyring refused: %s", type(failure).__name__)
            self._tell(_note_of(failure))
        else:
            self._tell(good)
            return result
        return otherwise

    def _settle(self) -> None:
        """Remove and write what is still to be removed and written."""
        with self._mutex:
            doomed, profile = tuple(self._doomed), self._pending
        book = self._open()
        for name in doomed:
            book.remove(name)
        if profile is not None:
            book.write(profile, self._listed)
        with self._mutex:
            self._doomed.difference_update(doomed)
            if self._pending is profile:
                self._pending = None

    def _settle_late(self) -> None:
        """In the thread, after a call that had been given up came back."""
        try:
            self._settle()
        except Exception as failure:
            log.info("the keyring refused late: %s", type(failure).__name__)

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


class _NoService(Exception):
    """No vetted keyring works here."""


class _NotVetted(Exception):
    """A keyring that is not on the list."""


class _Locked(Exception):
    """One that would prompt, and is not to."""


class _Book:
    """The entries in one keyring; blocking, used in the thread only."""

    def __init__(self, backend: KeyringBackend) -> None:
        self._backend = backend
        self._write = writer(backend)

    def would_prompt(self) -> bool:
        """Tell whether reading would ask the person."""
        return would_prompt(self._backend)

    def find(self, address: str) -> Profile | None:
        """Return the first listed profile of a server."""
        found = (self.read(name) for name in self._names())
        return next((one for one in found if one is not None and one.address == address), None)

    def read(self, name: str) -> Profile | None:
        """Return one profile."""
        text = self._backend.get_password(_service(name), name)
        return read_profile(name, text) if text else None

    def write(self, profile: Profile, listed: bool) -> None:
        """Write one profile, its entry before the list."""
        name = profile.profile_id
        self._write(_service(name), name, profile.to_text())
        if profile.rotation_id is not None:
            return  # an announcement: the entry stands in the list already, and its successor looks there
        names = self._names() if listed else [name]
        if name not in names:
            self._write(SERVICE, LIST_USER, json.dumps([*names, name]))

    def remove(self, name: str) -> None:
        """Remove one profile, the list before its entry."""
        names = self._names()
        if names == [name]:
            self._backend.delete_password(SERVICE, LIST_USER)
        elif name in names:
            self._write(SERVICE, LIST_USER, json.dumps([one for one in names if one != name]))
        if self._backend.get_password(_service(name), name) is not None:
            self._backend.delete_password(_service(name), name)

    def _names(self) -> list[str]:
        try:
            names = json.loads(self._backend.get_password(SERVICE, LIST_USER) or "[]")
        except ValueError:
            return []
        return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _service(name: str) -> str:
    return f"{SERVICE}/{name}"


def _note_of(failure: Exception) -> VaultNote:
    if isinstance(failure, _NotVetted):
        return VaultNote.REFUSED
    if type(failure).__name__ in {"_Locked", "KeyringLocked", "LockedException", "PromptDismissedException"}:
        return VaultNote.LOCKED
    return VaultNote.NO_SERVICE
