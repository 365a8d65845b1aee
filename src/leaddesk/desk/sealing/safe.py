"""The safe: what waits behind a lock, as ciphertext; its key lies in the keyring until unlock (A6)."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from leaddesk.contract.people import Me
from leaddesk.desk.outbox import Outbox
from leaddesk.desk.sealing.left_by_key import LeftByKey, is_name_of_key
from leaddesk.desk.sealing.papers import read_entries, write_entries
from leaddesk.session.sealing.ahead import KeyAhead
from leaddesk.session.sealing.sealed import Sealed, forget_key, read_sealed, seal, unseal
from leaddesk.session.vault import Vault, VaultNote
from leaddesk.store.topics import Topic

log = logging.getLogger(__name__)


class Stuck(StrEnum):
    """Why what waited behind a lock is not there: WAITS: the keyring is silent. LOST: nothing opens it."""

    WAITS = "waits"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Opened:
    """What the window was at. ``late``: the person has been in for a while."""

    window: dict[str, Any]
    late: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """Somebody is in again, and this many unsent changes are not; a begun note counts as one."""

    stuck: Stuck
    changes: int


class _Lot(NamedTuple):
    """What one lock sealed; several are there when a keyring was silent at an unlock in between."""

    sealed: Sealed
    changes: int


class Safe:
    """Takes unsent changes and what the window was at, and gives them back to the same person.

    Invariant: what is sealed is in the outbox no more, only its number. ``opened`` tells what the window was
    at, before the person is in, or when a silent keyring has answered; ``trouble`` what did not come back;
    ``left`` is what another API key had begun.
    """

    def __init__(self, outbox: Outbox, vault: Vault, left: LeftByKey | None = None) -> None:
        self._outbox, self._vault, self._keys = outbox, vault, KeyAhead(vault)
        self._lots: list[_Lot] = []
        self._agreed = False
        self._locks = 0
        self._window: dict[str, Any] = {}
        self.left = left or LeftByKey()
        self.opened: Topic[Opened] = Topic()
        self.trouble: Topic[Trouble] = Topic()

    @property
    def is_closed(self) -> bool:
        """Whether something lies in it."""
        return bool(self._lots)

    def would_lose(self, begun: int = 0) -> int:
        """Return how many unsent changes a lock would cost now, because no keyring keeps the key.

        ``begun``: notes that are being written. Whoever locks after a while asks before (guarantee A6), then
        calls :meth:`give_up` and locks.
        """
        return 0 if self._vault.note is VaultNote.KEPT else len(self._outbox.entries()) + begun

    def give_up(self) -> None:
        """What the next lock cannot seal is lost: the person knows, or did not answer."""
        self._agreed = True

    async def make_ready(self) -> None:
        """Have a key there for the next lock, where the keyring has answered so far."""
        if self._vault.note is VaultNote.KEPT:
            await self._keys.prepare()

    async def tidy(self) -> None:
        """Have the key forgotten that the lock did not need."""
        await self._keys.forget()

    async def close(self, person: str, window: dict[str, Any]) -> bool:
        """Seal everything for a person. ``False``: it could not be sealed and was not given up; it stays."""
        self._locks += 1
        entries, agreed, self._agreed = self._outbox.entries(), self._agreed, False
        stays = [one for one in self.left.drain() if not await self._lay_in(one) and not agreed]
        for found in stays:
            self.left.put(found)
        if stays:
            return False
        if not entries and not any(window.values()):
            return True
        content = {"person": person, "window": window, "entries": write_entries(entries)}
        if not await self._lay_in(content) and (entries or window.get("draft")) and not agreed:
            self._window = window
            return False
        self._outbox.discard()
        self._count()
        return True

    async def _lay_in(self, content: dict[str, Any]) -> bool:
        sealed = await seal(self._keys, json.dumps(content).encode())
        if sealed is not None:
            self._lots.append(_Lot(sealed, len(content["entries"])))
        return sealed is not None

    def set_apart(self, former: str | None, me: Me) -> None:
        """What another key left unsealed is not to be sent with this one: keep it apart, and ask."""
        window, self._window = self._window, {}
        now = me.person.member_id
        if former is None or former == now or not (is_name_of_key(former) and is_name_of_key(now)):
            return
        self.left.put({"person": former, "window": window, "entries": write_entries(self._outbox.entries())})
        self._outbox.discard()

    def adopt(self) -> list[dict[str, Any]]:
        """The person says that both keys are one firm's: send what fits; returns what the window was at."""
        taken = self.left.take()
        entries = tuple(entry for found in taken for entry in read_entries(found["entries"]))
        self._outbox.discard((*entries, *self._outbox.entries()))
        self._count()
        return [found["window"] for found in taken if found["window"]]

    async def open(self, me: Me, *, late: bool = False) -> None:
        """Give everything back to the person it was sealed for; to another nothing, and it is gone.

        What a lock comes in the way of stays sealed, and its key is there: it is for the next time.
        """
        lost, locks = 0, self._locks
        for lot in tuple(self._lots):
            content = await unseal(self._vault, lot.sealed)
            if self._locks != locks or lot not in self._lots:
                return
            if content is None and self._vault.note is not VaultNote.KEPT:
                continue
            self._lots.remove(lot)
            self._count()
            if content is None or not self._give_back(json.loads(content), me, late):
                lost += max(1, lot.changes)
            await forget_key(self._vault, lot.sealed.name)
        self._tell(Stuck.WAITS, self._outbox.sealed, self.is_closed)
        self._tell(Stuck.LOST, lost, bool(lost))
        self.left.tell()

    def _give_back(self, found: dict[str, Any], me: Me, late: bool) -> bool:
        """Return whether all of it could be read."""
        if found["person"] != me.person.member_id:
            if is_name_of_key(found["person"]) and is_name_of_key(me.person.member_id):
                self.left.put(found)
            return True
        try:
            entries = read_entries(found["entries"])
        except (ValueError, KeyError, TypeError):
            return False
        self._outbox.discard((*entries, *self._outbox.entries()))
        self.opened.publish(Opened(found["window"], late))
        return True

    def _tell(self, stuck: Stuck, changes: int, there_is: bool) -> None:
        if there_is:
            log.warning("what waited behind the lock did not come back: %s", stuck.value)
            self.trouble.publish(Trouble(stuck, changes))

    def _count(self) -> None:
        self._outbox.sealed = sum(lot.changes for lot in self._lots)

    async def discard(self) -> None:
        """Forget what is sealed, its keys, and what another key left."""
        self.left.drain()
        lots, self._lots = self._lots, []
        self._count()
        await self.tidy()
        for lot in lots:
            await forget_key(self._vault, lot.sealed.name)

    def to_text(self) -> str | None:
        """Return what is sealed, to be handed to a process that begins anew."""
        return "\n".join(f"{lot.changes} {lot.sealed.to_text()}" for lot in self._lots) or None

    def take_over(self, text: str) -> None:
        """Go on with what the process before this one sealed."""
        for line in text.splitlines():
            number, _, rest = line.partition(" ")
            sealed = read_sealed(rest)
            if sealed is not None and number.isdigit():
                self._lots.append(_Lot(sealed, int(number)))
        self._count()
