"""Begun notes whose lead is gone: the person is told, and may take the words along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaddesk.ui.kit.pieces.marks import Tone
from leaddesk.ui.kit.wording import text

if TYPE_CHECKING:
    from leaddesk.contract.ids import LeadId
    from leaddesk.ui.kit.presenting.surroundings import Surroundings
    from leaddesk.ui.shell.doors import Rooms

_UNTIL_SEEN = 0.0
"""Seconds of a question that stays until somebody answers it."""


class Stranded:
    """Lives with one workplace, and looks once all leads are loaded, and whenever some change.

    Invariant: the words are kept until the person has sent the question away, also across a lock; afterwards
    they are on the clipboard, if that was wanted, and nowhere else.
    """

    def __init__(self, rooms: Rooms, around: Surroundings) -> None:
        self._rooms, self._around = rooms, around
        self._told: tuple[LeadId, ...] = ()
        self._shown = ""
        desk = rooms.desk
        self._subscriptions = (
            desk.drafts.changed.subscribe(self._look),
            desk.sync.progress.changed.subscribe(self._look),
            rooms.store.leads.changes.subscribe(self._look),
        )
        self._look(None)

    def close(self) -> None:
        """Look no more; a question that stands goes with the toasts, and is asked again."""
        for subscription in self._subscriptions:
            subscription.close()

    def _look(self, _message: object) -> None:
        desk = self._rooms.desk
        if not desk.drafts.leads or not desk.sync.progress.value.done:
            return
        gone = tuple(lead_id for lead_id in desk.drafts.leads if not self._is_writable(lead_id))
        if gone != self._told:
            self._around.toasts.withdraw(self._shown)
            self._told = gone
            if gone:
                self._ask(len(gone))

    def _is_writable(self, lead_id: LeadId) -> bool:
        from leaddesk.contract.people import Right

        known = self._rooms.store.leads.slot_of(lead_id) is not None
        return known and self._rooms.desk.may(Right.LEAD_WRITE)

    def _ask(self, count: int) -> None:
        copying = self._rooms.desk.rules.policy.value.copying
        self._shown = text("shell.stranded", n=count)
        toast = self._around.toasts.show_toast(
            self._shown,
            detail=text("shell.stranded_copy" if copying else "shell.stranded_kept"),
            actions=[(text("shell.stranded_take"), self._copy)] if copying else (),
            seconds=_UNTIL_SEEN,
            tone=Tone.WARNING,
        )
        toast.seen.connect(self._forget)

    def _copy(self) -> None:
        drafts = self._rooms.desk.drafts
        found = [draft.words for lead_id, draft in drafts.all() if lead_id in self._told]
        if self._around.clipboard.copy("\n\n".join(found)):
            self._around.toasts.show_toast(text("lead_detail.copied"))
        else:
            self._told = ()  # not allowed since a moment ago: nothing is forgotten for it

    def _forget(self) -> None:
        told, self._told = self._told, ()
        for lead_id in told:
            self._rooms.desk.drafts.forget(lead_id)
