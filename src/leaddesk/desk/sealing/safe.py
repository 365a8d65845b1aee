"""The safe: what waits behind a lock, as ciphertext; its key lies in the keyring until unlock (A6)."""

from __future__ import annotations

import json
import logging
from typing import Any

from leaddesk.contract.people import Me
from leaddesk.desk.outbox import Outbox
from leaddesk.desk.sealing.papers import read_entries, write_entries
from leaddesk.session.sealing.sealed import Sealed, read_sealed, seal, unseal
from leaddesk.session.vault import Vault, VaultNote
from leaddesk.store.topics import Topic

log = logging.getLogger(__name__)


class Safe:
    """Takes unsent changes and what the window was at, and gives them back to the same person.

    Invariant: what is sealed is in the outbox no more, only its number. ``opened`` tells what the window was
    at, before the person is in.
    """

    def __init__(self, outbox: Outbox, vault: Vault) -> None:
        self._outbox, self._vault = outbox, vault
        self._sealed: Sealed | None = None
        self._agreed = False
        self.opened: Topic[dict[str, Any]] = Topic()

    def would_lose(self) -> int:
        """Return how many unsent changes a lock would cost now, because no keyring keeps the key.

        Whoever locks after a while asks before (guarantee A6), then calls :meth:`give_up` and locks.
        """
        return 0 if self._vault.note is VaultNote.KEPT else self._outbox.waiting

    def give_up(self) -> None:
        """What the next lock cannot seal is lost: the person knows, or did not answer."""
        self._agreed = True

    async def close(self, person: str, window: dict[str, Any]) -> bool:
        """Seal everything for a person. ``False``: it could not be sealed and was not given up; it stays."""
        entries, agreed, self._agreed = self._outbox.entries(), self._agreed, False
        if not entries and not any(window.values()):
            return True
        content = {"person": person, "window": window, "entries": write_entries(entries)}
        self._sealed = await seal(self._vault, json.dumps(content).encode())
        if self._sealed is None and (entries or window.get("draft")) and not agreed:
            return False
        self._outbox.discard()
        self._outbox.sealed = len(entries) if self._sealed is not None else 0
        return True

    async def open(self, me: Me) -> None:
        """Give everything back to the person it was sealed for; to another nothing, and it is gone."""
        if self._sealed is None:
            return
        content = await unseal(self._vault, self._sealed)
        if content is None and self._vault.note is not VaultNote.KEPT:
            log.warning("the keyring does not answer: what waited behind the lock stays sealed")
            return
        self._sealed, self._outbox.sealed = None, 0
        if content is None:
            log.warning("what waited behind the lock could not be opened")
            return
        found = json.loads(content)
        if found["person"] == me.person.member_id:
            self._outbox.discard(read_entries(found["entries"]))
            self.opened.publish(found["window"])

    async def discard(self) -> None:
        """Forget what is sealed, and its key."""
        sealed, self._sealed = self._sealed, None
        self._outbox.sealed = 0
        if sealed is not None:
            await self._vault.take_back(sealed.name)

    def to_text(self) -> str | None:
        """Return what is sealed, to be handed to a process that begins anew."""
        return self._sealed.to_text() if self._sealed is not None else None

    def take_over(self, text: str, waiting: int) -> None:
        """Go on with what the process before this one sealed; ``waiting``: how many changes it holds."""
        self._sealed = read_sealed(text)
        self._outbox.sealed = waiting if self._sealed is not None else 0
