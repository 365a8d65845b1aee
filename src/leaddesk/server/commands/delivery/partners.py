"""The end of a partnership on its way: whatever the owner had let the partner read is taken back there."""

from leaddesk.contract.ids import TenantId, tenant_urn
from leaddesk.server.commands.delivery.fact import Fact, close_offer, recipient_of
from leaddesk.server.domain import events as e
from leaddesk.server.eventlog.log import EventLog, Stamp, TenantLog, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.port import TENANT_KEY, lead_key
from leaddesk.server.projections import offers, references
from leaddesk.server.projections.attachments import keys_of_files, remove_files
from leaddesk.server.projections.leads import remove_lead

_OFFERS = "SELECT id FROM offer WHERE tenant_id = ? AND owner_id = ?"
_LEADS = "SELECT id, keeper FROM lead WHERE tenant_id = ? AND owner_id = ?"


def part(log: EventLog, _source: TenantLog, fact: Fact) -> None:
    """``SalesPartnerEnded`` → open offers are over, documents and granted leads are gone, and it says why.

    The partner's own notes and steps are its own data and stay in its log (server design).
    """
    if not isinstance(fact.event, e.SalesPartnerEnded) or fact.event.tenant_id is None:
        return
    over = e.PartnershipOver(fact.source, fact.event.sales_partner_id)
    _destroy_files(log, fact.event.tenant_id, fact)
    with recipient_of(log, fact.event.tenant_id, fact) as unit:
        if unit is not None:
            _take_offers(unit, fact)
            _take_leads(unit, fact, e.GrantEnded())
            stamp = Stamp(fact.at, tenant_urn(fact.source), TENANT_KEY)
            unit.append(references.STREAM, unit.version_of(references.STREAM), [over], stamp)


def vanish(log: EventLog, _source: TenantLog, fact: Fact) -> None:
    """``TenantDeleted`` → the same at every partner the erased tenant had; there its leads are erased."""
    if isinstance(fact.event, e.TenantDeleted):
        for tenant in fact.event.recipients:
            _destroy_files(log, tenant, fact)
            with recipient_of(log, tenant, fact) as unit:
                if unit is not None:
                    _take_offers(unit, fact)
                    _take_leads(unit, fact, e.LeadWithdrawn())


def _take_offers(unit: Unit, fact: Fact) -> None:
    for (offer_id,) in unit.select(_OFFERS, fact.source):
        offers.remove_documents(unit, offer_id)
        if offers.find_offer(unit, offer_id).status == "OPEN":
            close_offer(unit, fact, offer_id, "ENDED", None)


def _destroy_files(log: EventLog, tenant: TenantId, fact: Fact) -> None:
    """Destroy the keys of what the partner has attached: first, so that a crash leaves rows, not content."""
    with log.for_tenant(Scope(tenant)).reading() as unit:
        leads = [row[0] for row in unit.select(_LEADS, fact.source)]
        keys = [key for lead_id in leads for key in keys_of_files(unit, lead_id)]
    if keys:
        log.keys.destroy(tenant, keys)


def _take_leads(unit: Unit, fact: Fact, end: e.Event) -> None:
    for lead_id, keeper in unit.select(_LEADS, fact.source):
        remove_files(unit, lead_id)
        remove_lead(unit, lead_id)
        stamp = Stamp(fact.at, tenant_urn(fact.source), lead_key(lead_id), keeper)
        unit.append(lead_id, unit.version_of(lead_id), [end], stamp)
