"""Setting up a tenant: forms, pipelines, markets, partnerships; each an event of the tenant's own stream."""

from typing import Any

from leaddesk.contract.ids import TenantId, Urn, tenant_urn
from leaddesk.contract.leads import Form, Pipeline
from leaddesk.contract.markets import Market
from leaddesk.contract.sales_partners import SalesPartner
from leaddesk.contract.wire import WireModel
from leaddesk.server.commands.office import Office
from leaddesk.server.domain.events import Defined
from leaddesk.server.eventlog.log import Stamp
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.projections import references


def define_form(office: Office, scope: Scope, form: Form) -> None:
    """Set a form."""
    _define(office, scope, references.FORM, form.id, _doc(form))


def define_pipeline(office: Office, scope: Scope, pipeline: Pipeline) -> None:
    """Set a pipeline."""
    _define(office, scope, references.PIPELINE, pipeline.sales_pipeline_id, _doc(pipeline))


def define_market(office: Office, scope: Scope, market: Market) -> None:
    """Set a market; its ``partner_count`` is counted anew at every look."""
    _define(office, scope, references.MARKET, market.market_id, _doc(market))


def add_sales_partner(
    office: Office, scope: Scope, partner: SalesPartner, partner_tenant: TenantId | None
) -> None:
    """Set a partnership; ``partner_tenant`` is absent until the invitation is accepted."""
    doc = {**_doc(partner), "tenantId": partner_tenant}
    _define(office, scope, references.SALES_PARTNER, partner.sales_partner_id, doc)


def _doc(model: WireModel) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def _define(office: Office, scope: Scope, area: str, reference_id: str, doc: dict[str, Any]) -> None:
    actor: Urn = tenant_urn(scope.tenant)
    with office.log.for_tenant(scope).writing() as unit:
        references.define(unit, Defined(area, reference_id, doc), Stamp(office.now(), actor, TENANT_KEY))
