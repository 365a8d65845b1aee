"""A tenant's forms, pipelines and markets as a blueprint that can be changed and applied again."""

import json
from collections.abc import Iterable, Iterator

from leaddesk.contract.leads import Form, FormBlock, Pipeline
from leaddesk.contract.markets import Market
from leaddesk.server.domain.blueprint.deciding import Held


def write_blueprint(held: Held) -> str:
    """Write it as TOML; applied to the same tenant it changes nothing."""
    names = {one.sales_pipeline_id: one.name for one in held.pipelines}
    parts: list[Iterator[str]] = [
        *(_form(one) for one in held.forms),
        *(_pipeline(one) for one in held.pipelines),
        *(_market(one, names.get(one.sales_pipeline_id, "")) for one in held.markets),
    ]
    return "\n".join("\n".join(part) + "\n" for part in parts)


def _form(form: Form) -> Iterator[str]:
    yield "[[form]]"
    yield f"name = {_text(form.name)}"
    if form.description:
        yield f"description = {_text(form.description)}"
    yield from _block("prospect", form.definition.prospect)
    yield from _block("interest", form.definition.interest)


def _block(name: str, block: FormBlock) -> Iterator[str]:
    if not block.fields:
        return
    yield f"{name} = ["
    order = list(dict.fromkeys([*(block.field_order or ()), *block.fields]))
    for label in order:
        field = block.fields[label]
        parts = [f"label = {_text(label)}", f"type = {_text(field.type)}"]
        parts += ["required = true"] * (label in block.required)
        parts += ["several = true"] * bool(field.multi_select_allowed)
        parts += [f"items = {_texts(field.items)}"] if field.items else []
        yield f"    {{ {', '.join(parts)} }},"
    yield "]"


def _pipeline(pipeline: Pipeline) -> Iterator[str]:
    yield "[[pipeline]]"
    yield f"name = {_text(pipeline.name)}"
    if pipeline.is_default:
        yield "default = true"
    yield f"steps = {_texts(pipeline.steps)}"


def _market(market: Market, pipeline: str) -> Iterator[str]:
    yield "[[market]]"
    yield f"name = {_text(market.name)}"
    yield f"pipeline = {_text(pipeline)}"
    yield f"response_hours = {max(1, market.response_window_seconds // 3600)}"
    yield f"approval = {_flag(market.approval_required)}"
    yield f"distribution = {_text(market.distribution)}"
    for key, before in (("visible", "visible"), ("masked", "masked"), ("accepted", "hidden")):
        yield f"{key} = {_texts(rule.label for rule in market.visibility if rule.before == before)}"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(values: Iterable[str]) -> str:
    return f"[{', '.join(_text(value) for value in values)}]"


def _flag(value: bool) -> str:
    return "true" if value else "false"
