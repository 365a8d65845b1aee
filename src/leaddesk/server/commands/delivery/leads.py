"""Leads on their way: a deletion to every recipient, a partner's step back to the owner."""

from leaddesk.contract.ids import TenantId, tenant_urn
from leaddesk.server.commands.delivery.fact import Fact, begin_granted, close_offer, known_lead, recipient_of
from leaddesk.server.domain import events as e
from leaddesk.server.eventlog.log import EventLog, Stamp, TenantLog, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.port import lead_key
from leaddesk.server.projections import offers
from leaddesk.server.projections.attachments import keys_of_files
from leaddesk.server.projections.erasure import erase_received
from leaddesk.server.projections.leads import append_to_lead
from leaddesk.server.projections.partners.grants import store_grant


def withdraw(log: EventLog, source: TenantLog, fact: Fact) -> None:
    """``LeadDeleted`` → documents, row and what the offers said are gone at every recipient (measure A9)."""
    if not isinstance(fact.event, e.LeadDeleted):
        return
    for tenant in fact.event.recipients:
        _destroy_files(log, tenant, fact.stream_id)
        with recipient_of(log, tenant, fact) as unit:
            if unit is not None:
                _withdraw(unit, fact)


def _destroy_files(log: EventLog, tenant: TenantId, lead_id: str) -> None:
    """Destroy the keys of what a partner has attached: first, so that a crash leaves rows, not content."""
    with log.for_tenant(Scope(tenant)).reading() as unit:
        keys = keys_of_files(unit, lead_id)
    if keys:
        log.keys.destroy(tenant, keys)


def _withdraw(unit: Unit, fact: Fact) -> None:
    held = known_lead(unit, fact.stream_id)
    found = offers.offers_of_lead(unit, fact.stream_id)
    erase_received(unit, fact.stream_id)
    for offer in found:
        if offer.status == offers.ASSIGNED:
            continue
        close_offer(unit, fact, offer.offer_id, "ENDED" if offer.status == "OPEN" else offer.status, None)
    if held is not None:
        stamp = Stamp(fact.at, tenant_urn(fact.source), lead_key(fact.stream_id), held.keeper)
        unit.append(fact.stream_id, held.version, [e.LeadWithdrawn()], stamp)


def assign(log: EventLog, _source: TenantLog, fact: Fact) -> None:
    """``LeadAssignedDirectly`` → the lead's stream begins at the chosen partner, for all its members."""
    event = fact.event
    if not isinstance(event, e.LeadAssignedDirectly):
        return
    with recipient_of(log, event.recipient.tenant_id, fact) as unit:
        if unit is None:
            return
        store_grant(unit, fact.source, fact.stream_id, fact.at, event)
        came = e.LeadReceived(
            event.recipient.offer_id,
            fact.source,
            event.brokerage_id,
            event.commission_id,
            tenant_urn(unit.tenant),
            event.pipeline,
            event.pipeline.steps[0],
        )
        begin_granted(unit, fact, came)


def report_work(log: EventLog, source: TenantLog, fact: Fact) -> None:
    """A partner's step or closing → the owner's report of it; work on own leads stays in the house."""
    event = fact.event
    owner = _owner_of(source, fact.stream_id)
    if not isinstance(event, e.StepChanged | e.CommissionClosed) or owner in (None, fact.source):
        return
    with recipient_of(log, TenantId(str(owner)), fact) as unit:
        if unit is None:
            return
        state = known_lead(unit, fact.stream_id)
        if state is None:
            return  # erased since: there is nothing left to report on
        running = state.row.commission
        if running is not None and running.commission_id == event.commission_id:
            append_to_lead(unit, state, [_reported(event)], fact.at, running.responsible)


def _reported(event: e.StepChanged | e.CommissionClosed) -> e.Event:
    """Tell the codes; the partner's words stay with the partner."""
    if isinstance(event, e.StepChanged):
        return e.StepReported(event.commission_id, event.before, event.after)
    return e.ClosingReported(event.commission_id, event.outcome)


def _owner_of(source: TenantLog, lead_id: str) -> str | None:
    with source.reading() as unit:
        found = unit.select("SELECT owner_id FROM lead WHERE tenant_id = ? AND id = ?", lead_id)
    return found[0][0] if found else None
