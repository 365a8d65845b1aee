"""Applying a blueprint to a tenant: decided and set in one transaction, with the intervention it is (A11)."""

from leaddesk.contract.ids import tenant_urn
from leaddesk.contract.leads import Form, Pipeline
from leaddesk.contract.markets import Market
from leaddesk.server.commands.interventions import instructed
from leaddesk.server.commands.office import Office, persistently
from leaddesk.server.domain.blueprint.deciding import Change, Held, Origin, decide
from leaddesk.server.domain.blueprint.plan import FORM, MARKET, PIPELINE, Blueprint
from leaddesk.server.domain.events import Defined, OperatorIntervened
from leaddesk.server.eventlog.log import Stamp, Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.projections import references

APPLIED = "tenant.blueprint"
_AREAS = {FORM: references.FORM, PIPELINE: references.PIPELINE, MARKET: references.MARKET}
_STANDING = "SELECT COUNT(*) FROM lead WHERE tenant_id = ? AND step = ? AND closed_at IS NULL"


class StepInUse(ValueError):
    """A pipeline would lose a step at which leads stand."""

    def __init__(self, pipeline: str, step: str, leads: int) -> None:
        super().__init__("a step at which leads stand")
        self.pipeline = pipeline
        self.step = step
        self.leads = leads


def held_by(office: Office, scope: Scope) -> Held:
    """Return what a tenant has."""
    with office.log.for_tenant(scope).reading() as unit:
        return _held(unit)


def apply_blueprint(
    office: Office, scope: Scope, wanted: Blueprint, asked: OperatorIntervened, *, dry_run: bool = False
) -> list[Change]:
    """Add and change what the blueprint says; returns what that was. What is so already stays untouched.

    Nothing is recorded where nothing changes. Raises ``WithoutInstruction``, ``Misdrawn``,
    :class:`StepInUse`.
    """
    actor, origin = instructed(asked), Origin(tenant_urn(scope.tenant), office.new_id)

    def work() -> list[Change]:
        with office.log.for_tenant(scope).writing() as unit:
            changes = decide(_held(unit), wanted, origin)
            _check_steps(unit, changes)
            if changes and not dry_run:
                stamp = Stamp(office.now(), actor, TENANT_KEY)
                unit.append(references.STREAM, unit.version_of(references.STREAM), [asked], stamp)
                set_all(unit, changes, stamp)
            return changes

    return persistently(work)


def set_all(unit: Unit, changes: list[Change], stamp: Stamp) -> None:
    """Set everything that changes."""
    for change in changes:
        doc = change.model.model_dump(mode="json", by_alias=True, exclude_none=True)
        references.define(unit, Defined(_AREAS[change.kind], _id_of(change.model), doc), stamp)


def _held(unit: Unit) -> Held:
    return Held(
        [Form.model_validate_json(doc) for doc in references.all_of(unit, references.FORM)],
        [Pipeline.model_validate_json(doc) for doc in references.all_of(unit, references.PIPELINE)],
        [Market.model_validate_json(doc) for doc in references.all_of(unit, references.MARKET)],
    )


def _id_of(model: Form | Pipeline | Market) -> str:
    if isinstance(model, Form):
        return model.id
    return model.sales_pipeline_id if isinstance(model, Pipeline) else model.market_id


def _check_steps(unit: Unit, changes: list[Change]) -> None:
    """Refuse to take a step away while leads stand at one of that name, in whichever pipeline."""
    for change in changes:
        for step in change.dropped:
            ((leads,),) = unit.select(_STANDING, step)
            if leads:
                raise StepInUse(change.model.name, step, leads)
