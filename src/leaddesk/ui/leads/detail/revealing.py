"""Contact details that stay masked until somebody asks for them, where the policy says so (C4, A8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from leaddesk.contract.ids import LeadId
from leaddesk.desk.desk import Desk
from leaddesk.desk.outcomes import Offline, Ok, Queued
from leaddesk.store.roles import Role, role_of
from leaddesk.ui.kit.masks import masked_name
from leaddesk.ui.kit.presenting.outcome_words import sentence
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.detail.state import ChangeLine, FieldLine, HistoryLine, LeadDetailState, Reach

_CALLED_BY = frozenset({Role.FIRST_NAME, Role.LAST_NAME, Role.FULL_NAME, Role.COMPANY})
"""What a lead is called by, in the list too; the rest of the contact is masked."""


class Revealing:
    """Which lead was asked for. Invariant: nothing is readable before it is on record, or waits to be with
    the policy's leave; another lead, a masked window and a lock end it.
    """

    def __init__(self, desk: Desk, around: Surroundings, changed: Callable[[], object]) -> None:
        self._desk, self._around, self._changed = desk, around, changed
        self._seen: LeadId | None = None
        self._policy = desk.rules.policy.changed.subscribe(lambda _: changed())

    def veils(self, lead_id: LeadId) -> bool:
        """Tell whether a lead's contact is masked now."""
        return self._desk.rules.veils and lead_id != self._seen

    def shown(self, state: LeadDetailState) -> LeadDetailState:
        """Return what may be rendered of a state."""
        return veiled(state) if self.veils(state.lead_id) else state

    async def ask(self, lead_id: LeadId) -> None:
        """Put it on record, then show; say why where that cannot be. What is shown is not asked for again."""
        if not self.veils(lead_id):
            return
        offline = self._desk.rules.policy.value.reveal_offline
        outcome = await self._desk.leads.reveal(lead_id, offline=offline)
        if isinstance(outcome, Ok | Queued):
            self._seen = lead_id
            self._changed()
        words = sentence(outcome)
        if isinstance(outcome, Queued):
            words = text("lead_detail.revealed_offline")
        elif isinstance(outcome, Offline):
            words = text("lead_detail.reveal_offline")
        if words is not None:
            self._around.toasts.show_toast(words)

    def forget(self) -> None:
        """Mask again: another lead is opened, or nobody is at the window."""
        if self._seen is not None:
            self._seen = None
            self._changed()

    def close(self) -> None:
        """Hear no more of the policy."""
        self._policy.close()


def veiled(state: LeadDetailState) -> LeadDetailState:
    """Return a state without the values of the contact, also where head and history quote them."""
    contact = tuple(_without_value(line) for line in state.contact)
    labels = frozenset(line.label for line in contact if line.masked)
    history = None if state.history is None else tuple(_unquoted(line, labels) for line in state.history)
    top = replace(state, name=state.top.name, subtitle=state.top.subtitle, reach=Reach(), veiled=True)
    return replace(top, contact=contact, history=history, quotes=state.asked)


def _without_value(line: FieldLine) -> FieldLine:
    found = role_of(line.label, "")
    names = found is not None and found[0] in _CALLED_BY
    return line if names or not line.value else FieldLine(line.label, "", masked=True)


def _unquoted(line: HistoryLine, labels: frozenset[str]) -> HistoryLine:
    changes = tuple(
        ChangeLine(change.label, change.before and masked_name(), change.after and masked_name())
        if change.label in labels
        else change
        for change in line.changes
    )
    return replace(line, changes=changes)
