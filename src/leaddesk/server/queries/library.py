"""What every query needs, and the visibility rule in SQL."""

import secrets
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from leaddesk.server.domain.lead import LeadState
from leaddesk.server.domain.refusal import not_found
from leaddesk.server.domain.visibility import may_see
from leaddesk.server.eventlog.idempotency import fingerprint
from leaddesk.server.eventlog.log import EventLog, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.caller import Caller
from leaddesk.server.projections.leads import load_lead
from leaddesk.server.queries.directory import Directory

Count = tuple[str, tuple[int, bytes], str, bytes]


@dataclass(frozen=True, slots=True)
class Library:
    """The log, the names, and the key that authenticates continuations.

    ``counts`` remembers totals of a filter at one head; anything appended makes them unreachable.
    """

    log: EventLog
    directory: Directory
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    counts: dict[Count, int] = field(default_factory=dict, repr=False)

    def reading(self, caller: Caller) -> AbstractContextManager[Unit]:
        """Open the caller's one tenant."""
        return self.log.for_tenant(Scope(caller.tenant_id)).reading()

    def mark_of(self, values: tuple[str, ...]) -> bytes:
        """Tell filters apart without keeping what somebody typed."""
        return fingerprint(self.secret, *(value.encode() for value in values)) if values else b""


def visible_lead(unit: Unit, caller: Caller, lead_id: str) -> LeadState:
    """Load a lead that the caller may see. Raises ``Refused`` (not found) otherwise."""
    state = load_lead(unit, lead_id)
    if not may_see(caller.sees_all_leads, caller.urn, state.keeper):
        raise not_found()
    return state


def is_erased(library: Library, caller: Caller, lead_id: str) -> bool:
    """Tell whether a lead that was once there is gone for ever, for answers to repeated requests (410)."""
    with library.reading(caller) as unit:
        ended = "SELECT 1 FROM event WHERE tenant_id = ? AND stream_id = ? AND kind IN ({})"
        return bool(unit.select(ended.format("'LeadDeleted', 'LeadWithdrawn'"), lead_id))
