"""From TOML to a blueprint. What one section says of itself is checked here, how they fit in ``deciding``."""

import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from leaddesk.contract.markets import Distribution
from leaddesk.server.domain.blueprint.plan import (
    FORM,
    MARKET,
    PIPELINE,
    Blueprint,
    FieldPlan,
    FormPlan,
    MarketPlan,
    Misdrawn,
    PipelinePlan,
    Plan,
)
from leaddesk.server.domain.blueprint.tables import Table

MOST = 100
"""Forms, pipelines or markets of one file."""
MOST_FIELDS, MOST_STEPS, MOST_ITEMS, MOST_HOURS = 250, 50, 500, 24 * 90
_LIST = "text:list"
_TYPE = re.compile(
    r"(text:singleline|text:multiline|text:list|number:natural|number:decimal|bool:yesno)|"
    r"(text:(singleline|multiline|list)|number|bool)(:[a-z][a-z0-9-]{0,39})+"
)
_TYPES = "text:singleline, text:multiline, text:list, number:natural, bool:yesno or one of their subtypes"
_ONE_AFTER_ANOTHER: Distribution = "one-after-another"
_ALL_AT_ONCE: Distribution = "all-at-once"

_SECTIONS = (FORM, PIPELINE, MARKET)
_FORM_KEYS = ("name", "formerly", "description", "prospect", "interest")
_FIELD_KEYS = ("label", "type", "required", "items", "several")
_PIPELINE_KEYS = ("name", "formerly", "steps", "default")
_MARKET_KEYS = (
    "name",
    "formerly",
    "pipeline",
    "response_hours",
    "approval",
    "distribution",
    "visible",
    "masked",
    "accepted",
)

P = TypeVar("P", bound=Plan)


def read_blueprint(text: str) -> Blueprint:
    """Read a blueprint. Raises :class:`Misdrawn`."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misdrawn(f"not TOML: {error}") from None
    file = Table(raw, "", _SECTIONS)
    return Blueprint(
        forms=_all(file, FORM, _FORM_KEYS, _form),
        pipelines=_one_default(_all(file, PIPELINE, _PIPELINE_KEYS, _pipeline)),
        markets=_all(file, MARKET, _MARKET_KEYS, _market),
    )


def _all(file: Table, kind: str, keys: Sequence[str], read: Callable[[Table], P]) -> tuple[P, ...]:
    found: list[P] = []
    for number, raw in enumerate(file.tables(kind, MOST), 1):
        table = Table(raw, f"{kind} {number}", keys)
        table.place = f'{kind} "{table.line("name")}"'
        found.append(read(table))
    names = [name for plan in found for name in {plan.name, plan.formerly or plan.name}]
    for name in _doubled(names):
        raise Misdrawn(f'{kind} "{name}": is there twice')
    return tuple(found)


def _form(table: Table) -> FormPlan:
    plan = FormPlan(
        table.line("name"),
        table.perhaps("formerly"),
        description=table.perhaps("description") or "",
        prospect=_fields(table, "prospect"),
        interest=_fields(table, "interest"),
    )
    if not plan.labels():
        raise table.wrong("expected at least one field in prospect or interest")
    for label in _doubled(plan.labels()):
        raise table.wrong(f'two fields are called "{label}"')
    return plan


def _fields(form: Table, block: str) -> tuple[FieldPlan, ...]:
    found = []
    for number, raw in enumerate(form.tables(block, MOST_FIELDS), 1):
        table = Table(raw, f"{form.place}, {block} {number}", _FIELD_KEYS)
        label = table.line("label")
        table.place = f'{form.place}, {block} "{label}"'
        found.append(_field(table, label))
    return tuple(found)


def _field(table: Table, label: str) -> FieldPlan:
    type_ = table.line("type")
    if _TYPE.fullmatch(type_) is None:
        raise table.wrong(f"type: expected {_TYPES}")
    is_list = type_ == _LIST or type_.startswith(f"{_LIST}:")
    items, several = table.lines("items", MOST_ITEMS), bool(table.flag("several"))
    if is_list and not items:
        raise table.wrong("items: expected the choices of the list")
    if not is_list and (items or several):
        raise table.wrong(f"items and several belong to fields of the type {_LIST}")
    return FieldPlan(label, type_, bool(table.flag("required")), items, several)


def _pipeline(table: Table) -> PipelinePlan:
    steps = table.lines("steps", MOST_STEPS, least=1)
    return PipelinePlan(
        table.line("name"), table.perhaps("formerly"), steps=steps, is_default=table.flag("default")
    )


def _one_default(plans: tuple[PipelinePlan, ...]) -> tuple[PipelinePlan, ...]:
    defaults = [plan.name for plan in plans if plan.is_default]
    if len(defaults) > 1:
        raise Misdrawn(f'pipeline "{defaults[1]}": default: only one pipeline can be it')
    return plans


def _market(table: Table) -> MarketPlan:
    approval = table.flag("approval")
    plan = MarketPlan(
        table.line("name"),
        table.perhaps("formerly"),
        pipeline=table.line("pipeline"),
        response_hours=table.number("response_hours", 24, MOST_HOURS),
        approval=True if approval is None else approval,
        distribution=_distribution(table),
        visible=table.lines("visible", MOST_FIELDS),
        masked=table.lines("masked", MOST_FIELDS),
        accepted=table.lines("accepted", MOST_FIELDS),
    )
    for label in _doubled(plan.labels()):
        raise table.wrong(f'"{label}": is in two of visible, masked and accepted')
    return plan


def _distribution(table: Table) -> Distribution:
    said = table.perhaps("distribution") or _ALL_AT_ONCE
    if said == _ALL_AT_ONCE:
        return _ALL_AT_ONCE
    if said == _ONE_AFTER_ANOTHER:
        return _ONE_AFTER_ANOTHER
    raise table.wrong(f"distribution: expected {_ALL_AT_ONCE} or {_ONE_AFTER_ANOTHER}")


def _doubled(names: Iterable[Any]) -> list[Any]:
    """Name what is there more than once."""
    every = list(names)
    return [name for index, name in enumerate(every) if name in every[:index]]
