"""The safe: what waits behind a lock, as ciphertext; its key lies in the keyring until unlock (A6)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from leaddesk.contract.ids import LeadId
from leaddesk.contract.people import Me
from leaddesk.desk.outbox import Outbox
from leaddesk.desk.sealing.left_by_key import LeftByKey, is_name_of_key
from leaddesk.desk.sealing.papers import read_drafts, read_entries, write_drafts, write_entries
from leaddesk.desk.sending.drafts import Draft, Drafts, Unsent
from leaddesk.desk.sending.entries import Entry
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
    """What the window was at. ``late``: the person has been in for a while, and ``begun`` notes came back."""

    window: dict[str, Any]
    late: bool
    begun: int = 0


@dataclass(frozen=True, slots=True)
class Trouble:
    """Somebody is in again, and this many unsent changes are not; a begun note counts as one."""

    stuck: Stuck
    changes: int


class _Lot(NamedTuple):
    """What one lock sealed; several are there when a keyring was silent at an unlock in between."""

    sealed: Sealed
    unsent: Unsent


class Safe:
    """Takes unsent changes, begun notes and what the window was at, and gives them back to the same person.

    Invariant: what is sealed is in outbox and drafts no more, only its number. ``opened`` tells what the
    window was at, before the person is in, or when a silent keyring has answered; ``trouble`` what did not
    come back; ``left`` is what another API key had begun.
    """

    def __init__(self, outbox: Outbox, drafts: Drafts, vault: Vault, left: LeftByKey | None = None) -> None:
        self._outbox, self._drafts, self._vault, self._keys = outbox, drafts, vault, KeyAhead(vault)
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

    def would_lose(self) -> Unsent:
        """Return what a lock would cost now, because no keyring keeps the key.

        Whoever locks after a while asks before (guarantee A6), then calls :meth:`give_up` and locks.
        """
        if self._vault.note is VaultNote.KEPT:
            return Unsent()
        return Unsent(len(self._outbox.entries()), len(self._drafts.leads))

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
        agreed, self._agreed = self._agreed, False
        older = reversed(self.left.drain())
        stays = [one for one in older if not await self._lay_in(one) and not agreed]
        for found in reversed(stays):
            self.left.put(found)
        if stays:
            return False
        content = self._content(person, window)
        typed = bool(content["entries"] or content["drafts"])
        if not typed and not any(window.values()):
            return True
        if not await self._lay_in(content) and typed and not agreed:
            self._window = window
            return False
        self._empty()
        return True

    def _content(self, person: str, window: dict[str, Any]) -> dict[str, Any]:
        entries, drafts = write_entries(self._outbox.entries()), write_drafts(self._drafts)
        return {"person": person, "window": window, "entries": entries, "drafts": drafts}

    def _empty(self) -> None:
        self._outbox.discard()
        self._drafts.discard()
        self._count()

    async def _lay_in(self, content: dict[str, Any]) -> bool:
        sealed = await seal(self._keys, json.dumps(content).encode())
        if sealed is not None:
            unsent = Unsent(len(content["entries"]), len(content["drafts"]))
            self._lots.append(_Lot(sealed, unsent))
        return sealed is not None

    def set_apart(self, former: str | None, me: Me) -> None:
        """What another key left unsealed is not to be sent with this one: keep it apart, and ask."""
        window, self._window = self._window, {}
        now = me.person.member_id
        if former is None or former == now or not (is_name_of_key(former) and is_name_of_key(now)):
            return
        self.left.put(self._content(former, window))
        self._empty()

    def adopt(self) -> list[dict[str, Any]]:
        """The person says that both keys are one firm's: send what fits; returns what the window was at."""
        taken = self.left.take()
        for found in taken:
            self._put_back(read_entries(found["entries"]), read_drafts(found["drafts"]))
        return [found["window"] for found in reversed(taken) if found["window"]]

    async def open(self, me: Me, *, late: bool = False) -> None:
        """Give everything back to the person it was sealed for; to another nothing, and it is gone.

        What a lock comes in the way of stays sealed, and its key is there: it is for the next time. The
        newest comes first, so that each older one goes before it.
        """
        lost, locks = 0, self._locks
        for lot in reversed(tuple(self._lots)):
            content = await unseal(self._vault, lot.sealed)
            if self._locks != locks or lot not in self._lots:
                return
            if content is None and self._vault.note is not VaultNote.KEPT:
                continue
            self._lots.remove(lot)
            self._count()
            if content is None or not self._give_back(content, me, late):
                lost += max(1, lot.unsent.total)
            await forget_key(self._vault, lot.sealed.name)
        self._tell(Stuck.WAITS, self._outbox.sealed + self._drafts.sealed, self.is_closed)
        self._tell(Stuck.LOST, lost, bool(lost))
        self.left.tell()

    def _give_back(self, content: bytes, me: Me, late: bool) -> bool:
        """Return whether all of it could be read: another version of this program may have written it."""
        try:
            found = {"drafts": [], **json.loads(content)}
            entries, drafts = read_entries(found["entries"]), read_drafts(found["drafts"])
            person, window = str(found["person"]), dict(found["window"])
        except (ValueError, KeyError, TypeError):
            return False
        if person == me.person.member_id:
            self._put_back(entries, drafts)
            self.opened.publish(Opened(window, late, len(drafts)))
        elif is_name_of_key(person) and is_name_of_key(me.person.member_id):
            self.left.put(found | {"person": person, "window": window})
        return True

    def _put_back(self, entries: Iterable[Entry], drafts: Iterable[tuple[LeadId, Draft]]) -> None:
        self._outbox.discard((*entries, *self._outbox.entries()))
        self._count()
        for lead_id, draft in drafts:
            self._drafts.bring_back(lead_id, draft)

    def _tell(self, stuck: Stuck, changes: int, there_is: bool) -> None:
        if there_is:
            log.warning("what waited behind the lock did not come back: %s", stuck.value)
            self.trouble.publish(Trouble(stuck, changes))

    def _count(self) -> None:
        sealed = sum((lot.unsent for lot in self._lots), Unsent())
        self._outbox.sealed, self._drafts.sealed = sealed.changes, sealed.begun

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
        return "\n".join(_told(lot) for lot in self._lots) or None

    def take_over(self, text: str) -> None:
        """Go on with what the process before this one sealed."""
        for line in text.splitlines():
            numbers, _, rest = line.partition(" ")
            changes, _, begun = numbers.partition("+")
            sealed, known = read_sealed(rest), changes.isdecimal() and (begun or "0").isdecimal()
            if sealed is not None and known:
                self._lots.append(_Lot(sealed, Unsent(int(changes), int(begun or 0))))
        self._count()


def _told(lot: _Lot) -> str:
    return f"{lot.unsent.changes}+{lot.unsent.begun} {lot.sealed.to_text()}"
