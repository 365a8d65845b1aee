"""How long a tenant keeps leads nobody works on: its retention class, and the clock's erasures (measure A15).

There is none unless the tenant asks for one. Idle is a lead without any event for so many days; one with a
request or an offer under way is not.
"""

from datetime import timedelta

import msgspec

from leaddesk.contract.ids import Urn
from leaddesk.contract.wire import format_time
from leaddesk.server.commands.erasure.leads import finish_erasure, note_erasure
from leaddesk.server.commands.office import Office, persistently
from leaddesk.server.domain.events import Defined
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.projections import references
from leaddesk.server.projections.leads import load_lead

CLOCK_URN = Urn("urn:lt:system:clock:retention")
"""The originator of what the tenant's rule asked for."""

SHORTEST_DAYS, LONGEST_DAYS = 1, 36_525
REASON = "retention"
_AREA = "retention"
_DUE = (
    " FROM lead l WHERE l.tenant_id = ? AND l.owner_id = l.tenant_id AND l.modified_at < ?"
    " AND NOT EXISTS (SELECT 1 FROM event e WHERE e.tenant_id = l.tenant_id AND e.stream_id = l.id"
    " AND e.at >= ?)"
    " AND NOT EXISTS (SELECT 1 FROM deadline d WHERE d.tenant_id = l.tenant_id AND d.lead_id = l.id)"
)
_COUNT = "SELECT COUNT(*)" + _DUE
_IDLE = "SELECT l.id" + _DUE + " ORDER BY l.modified_at LIMIT ?"


class Retention(msgspec.Struct, frozen=True):
    """How many days an idle lead is kept (absent: for ever), and why the tenant wants it so."""

    days: int | None = None
    reason: str = ""


_RETENTION = msgspec.json.Decoder(Retention)


def set_retention(office: Office, scope: Scope, wanted: Retention, actor: Urn) -> None:
    """Set the class. Raises ``ValueError`` for a number of days that is none, or without a reason."""
    if wanted.days is not None and not SHORTEST_DAYS <= wanted.days <= LONGEST_DAYS:
        raise ValueError("days")
    if not wanted.reason.strip():
        raise ValueError("reason")
    with office.log.for_tenant(scope).writing() as unit:
        defined = Defined(_AREA, _AREA, msgspec.to_builtins(wanted))
        references.define(unit, defined, Stamp(office.now(), actor, TENANT_KEY))


def retention_of(unit: Unit) -> Retention:
    """Return the tenant's class."""
    doc = references.one_of(unit, _AREA, _AREA)
    return _RETENTION.decode(doc) if doc else Retention()


def due(office: Office, scope: Scope) -> int:
    """Count the idle leads whose time is over."""
    with office.log.for_tenant(scope).reading() as unit:
        since = _since(office, unit)
        return int(unit.select(_COUNT, since, since)[0][0]) if since else 0


def expire(office: Office, scope: Scope, most: int = 50) -> int:
    """Erase idle leads whose time is over, at most so many; returns how many it was."""
    with office.log.for_tenant(scope).reading() as unit:
        since = _since(office, unit)
        idle = [row[0] for row in unit.select(_IDLE, since, since, most)] if since else []
    return sum(_erase(office, scope, lead_id) for lead_id in idle)


def _since(office: Office, unit: Unit) -> str | None:
    """Tell since when a lead must have been idle; nothing where none goes."""
    days = retention_of(unit).days
    return None if days is None else format_time(office.clock() - timedelta(days=days))


def _erase(office: Office, scope: Scope, lead_id: str) -> bool:
    def note() -> None:
        with office.log.for_tenant(scope).writing() as unit:
            state = load_lead(unit, lead_id)
            note_erasure(unit, state, Stamp(office.now(), CLOCK_URN, TENANT_KEY, state.keeper), REASON)

    try:
        persistently(note)
    except Refused:
        return False  # erased since it was listed
    finish_erasure(office, scope, lead_id)
    return True
