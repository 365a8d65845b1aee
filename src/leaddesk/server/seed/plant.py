"""Writing the demo population into a server: references, leads in bulk, then what the markets know."""

from functools import partial

from leaddesk.server.commands import setup
from leaddesk.server.commands.office import Office
from leaddesk.server.eventlog.bulk import write_linked
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.seed.dealings import deal
from leaddesk.server.seed.population import Population
from leaddesk.server.seed.stored import Source, linked


def plant(office: Office, population: Population, source: Source | None = None) -> None:
    """Store the whole population, its leads from ``source`` or drawn here.

    The log must be empty; people are entered elsewhere.
    """
    source = source or partial(linked, population)
    for tenant in population.world.tenants:
        _plant_references(office, population, tenant.key)
        _plant_leads(office, population, tenant.key, source)
    deal(office, population)


def _plant_references(office: Office, population: Population, tenant: str) -> None:
    world = population.world
    scope = Scope(world.tenant(tenant).tenant_id)
    for form in world.forms_of(tenant):
        setup.define_form(office, scope, form.form)
    for plan in world.pipelines:
        if plan.tenant == tenant:
            setup.define_pipeline(office, scope, plan.pipeline)
    for market in world.markets:
        if market.tenant == tenant:
            setup.define_market(office, scope, market.market)
    for partnership in world.partnerships:
        if partnership.owner == tenant:
            partner = world.tenant(partnership.partner).tenant_id if partnership.partner else None
            setup.add_sales_partner(office, scope, partnership.sales_partner, partner)


def _plant_leads(office: Office, population: Population, tenant: str, source: Source) -> None:
    log = office.log.for_tenant(Scope(population.world.tenant(tenant).tenant_id))
    with office.log.keys.filling():
        write_linked(log, partial(source, tenant))
