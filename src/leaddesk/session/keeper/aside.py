"""Keys of what is sealed behind locks: each an entry of its own, and a list of them and whose they are.

A process that is killed behind a lock leaves its key, which opens nothing any more: what it sealed was in its
memory. So that no key stays for ever, a key stands in the list before its entry is written, and until that
is gone again; whoever asks a keyring first removes the keys of processes that are over.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

from leaddesk.session.keeper.here import Entries

LIST_USER = "sealed"


class Aside:
    """The list of keys in one keyring.

    Invariant: a key that is in the keyring is in the list, whenever this process ends. Two processes write
    the list: what another one's writing took out of it is put in again by :meth:`catch_up`.
    """

    def __init__(self, entries: Entries, service: str, forget: Callable[[str], None]) -> None:
        self._entries, self._service, self._forget = entries, service, forget
        self._unsure: tuple[str, str] | None = None

    def announce(self, name: str, owner: str) -> None:
        """Put a key into the list: its entry is about to be written."""
        listed = self._listed()
        if listed.get(name) != owner:
            self._write(listed | {name: owner})
        self._unsure = (name, owner)

    def catch_up(self) -> None:
        """Put the key announced last into the list again if somebody's writing took it out."""
        unsure, self._unsure = self._unsure, None
        if unsure is not None and unsure[0] not in (listed := self._listed()):
            self._write(listed | {unsure[0]: unsure[1]})

    def strike(self, name: str) -> None:
        """Take a key out of the list whose entry is gone."""
        if self._unsure is not None and self._unsure[0] == name:
            self._unsure = None
        self._without({name})

    def sweep(self, is_gone: Callable[[str], bool]) -> None:
        """Remove the keys of processes that are over."""
        over = {name for name, owner in self._listed().items() if is_gone(owner)}
        for name in over:
            self._forget(name)
        if over:
            self._without(over)

    def _without(self, names: set[str]) -> None:
        listed = self._listed()
        rest = {name: owner for name, owner in listed.items() if name not in names}
        if len(rest) < len(listed):
            self._write(rest)

    def _write(self, listed: dict[str, str]) -> None:
        if listed:
            self._entries.set_password(self._service, LIST_USER, json.dumps(listed))
            return
        from keyring.errors import PasswordDeleteError

        with suppress(PasswordDeleteError, LookupError):
            self._entries.delete_password(self._service, LIST_USER)

    def _listed(self) -> dict[str, str]:
        try:
            told = json.loads(self._entries.get_password(self._service, LIST_USER) or "{}")
        except ValueError:
            return {}
        if not isinstance(told, dict):
            return {}
        return {name: owner for name, owner in told.items() if isinstance(owner, str)}
