"""Setting up a tenant: itself with its first admin, forms, pipelines, markets, partnerships.

Each is an event of the tenant's own stream; the first one is an operator's intervention (measure A11).
"""

from dataclasses import dataclass, field
from typing import Any

from leaddesk.contract.ids import MemberId, TenantId, Urn, tenant_urn
from leaddesk.contract.leads import Form, Pipeline
from leaddesk.contract.markets import Market
from leaddesk.contract.people import Role
from leaddesk.contract.sales_partners import SalesPartner
from leaddesk.contract.wire import WireModel
from leaddesk.personal.masked import Secret
from leaddesk.server.commands.blueprints.applying import set_all
from leaddesk.server.commands.erasure.founding import note_founded, note_founding
from leaddesk.server.commands.erasure.tenants import finish_tenant
from leaddesk.server.commands.interventions import intervene
from leaddesk.server.commands.office import Office
from leaddesk.server.domain.blueprint.deciding import Held, Origin, decide
from leaddesk.server.domain.blueprint.plan import Blueprint
from leaddesk.server.domain.events import Defined, OperatorIntervened
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.identity.choosing.rule import check_password
from leaddesk.server.identity.people import People, PersonRecord, TenantRecord
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.projections import references

TENANT_CREATED = "tenant.create"
NOTHING = Blueprint()


class EmailInUse(ValueError):
    """The e-mail belongs to somebody already."""


@dataclass(frozen=True, slots=True)
class Founding:
    """A tenant that shall be, and its first admin."""

    tenant: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    password: Secret


def create_tenant(
    office: Office,
    people: People,
    wanted: Founding,
    instruction: tuple[str, str, str],
    blueprint: Blueprint = NOTHING,
) -> TenantId:
    """Enter a tenant and its admin, on record before it is done; wholly, or what was begun goes again.

    ``instruction``: operator, reason, reference. ``blueprint``: what it has to work with. Raises
    ``WithoutInstruction``, ``WeakPassword``, ``Misdrawn``, :class:`EmailInUse`.
    """
    check_password(wanted.password, (wanted.tenant, wanted.name, wanted.email))
    if people.entrant(wanted.email) is not None:
        raise EmailInUse
    tenant, (operator, reason, reference) = TenantId(office.new_id()), instruction
    asked = OperatorIntervened(operator, TENANT_CREATED, reason, reference)
    begun = decide(Held(), blueprint, Origin(tenant_urn(tenant), office.new_id))

    def beside(unit: Unit, event: OperatorIntervened, stamp: Stamp) -> None:
        note_founding(unit, event, stamp)
        set_all(unit, begun, stamp)

    intervene(office, Scope(tenant), asked, beside)
    people.add_tenant(TenantRecord(tenant, wanted.tenant))
    admin = PersonRecord(tenant, MemberId(office.new_id()), wanted.name, wanted.email, Role.ADMIN)
    try:
        people.add_person(admin, wanted.password)
    except ValueError:  # entered by another process in this moment
        finish_tenant(office, people, Scope(tenant))
        raise EmailInUse from None
    note_founded(office, tenant)
    return tenant


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
