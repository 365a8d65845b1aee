"""What a keyring is still to write and to forget, for as long as it has not done it (guarantees B2, B7)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from leaddesk.session.keeper.keeper import KeeperFailed, KeeperGone

if TYPE_CHECKING:
    from leaddesk.session.keeper.book import Book
    from leaddesk.session.tokens import Profile

CONCERNS_ALL = frozenset(
    {
        *("NoService", "NotVetted", "Locked", "KeyringLocked", "LockedException"),
        *("PromptDismissedException", "InitError"),
    }
)
"""Failures of a keyring that is not to be had: nothing was changed, the next entry would fare no better."""


class Owed:
    """Written to by the loop and by the thread that speaks with the keyring.

    Invariant: ``doomed`` holds only what may lie in the keyring. What no keyring ever took is forgotten with
    its last name here; of an entry that this process did not make nobody knows that, so it is doomed.
    """

    def __init__(self) -> None:
        self.pending: dict[str, Profile] = {}
        self.doomed: set[str] = set()
        self._taken: dict[str, bool] = {}
        self._mutex = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self.pending or self.doomed)

    def keep(self, profile: Profile) -> None:
        """Have a profile written."""
        with self._mutex:
            self.doomed.discard(profile.profile_id)
            self.pending[profile.profile_id] = profile
            self._taken.setdefault(profile.profile_id, False)

    def expect(self, name: str) -> None:
        """An entry is about to be made, with :meth:`put_aside`, that is nobody's profile."""
        with self._mutex:
            self._taken.setdefault(name, False)

    def found(self, profile: Profile) -> None:
        """A profile was read: it is there."""
        with self._mutex:
            self._taken[profile.profile_id] = True

    def doom(self, name: str) -> None:
        """Have an entry forgotten."""
        with self._mutex:
            self.pending.pop(name, None)
            if self._taken.get(name, True):
                self.doomed.add(name)

    def settle(self, book: Book, *, listed: bool) -> None:
        """Remove and write what can be; blocking. Raises the first failure when all was tried.

        One entry that cannot be removed keeps no other from being removed, and no token from being written.
        """
        with self._mutex:
            doomed, pending = tuple(self.doomed), tuple(self.pending.values())
        works: list[Callable[[], None]] = [partial(self._remove, book, name) for name in doomed]
        works += [partial(self.write, book, profile, listed) for profile in pending]
        first: Exception | None = None
        for work in works:
            try:
                work()
            except Exception as failure:
                if isinstance(failure, KeeperGone) or name_of(failure) in CONCERNS_ALL:
                    raise
                first = first or failure
        if first is not None:
            raise first

    def write(self, book: Book, profile: Profile, listed: bool) -> None:
        """Write one now; blocking. Raises what the book raises."""
        name = profile.profile_id
        self._make(name, partial(book.write, profile, listed))
        with self._mutex:
            if self.pending.get(name) is profile:
                del self.pending[name]

    def put_aside(self, book: Book, key: Profile, owner: str) -> None:
        """Write a key of what is sealed now; blocking. Raises what the book raises."""
        self._make(key.profile_id, partial(book.put_aside, key, owner))

    def _make(self, name: str, work: Callable[[], None]) -> None:
        with self._mutex:
            before, self._taken[name] = self._taken.get(name, False), True
        try:
            work()
        except Exception as failure:
            if not before and name_of(failure) in CONCERNS_ALL:
                self._never_taken(name)
            raise

    def _remove(self, book: Book, name: str) -> None:
        book.remove(name)
        with self._mutex:
            self.doomed.discard(name)
            self._taken.pop(name, None)

    def _never_taken(self, name: str) -> None:
        with self._mutex:
            self._taken[name] = False
            self.doomed.discard(name)


def name_of(failure: Exception) -> str:
    """Return what a failure is called where it happened."""
    return failure.failure if isinstance(failure, KeeperFailed) else type(failure).__name__
