"""Forms, pipelines, markets and partners of the caller's tenant."""

from leaddesk.contract.ids import TenantId
from leaddesk.contract.leads import Form, Pipeline
from leaddesk.contract.markets import Market
from leaddesk.contract.sales_partners import Invitation, SalesPartner
from leaddesk.server.domain.refusal import not_found
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.identity.caller import Caller
from leaddesk.server.projections import references
from leaddesk.server.projections.partners.invitations import write_code
from leaddesk.server.projections.partners.records import all_partners
from leaddesk.server.queries.library import Library


def forms(library: Library, caller: Caller) -> list[Form]:
    """Return the tenant's forms in their order."""
    with library.reading(caller) as unit:
        return [Form.model_validate_json(doc) for doc in references.all_of(unit, references.FORM)]


def pipelines(library: Library, caller: Caller) -> list[Pipeline]:
    """Return the tenant's pipelines, then those on which it works leads of others."""
    with library.reading(caller) as unit:
        own = references.all_of(unit, references.PIPELINE)
        foreign = references.all_of(unit, references.FOREIGN_PIPELINE)
        return [Pipeline.model_validate_json(doc) for doc in (*own, *foreign)]


def markets(library: Library, caller: Caller) -> list[Market]:
    """Return the markets with the number of partners an offer would reach now."""
    with library.reading(caller) as unit:
        count = partner_count(unit)
        found = [Market.model_validate_json(doc) for doc in references.all_of(unit, references.MARKET)]
        return [market.model_copy(update={"partner_count": count}) for market in found]


def market(unit: Unit, market_id: str) -> Market:
    """Return one market. Raises ``Refused`` (not found) for an unknown one."""
    doc = references.one_of(unit, references.MARKET, market_id)
    if doc is None:
        raise not_found()
    return Market.model_validate_json(doc)


def partner_count(unit: Unit) -> int:
    """Count the partners an offer would reach."""
    return sum(partner.reachable for partner in all_partners(unit))


def sales_partners(library: Library, caller: Caller) -> list[SalesPartner]:
    """Return the tenant's sales partners, whatever their status."""
    with library.reading(caller) as unit:
        docs = references.all_of(unit, references.SALES_PARTNER)
        return [SalesPartner.model_validate_json(doc) for doc in docs]


def sales_partner(library: Library, caller: Caller, partner_id: str) -> SalesPartner:
    """Return one sales partner. Raises ``Refused`` (not found)."""
    with library.reading(caller) as unit:
        doc = references.one_of(unit, references.SALES_PARTNER, partner_id)
    if doc is None:
        raise not_found()
    return SalesPartner.model_validate_json(doc)


def invitation(library: Library, caller: Caller, partner_id: str) -> Invitation:
    """Return the code of an open invitation. Raises ``Refused``: not found, wrong state."""
    with library.reading(caller) as unit:
        return Invitation(code=write_code(unit, partner_id))


def owners(library: Library, caller: Caller) -> list[TenantId]:
    """Return the other tenants whose leads or offers this tenant holds (measure A1)."""
    with library.reading(caller) as unit:
        found = unit.select("SELECT DISTINCT owner_id FROM offer WHERE tenant_id = ? ORDER BY owner_id")
        return [TenantId(row[0]) for row in found]
