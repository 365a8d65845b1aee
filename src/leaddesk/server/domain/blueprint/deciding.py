"""What a blueprint changes of what a tenant has: it adds and changes, and takes nothing away."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from leaddesk.contract.ids import FormId, MarketId, PipelineId, Urn
from leaddesk.contract.leads import Form, FormBlock, FormDefinition, FormField, Pipeline
from leaddesk.contract.markets import FieldRule, Market
from leaddesk.server.domain.blueprint.plan import (
    FORM,
    MARKET,
    PIPELINE,
    Blueprint,
    FieldPlan,
    FormPlan,
    Kind,
    MarketPlan,
    Misdrawn,
    PipelinePlan,
    Plan,
)


@dataclass(frozen=True, slots=True)
class Held:
    """What a tenant has; markets as they are stored."""

    forms: Sequence[Form] = ()
    pipelines: Sequence[Pipeline] = ()
    markets: Sequence[Market] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is added or changed; ``dropped`` are the steps a pipeline loses."""

    kind: Kind
    act: Literal["added", "changed"]
    model: Form | Pipeline | Market
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose it becomes, and where new ids come from."""

    owner: Urn
    new_id: Callable[[], str]


class _Has(Protocol):
    @property
    def name(self) -> str: ...


H = TypeVar("H", bound=_Has)


def decide(held: Held, wanted: Blueprint, origin: Origin) -> list[Change]:
    """Return what has to be set, in an order in which each finds what it names. Raises :class:`Misdrawn`."""
    forms = [_form(_known(FORM, held.forms, plan), plan, origin) for plan in wanted.forms]
    pipelines = _pipelines(held.pipelines, wanted.pipelines, origin)
    labels = {label for form in _merged(held.forms, forms, lambda one: one.id) for label in _labels(form)}
    names = {one.name: one for one in pipelines}
    markets = [_market(held, plan, (names, labels), origin) for plan in wanted.markets]
    return [
        *_changes(FORM, held.forms, forms, lambda one: one.id),
        *_changes(PIPELINE, held.pipelines, pipelines, lambda one: one.sales_pipeline_id),
        *_changes(MARKET, held.markets, markets, lambda one: one.market_id),
    ]


def _known(kind: Kind, held: Sequence[H], plan: Plan) -> H | None:
    """Find what a plan is about: by its name, else by its former one."""
    named = next((one for one in held if one.name == plan.name), None)
    former = next((one for one in held if plan.formerly is not None and one.name == plan.formerly), None)
    if named is not None and former is not None:
        raise Misdrawn(f'{kind} "{plan.name}": formerly: "{plan.formerly}" is there too')
    return named or former


def _form(known: Form | None, plan: FormPlan, origin: Origin) -> Form:
    definition = FormDefinition(prospect=_block(plan.prospect), interest=_block(plan.interest))
    return Form(
        id=known.id if known else FormId(origin.new_id()),
        name=plan.name,
        description=plan.description,
        owner=origin.owner,
        serial=_next_serial(known, plan, definition),
        definition=definition,
    )


def _next_serial(known: Form | None, plan: FormPlan, definition: FormDefinition) -> int:
    if known is None:
        return 1
    same = (known.name, known.description, known.definition) == (plan.name, plan.description, definition)
    return known.serial if same else known.serial + 1


def _block(plans: Sequence[FieldPlan]) -> FormBlock:
    return FormBlock(
        fields={plan.label: _field(plan) for plan in plans},
        required=[plan.label for plan in plans if plan.required],
        field_order=[plan.label for plan in plans],
    )


def _field(plan: FieldPlan) -> FormField:
    if not plan.items:
        return FormField(type=plan.type)
    return FormField(type=plan.type, items=list(plan.items), multi_select_allowed=plan.several)


def _pipelines(held: Sequence[Pipeline], plans: Sequence[PipelinePlan], origin: Origin) -> list[Pipeline]:
    """Return all pipelines as they become; exactly one is the default, the first if nobody says which."""
    made = [_pipeline(_known(PIPELINE, held, plan), plan, origin) for plan in plans]
    every = _merged(held, made, lambda one: one.sales_pipeline_id)
    chosen = next((plan.name for plan in plans if plan.is_default), None)
    if chosen is None:
        chosen = next((one.name for one in every if one.is_default), every[0].name if every else None)
    return [one.model_copy(update={"is_default": one.name == chosen}) for one in every]


def _pipeline(known: Pipeline | None, plan: PipelinePlan, origin: Origin) -> Pipeline:
    kept = known is not None and known.is_default and plan.is_default is None
    return Pipeline(
        sales_pipeline_id=known.sales_pipeline_id if known else PipelineId(origin.new_id()),
        name=plan.name,
        steps=list(plan.steps),
        is_default=bool(plan.is_default) or kept,
    )


def _market(
    held: Held, plan: MarketPlan, there: tuple[dict[str, Pipeline], set[str]], origin: Origin
) -> Market:
    known, (pipelines, labels) = _known(MARKET, held.markets, plan), there
    if plan.pipeline not in pipelines:
        raise Misdrawn(f'market "{plan.name}": pipeline: expected one of {_listed(pipelines)}')
    for label in plan.labels():
        if label not in labels:
            raise Misdrawn(f'market "{plan.name}": no form has a field "{label}"')
    shown = ((plan.visible, "visible"), (plan.masked, "masked"), (plan.accepted, "hidden"))
    rules = [{"label": label, "before": before} for group, before in shown for label in group]
    return Market(
        market_id=known.market_id if known else MarketId(origin.new_id()),
        name=plan.name,
        sales_pipeline_id=pipelines[plan.pipeline].sales_pipeline_id,
        partner_count=known.partner_count if known else 0,
        response_window_seconds=plan.response_hours * 3600,
        approval_required=plan.approval,
        distribution=plan.distribution,
        visibility=[FieldRule.model_validate(rule) for rule in rules],
    )


def _listed(names: dict[str, Pipeline]) -> str:
    return ", ".join(f'"{name}"' for name in names) or "the pipelines, of which there is none"


def _labels(form: Form) -> list[str]:
    return [*form.definition.prospect.fields, *form.definition.interest.fields]


def _merged(held: Sequence[H], made: Sequence[H], id_of: Callable[[H], str]) -> list[H]:
    """Put what was made into the places of what it replaces, the rest behind. Raises :class:`Misdrawn`."""
    new = {id_of(one): one for one in made}
    return [*(new.pop(id_of(one), one) for one in held), *new.values()]


def _changes(kind: Kind, held: Sequence[H], made: Sequence[H], id_of: Callable[[H], str]) -> list[Change]:
    before, found = {id_of(one): one for one in held}, list[Change]()
    for one in made:
        old = before.get(id_of(one))
        if old == one:
            continue
        model: Form | Pipeline | Market = one  # type: ignore[assignment]
        found.append(Change(kind, "changed" if old else "added", model, _dropped(old, one)))
    return found


def _dropped(old: object, new: object) -> tuple[str, ...]:
    if isinstance(old, Pipeline) and isinstance(new, Pipeline):
        return tuple(step for step in old.steps if step not in new.steps)
    return ()
