"""Erasing a lead: noted, its keys destroyed, then its rows and the note removed and the event appended.

Each step is a commit of its own, in an order that never leaves a promise half kept: once the note is there
the rest follows, at once or after a crash (:func:`finish_erasures`, at start and on the clock). From the
moment the keys are gone nothing of the lead can be read, whatever else is still there.
"""

import json
from dataclasses import dataclass
from typing import Any

from leaddesk.contract.ids import LeadId, TenantId, Urn
from leaddesk.server.commands.office import Office, Order, perform, visible_lead
from leaddesk.server.commands.relay import settle
from leaddesk.server.domain.events import LeadDeleted
from leaddesk.server.domain.lead import LeadState, decide_deletion
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.port import TENANT_KEY, lead_key, offer_key
from leaddesk.server.projections.erasure import erase_own

_NOTE = "INSERT INTO erasure (tenant_id, lead_id, at, actor, keeper, doc) VALUES (?, ?, ?, ?, ?, ?)"
_NOTED = "SELECT at, actor, keeper, doc FROM erasure WHERE tenant_id = ? AND lead_id = ?"
_ALL_NOTED = "SELECT lead_id FROM erasure WHERE tenant_id = ? AND lead_id <> '' ORDER BY lead_id"
_DONE = "DELETE FROM erasure WHERE tenant_id = ? AND lead_id = ?"


@dataclass(frozen=True, slots=True)
class _Noted:
    """What has to be known after the keys are gone: ids only."""

    at: str
    actor: Urn
    keeper: Urn | None
    keys: list[str]
    recipients: list[TenantId]
    reason: str


def delete_lead(office: Office, order: Order, lead_id: str) -> Receipt:
    """Erase a lead for ever, here and at every partner that received it, before this returns (measure A9)."""

    def work(unit: Unit) -> Receipt:
        state = visible_lead(unit, order.caller, lead_id)
        note_erasure(unit, state, Stamp(office.now(), order.caller.urn, TENANT_KEY, state.keeper))
        return Receipt(
            204, (lead_id,)
        )  # the one request on a lead that is answered as before when it is gone

    receipt = perform(office, order, work)
    finish_erasure(office, order.scope, lead_id)
    return receipt


def note_erasure(unit: Unit, state: LeadState, stamp: Stamp, reason: str = "") -> None:
    """Note that a lead will be erased, and which keys that takes. Raises ``Refused`` for a granted one."""
    deleted = decide_deletion(state)
    doc = {"keys": _keys(unit, state.lead_id), "recipients": deleted.recipients, "reason": reason}
    unit.run(_DONE, state.lead_id)
    unit.run(_NOTE, state.lead_id, stamp.at, stamp.actor, stamp.keeper, json.dumps(doc))


def finish_erasure(office: Office, scope: Scope, lead_id: str) -> None:
    """Do what a note asks for, from whichever step on; nothing without one."""
    log = office.log.for_tenant(scope)
    with log.reading() as unit:
        noted = _noted(unit, lead_id)
    if noted is not None:
        office.log.keys.destroy(scope.tenant, noted.keys)
        with log.writing() as unit:
            if _noted(unit, lead_id) is not None:  # another process may have been quicker
                _remove(unit, LeadId(lead_id), noted)
    settle(office, scope)


def finish_erasures(office: Office) -> int:
    """Finish what a crash, or a key store that did not answer, has left; returns how many leads it was."""
    count = 0
    for scope in office.log.due(office.now()):
        with office.log.for_tenant(scope).reading() as unit:
            left = [row[0] for row in unit.select(_ALL_NOTED)]
        for lead_id in left:
            finish_erasure(office, scope, lead_id)
        count += len(left)
    return count


def _remove(unit: Unit, lead_id: LeadId, noted: _Noted) -> None:
    """Take rows, indexes and the note away, say in the log that it happened; all of it or nothing."""
    erase_own(unit, lead_id)
    stamp = Stamp(noted.at, noted.actor, TENANT_KEY, noted.keeper)
    unit.append(lead_id, unit.version_of(lead_id), [LeadDeleted(noted.recipients, noted.reason)], stamp)
    unit.run(_DONE, lead_id)


def _keys(unit: Unit, lead_id: str) -> list[str]:
    """Name the lead's key and both of each time it was offered or assigned."""
    stream: list[Any] = [recorded.event for recorded in unit.stream(lead_id)]
    brokerages = {event.brokerage_id: None for event in stream if hasattr(event, "brokerage_id")}
    offered = [offer_key(one, stage) for one in brokerages for stage in ("before", "after")]
    return [lead_key(lead_id), *offered]


def _noted(unit: Unit, lead_id: str) -> _Noted | None:
    found = unit.select(_NOTED, lead_id)
    if not found:
        return None
    at, actor, keeper, doc = found[0]
    return _Noted(at, Urn(actor), keeper and Urn(keeper), **json.loads(doc))
