"""Leads of a member who leaves, or works no leads any more, are a colleague's: each says so in its history.

Some at a time, so that others have their turn. Until all are passed on a mark stays, by which the clock
finishes what a crash has left.
"""

from collections.abc import Iterator

import msgspec

from leaddesk.contract.ids import MemberId, Urn, member_urn
from leaddesk.server.commands.office import Office, persistently
from leaddesk.server.domain.events import ResponsibleChanged
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.projections import references
from leaddesk.server.projections.leads import append_to_lead, load_lead

AT_ONCE = 50
PASSING = "passing-on"
_KEPT = "SELECT id FROM lead WHERE tenant_id = ? AND keeper = ? AND id > ? ORDER BY id LIMIT ?"
_HAS = "SELECT 1 FROM lead WHERE tenant_id = ? AND keeper = ? LIMIT 1"


def has_leads(unit: Unit, member: MemberId) -> bool:
    """Tell whether a member has leads."""
    return bool(unit.select(_HAS, member_urn(member)))


def begin_passing(unit: Unit, member: MemberId, to: MemberId, by: Urn) -> None:
    """Note that somebody's leads are to be passed on."""
    references.store(unit, PASSING, member, {"member": member, "to": to, "by": by})


def passing(office: Office, scope: Scope) -> Iterator[int]:
    """Pass on what is noted in a tenant; gives how many leads each step was about."""
    log = office.log.for_tenant(scope)
    with log.reading() as unit:
        noted = [msgspec.json.decode(doc) for doc in references.all_of(unit, PASSING)]
    for one in noted:
        before, to, last = member_urn(one["member"]), member_urn(one["to"]), ""
        while True:
            with log.reading() as unit:
                found = [lead for (lead,) in unit.select(_KEPT, before, last, AT_ONCE)]
            if not found:
                break
            for lead in found:
                _pass_on(office, scope, lead, ResponsibleChanged(before, to), Urn(one["by"]))
            last = found[-1]
            yield len(found)
        with log.keeping() as unit:
            references.remove(unit, PASSING, one["member"])


def finish_passing(office: Office) -> Iterator[int]:
    """Pass on what a crash has left, in every tenant."""
    for scope in office.log.scopes():
        yield from passing(office, scope)
        yield 0


def _pass_on(office: Office, scope: Scope, lead: str, event: ResponsibleChanged, by: Urn) -> None:
    def work() -> None:
        with office.log.for_tenant(scope).writing() as unit:
            state = load_lead(unit, lead)
            if state.keeper == event.before:
                append_to_lead(unit, state, [event], office.now(), by)

    try:
        persistently(work)
    except Refused:
        return  # erased since it was listed
