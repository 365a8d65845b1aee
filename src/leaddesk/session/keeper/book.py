"""Our entries in one keyring: a fixed one that lists random profile ids, and one a profile.

Keys of what is sealed behind locks lie beside them (:mod:`~leaddesk.session.keeper.aside`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from leaddesk.session.keeper.aside import Aside
from leaddesk.session.keeper.here import Entries, kept_here
from leaddesk.session.keyring_backends import choose_backend, is_vetted, would_prompt
from leaddesk.session.sealing.owners import is_gone
from leaddesk.session.tokens import Profile, read_profile
from leaddesk.settings.environment import disarm

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "leaddesk"
LIST_USER = "profiles"


class NoService(Exception):
    """No vetted keyring works here."""


class NotVetted(Exception):
    """A keyring that is not on the list."""


class Locked(Exception):
    """One that would prompt, and is not to."""


class Book(Protocol):
    """Reads and writes profiles; blocking, for one thread at a time; raises whatever goes wrong."""

    def find(self, address: str, quietly: bool) -> Profile | None:
        """Return the first listed profile of a server, of any for ``""``; ``quietly``: without a prompt."""
        ...

    def ready(self) -> bool:
        """Tell whether there is a keyring that would prompt nobody."""
        ...

    def names(self) -> tuple[str, ...]:
        """Return the listed ids, the one in front last first."""
        ...

    def read(self, name: str) -> Profile | None:
        """Return one profile."""
        ...

    def write(self, profile: Profile, listed: bool) -> None:
        """Write one profile, its entry before the list."""
        ...

    def put_aside(self, key: Profile, owner: str) -> None:
        """Write a key of what is sealed, such that it goes when its owner is gone; which process that is."""
        ...

    def prefer(self, name: str) -> None:
        """Put a listed profile before the others."""
        ...

    def remove(self, name: str) -> None:
        """Remove one profile, the list before its entry; or a key, its entry before the list."""
        ...


class KeyringBook:
    """The book in this process. Implements :class:`Book`.

    A keyring is chosen at the first need, and looked for anew as long as there is none. Whether a profile
    that was seen in the list still stands there is looked up after its entry is written (:meth:`catch_up`).
    """

    def __init__(self, choose: Callable[[], KeyringBackend | None] = choose_backend) -> None:
        self._choose = choose
        self._backend: KeyringBackend | None = None
        self._entries: Entries | None = None
        self._aside: Aside | None = None
        self._seen: frozenset[str] = frozenset()
        self._unsure: str | None = None

    def open(self) -> KeyringBackend:
        """Return the keyring. Raises :class:`NoService`, :class:`NotVetted`."""
        if self._backend is None:
            disarm(os.environ)
            backend = self._choose()
            if backend is None:
                raise NoService
            if not is_vetted(backend):
                raise NotVetted
            self._backend, self._entries = backend, kept_here(backend)
            self._aside = Aside(self._entries, SERVICE, self._forget)
        return self._backend

    def entries(self) -> Entries:
        """Return the keyring's entries, which stay on this machine. Raises as :meth:`open` does."""
        self.open()
        assert self._entries is not None
        return self._entries

    def _keys(self) -> Aside:
        """Return the list of keys of what is sealed. Raises as :meth:`open` does."""
        self.open()
        assert self._aside is not None
        return self._aside

    def find(self, address: str, quietly: bool) -> Profile | None:
        """Return the first listed profile of a server, of any for ``""``."""
        if quietly and would_prompt(self.open()):
            raise Locked
        self.catch_up()
        found = (self.read(name) for name in self._names())
        return next((one for one in found if one is not None and address in ("", one.address)), None)

    def ready(self) -> bool:
        """Tell whether there is a keyring that would prompt nobody. Raises as :meth:`open` does."""
        return not would_prompt(self.open())

    def names(self) -> tuple[str, ...]:
        """Return the listed ids."""
        self.catch_up()
        return tuple(self._names())

    def read(self, name: str) -> Profile | None:
        """Return one profile."""
        text = self.entries().get_password(_service(name), name)
        return read_profile(name, text) if text else None

    def write(self, profile: Profile, listed: bool) -> None:
        """Write one profile, its entry before the list."""
        name = profile.profile_id
        self.entries().set_password(_service(name), name, profile.to_text())
        if profile.rotation_id is not None or not listed:
            return  # an announcement: the entry stands in the list already, and its successor looks there
        self._unsure = name
        if name not in self._seen:
            self.catch_up()

    def catch_up(self) -> None:
        """Put the profile written last into the list if it is not there: two windows write that list."""
        if self._aside is not None:
            self._aside.catch_up()
        name, self._unsure = self._unsure, None
        names = self._names() if name is not None else []
        if name is not None and name not in names:
            self.entries().set_password(SERVICE, LIST_USER, json.dumps([name, *names]))
            self._seen |= {name}

    def put_aside(self, key: Profile, owner: str) -> None:
        """Write a key, the list before its entry."""
        self._keys().announce(key.profile_id, owner)
        self.entries().set_password(_service(key.profile_id), key.profile_id, key.to_text())

    def sweep(self) -> None:
        """Remove the keys of processes that are gone. For a keyring that is open: it may prompt."""
        self._keys().sweep(is_gone)

    def prefer(self, name: str) -> None:
        """Put a listed profile before the others; what is not listed (any more) stays so."""
        self.catch_up()
        names = self._names()
        if name in names[1:]:
            rest = [one for one in names if one != name]
            self.entries().set_password(SERVICE, LIST_USER, json.dumps([name, *rest]))

    def remove(self, name: str) -> None:
        """Remove one profile, the list before its entry; or a key, its entry before the list."""
        self._unsure = None
        names, entries = self._names(), self.entries()
        if names == [name]:
            entries.delete_password(SERVICE, LIST_USER)
        elif name in names:
            entries.set_password(SERVICE, LIST_USER, json.dumps([one for one in names if one != name]))
        self._seen -= {name}
        self._forget(name)
        if name not in names:
            self._keys().strike(name)

    def _forget(self, name: str) -> None:
        from keyring.errors import PasswordDeleteError

        with suppress(PasswordDeleteError, LookupError):  # it is gone; nobody reads a token to forget it (A6)
            self.entries().delete_password(_service(name), name)

    def _names(self) -> list[str]:
        try:
            names = json.loads(self.entries().get_password(SERVICE, LIST_USER) or "[]")
        except ValueError:
            return []
        found = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
        self._seen = frozenset(found)
        return found


def _service(name: str) -> str:
    return f"{SERVICE}/{name}"
