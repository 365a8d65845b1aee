"""The clock's work: offers nobody took in time are missed, requests nobody decided expire."""

from collections.abc import Iterator

from leaddesk.contract.ids import Urn
from leaddesk.server.commands.erasure.leads import finish_erasures
from leaddesk.server.commands.office import Office, persistently
from leaddesk.server.commands.relay import settle
from leaddesk.server.domain.offering import decide_missed
from leaddesk.server.domain.refusal import Refused
from leaddesk.server.domain.sharing import decide_expired
from leaddesk.server.eventlog.idempotency import forget_expired
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.projections.leads import append_to_lead, load_lead
from leaddesk.server.projections.shares import leads_due, store_deadlines, store_share

CLOCK_URN = Urn("urn:lt:system:clock:deadlines")
"""The originator of what nobody did."""


def sweep(office: Office) -> int:
    """Do what is due in every tenant and return how many leads it concerned."""
    for _ in forgetting(office):
        continue
    return sum(sweeping(office))


def sweeping(office: Office) -> Iterator[int]:
    """Do what is due, tenant by tenant; gives how many leads each step was about."""
    yield finish_erasures(office)
    for scope in office.log.due(office.now()):
        with office.log.for_tenant(scope).reading() as unit:
            due = leads_due(unit, office.now())
        for lead_id in due:
            _close_due(office, scope, lead_id)
        if due:
            settle(office, scope)
        yield len(due)


def forgetting(office: Office) -> Iterator[None]:
    """Forget the idempotency keys whose time is over, tenant by tenant: seldom, for it asks them all."""
    for scope in office.log.scopes():
        with office.log.for_tenant(scope).keeping() as unit:
            forget_expired(unit, office.now())
        yield


def _close_due(office: Office, scope: Scope, lead_id: str) -> None:
    try:
        persistently(lambda: _append(office, scope, lead_id))
    except Refused:
        return  # erased since it was listed: nothing is left to run out


def _append(office: Office, scope: Scope, lead_id: str) -> None:
    with office.log.for_tenant(scope).writing() as unit:
        state, now = load_lead(unit, lead_id), office.now()
        expired = decide_expired(state, now)
        state = append_to_lead(unit, state, [*decide_missed(state, now), *expired], now, CLOCK_URN)
        for event in expired:
            store_share(unit, state, str(event.subject))
        store_deadlines(unit, state)
