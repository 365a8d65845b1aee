"""Erasing a whole tenant: its keys, its rows, its partnerships; what remains is documented (measure A15).

The steps are those of a lead (commands.erasure.leads) and finish after a crash in the same way; rows go a
batch at a time, so that no statement lasts as long as the tenant is large. What stays:
the log as ciphertext under its hash chain, with times, actors, kinds and ids; and the event that says who did
it, on whose instruction, under a key of the instance, for the tenant has none any more.
"""

import json
from collections.abc import Iterator

from leaddesk.contract.ids import TenantId, Urn
from leaddesk.server.commands.erasure.founding import NOTE, WHOLE_TENANT, waits
from leaddesk.server.commands.erasure.rows import removing
from leaddesk.server.commands.interventions import instructed
from leaddesk.server.commands.office import Office
from leaddesk.server.commands.partners.partnerships import end_with
from leaddesk.server.commands.relay import settle
from leaddesk.server.domain.events import OperatorIntervened, TenantDeleted
from leaddesk.server.domain.partners.partnership import ACTIVE
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.eventlog.schema import CONTENT_TABLES
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.people import People
from leaddesk.server.keys.port import INSTANCE_KEY
from leaddesk.server.projections.partners.records import all_partners
from leaddesk.server.projections.references import STREAM

_NOTED = "SELECT at, actor, doc FROM erasure WHERE tenant_id = ? AND lead_id = ''"
_DONE = "DELETE FROM erasure WHERE tenant_id = ?"
_HELD = tuple(
    f"SELECT 1 FROM {table} WHERE tenant_id = ? AND owner_id = ? LIMIT 1"  # noqa: S608 - constant text
    for table in ("offer", "lead")
)


def delete_tenant(office: Office, people: People, scope: Scope, asked: OperatorIntervened) -> None:
    """Erase a tenant for ever, with what it has let partners read; its people and machines are out at once.

    Raises ``WithoutInstruction``.
    """
    actor = instructed(asked)
    with office.log.for_tenant(scope).writing() as unit:
        recipients = sorted({str(one.tenant_id) for one in all_partners(unit) if one.tenant_id})
        doc = {"reason": asked.reason, "reference": asked.reference, "recipients": recipients}
        unit.run(_DONE)
        unit.run(NOTE, WHOLE_TENANT, office.now(), actor, json.dumps(doc))
    finish_tenant(office, people, scope)


def erase_unasked(office: Office, people: People, scope: Scope, why: tuple[Urn, str]) -> int:
    """Erase a tenant whose keys are gone already, by whom and for which reason ``why`` says; returns 1.

    Nothing of it can be read, its partners neither: whoever holds something of it is told.
    """
    (actor, reason), others = why, (one for one in office.log.scopes() if one != scope)
    recipients = [one.tenant for one in others if _holds(office, one, scope.tenant)]
    with office.log.for_tenant(scope).writing() as unit:
        doc = {"reason": reason, "reference": "", "recipients": recipients}
        unit.run(_DONE)
        unit.run(NOTE, WHOLE_TENANT, office.now(), actor, json.dumps(doc))
    finish_tenant(office, people, scope)
    return 1


def _holds(office: Office, scope: Scope, owner: TenantId) -> bool:
    """Tell whether a tenant holds an offer or a lead of an owner's."""
    with office.log.for_tenant(scope).reading() as unit:
        return any(unit.select(sql, owner) for sql in _HELD)


def finish_tenant(office: Office, people: People, scope: Scope) -> None:
    """Do what a note asks for, from whichever step on; nothing without one."""
    for _ in finishing(office, people, scope):
        continue


def finishing(office: Office, people: People, scope: Scope) -> Iterator[int]:
    """Do it step by step; gives how many rows each step was about. Between two, others have their turn."""
    log = office.log.for_tenant(scope)
    with log.reading() as unit:
        noted = unit.select(_NOTED)
    if noted:
        people.remove_tenant(scope.tenant)
        office.log.keys.destroy_tenant(scope.tenant)
        yield from removing(log)
        with log.writing() as unit:
            for note in unit.select(_NOTED):  # none if another process was quicker
                _remove(unit, *note)
        _leave_partnerships(office, scope.tenant, Urn(noted[0][1]))
        settle(office, scope)
        with log.keeping() as unit:
            unit.run(_DONE)
    settle(office, scope)


def finish_tenants(office: Office, people: People) -> int:
    """Finish what a crash has left; returns how many tenants it was."""
    return sum(1 for steps in finishing_tenants(office, people) if steps == 0)


def finishing_tenants(office: Office, people: People) -> Iterator[int]:
    """Finish it step by step; gives how many rows each step was about, and 0 at the end of each tenant."""
    for scope in office.log.due(office.now()):
        with office.log.for_tenant(scope).reading() as unit:
            noted = unit.select(_NOTED)
        if noted and not waits(office, people, scope, json.loads(noted[0][2])):
            yield from finishing(office, people, scope)
            yield 0


def _remove(unit: Unit, at: str, actor: str, doc: str) -> None:
    """Take away what was still written, say in the log and in the note that it happened; all of it or
    nothing, and once.
    """
    noted = json.loads(doc)
    if noted.get("removed"):
        return
    for table in CONTENT_TABLES:
        unit.run(f"DELETE FROM {table} WHERE tenant_id = ?")  # noqa: S608 - names from our own schema
    event = TenantDeleted(noted["reason"], noted["reference"], [TenantId(one) for one in noted["recipients"]])
    unit.append(STREAM, unit.version_of(STREAM), [event], Stamp(at, Urn(actor), INSTANCE_KEY))
    unit.run(_DONE)
    unit.run(NOTE, WHOLE_TENANT, at, actor, json.dumps({**noted, "removed": True}))


def _leave_partnerships(office: Office, gone: TenantId, actor: Urn) -> None:
    """End the partnerships in which other firms had this one as their partner."""
    for scope in office.log.scopes():
        if scope.tenant == gone:
            continue
        with office.log.for_tenant(scope).writing() as unit:
            for partner in all_partners(unit):
                if partner.tenant_id == gone and partner.status == ACTIVE:
                    end_with(unit, partner, office.now(), actor)
        settle(office, scope)
