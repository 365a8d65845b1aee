"""One operation of the document: what a route and its spec say, in OpenAPI's words."""

import re
from typing import Any

from pydantic.alias_generators import to_camel

from leaddesk.contract.problems import ProblemType
from leaddesk.server.web.edge.access import Harmless
from leaddesk.server.web.edge.problems import STATUS
from leaddesk.server.web.edge.routes import Described
from leaddesk.server.web.edge.spec import IDEMPOTENCY_KEY, Other, Param, Spec
from leaddesk.server.web.openapi.examples import UUIDS, example_of
from leaddesk.server.web.openapi.schemas import names_ids, plain, reference

PATH_ID = re.compile(r"\{(\w+)\}")
JSON, EVENT_STREAM = "application/json", "text/event-stream"
SECURITY: list[dict[str, list[str]]] = [{"apiKey": []}, {"bearer": []}]
BUSINESS = "x-problem-types"
"""Names, in an operation, each ``type`` that a well-formed request may be refused with."""


def path_of(route: Described) -> str:
    """Write the path as the document names it: ids in camelCase."""
    return PATH_ID.sub(lambda name: "{" + to_camel(name[1]) + "}", route.path)


def operation(route: Described, spec: Spec, schemas: dict[str, Any]) -> dict[str, Any]:
    """Describe one operation."""
    told: dict[str, Any] = {
        "operationId": operation_id(route),
        "summary": plain(spec.summary),
        "tags": [tag_of(route)],
        "description": _who(route),
        "security": [] if route.rights is None else SECURITY,
        "parameters": [*_path_parameters(route), *(_parameter(p) for p in spec.params if p.place != "form")],
        "requestBody": _body(spec, schemas),
        "responses": _responses(route, spec, schemas),
        BUSINESS: sorted([*(kind.value for kind in _business(route, spec)), *_own_words(spec)]),
    }
    return {key: value for key, value in told.items() if value not in (None, []) or key == "security"}


def operation_id(route: Described) -> str:
    """Name an operation by method and path: ``post_leads_leadId_notes``."""
    return "_".join([route.method.lower(), *re.findall(r"\w+", path_of(route).replace("-", "_"))])


def tag_of(route: Described) -> str:
    """Group operations by the first word of their path."""
    return next(iter(re.findall(r"[\w-]+", route.path.replace(".well-known", "server"))), "server")


def problem_types(route: Described, spec: Spec) -> set[ProblemType]:
    """Gather all problems an operation may answer: the general ones by what it takes, and its own."""
    found = {ProblemType.INVALID_INPUT, *_business(route, spec)}
    if route.rights is not None:
        found |= {ProblemType.UNAUTHENTICATED, ProblemType.TOO_MANY_REQUESTS, ProblemType.NETWORK_REFUSED}
        found.add(ProblemType.STORAGE_UNAVAILABLE)
        if not isinstance(route.access, Harmless):
            found.add(ProblemType.ACCESS_LOG_UNAVAILABLE)
    if route.rights:
        found.add(ProblemType.FORBIDDEN)
    if spec.body is not None or _fields(spec):
        found.add(ProblemType.TOO_LARGE)
    if IDEMPOTENCY_KEY in spec.params:
        found.add(ProblemType.IDEMPOTENCY_KEY_MISSING)
    return found


def _business(route: Described, spec: Spec) -> set[ProblemType]:
    found = set(spec.problems) | ({ProblemType.STEP_UP_NEEDED} if route.is_sensitive else set())
    by_id = any(param.format == "uuid" and param.place == "query" for param in spec.params)
    if by_id or "{" in route.path or (spec.body is not None and names_ids(spec.body)):
        found.add(ProblemType.NOT_FOUND)
    if any(param.name == IDEMPOTENCY_KEY.name for param in spec.params):
        found |= {ProblemType.IDEMPOTENCY_KEY_REUSED, ProblemType.ERASED}
    return found


def _own_words(spec: Spec) -> list[str]:
    return [kind for other in spec.others for kind in other.kinds]


def _who(route: Described) -> str:
    if route.rights is None:
        return "Open: needs no credential."
    names = " or ".join(f"`{right.value}`" for right in sorted(route.rights))
    return f"Needs the right {names}." if names else "Needs any credential."


def _path_parameters(route: Described) -> list[dict[str, Any]]:
    return [
        {
            "name": to_camel(name),
            "in": "path",
            "required": True,
            "description": f"Id of the {name.removesuffix('_id').replace('_', ' ')}",
            "schema": {"type": "string", "format": "uuid"},
            "example": UUIDS,
        }
        for name in PATH_ID.findall(route.path)
    ]


def _parameter(param: Param) -> dict[str, Any]:
    schema = _text_schema(param)
    told: dict[str, Any] = {"name": param.name, "in": param.place, "description": plain(param.meaning)}
    if param.required:
        told["required"] = True
    if param.repeatable:
        schema = {"type": "array", "items": schema}
    told["schema"] = schema
    if param.example:
        told["example"] = [_typed(param)] if param.repeatable else _typed(param)
    return told


def _typed(param: Param) -> Any:
    if param.kind == "integer":
        return int(param.example)
    return param.example == "true" if param.kind == "boolean" else param.example


def _text_schema(param: Param) -> dict[str, Any]:
    schema = {
        "type": param.kind,
        "format": param.format,
        "pattern": param.pattern,
        "enum": list(param.choices) or None,
        "minimum": param.low,
        "maximum": param.high,
    }
    return {key: value for key, value in schema.items() if value is not None}


def _fields(spec: Spec) -> list[Param]:
    return [param for param in spec.params if param.place == "form"]


def _body(spec: Spec, schemas: dict[str, Any]) -> dict[str, Any] | None:
    if spec.body is not None:
        schema = reference(spec.body)
        content = {JSON: {"schema": schema, "example": example_of(schema, schemas)}}
        return {"required": not spec.body_optional, "content": content}
    fields = _fields(spec)
    if not fields:
        return None
    form = {
        "type": "object",
        "properties": {field.name: {**_text_schema(field), "description": field.meaning} for field in fields},
        "required": [field.name for field in fields if field.required],
        "additionalProperties": {"type": "string"},
    }
    return {"required": True, "content": {spec.body_media: {"schema": form}}}


def _responses(route: Described, spec: Spec, schemas: dict[str, Any]) -> dict[str, Any]:
    usual = Other(spec.status, "Done" if spec.answer is None else "The answer", spec.answer, spec.media)
    found = {str(spec.status): _response(usual, spec, schemas)}
    for other in spec.others:
        told = found.setdefault(str(other.status), {"description": other.meaning})
        told.setdefault("content", {}).update(_content(other, False, schemas))
    by_status: dict[str, list[str]] = {}
    for kind in sorted(problem_types(route, spec)):
        by_status.setdefault(str(STATUS[kind][0]), []).append(kind.value)
    for status, kinds in by_status.items():
        _add_problem(found, status, kinds)
    return dict(sorted(found.items()))


def _add_problem(found: dict[str, Any], status: str, kinds: list[str]) -> None:
    names = ", ".join(f"`{kind.rpartition(':')[2]}`" for kind in kinds)
    shared = {"$ref": f"#/components/responses/Problem{status}", "description": names}
    if status not in found:
        found[status] = shared
        return
    schema = {"$ref": f"#/components/schemas/Problem{status}"}
    found[status]["content"]["application/problem+json"] = {"schema": schema}


def _response(usual: Other, spec: Spec, schemas: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"description": usual.meaning}
    if spec.headers:
        told["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name, _ in spec.headers}
    content = _content(usual, spec.many, schemas)
    return {**told, "content": content} if content else told


def _content(other: Other, many: bool, schemas: dict[str, Any]) -> dict[str, Any]:
    if other.answer is None:
        return {} if other.media == JSON else {other.media: {"schema": _opaque(other.media)}}
    schema = reference(other.answer, many)
    return {other.media: {"schema": schema, "example": example_of(schema, schemas)}}


def _opaque(media: str) -> dict[str, Any]:
    """Say of content that is no model what can be said of it."""
    if media == EVENT_STREAM:
        names = ("id", "event", "data")
        return {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    return {"type": "object"} if media.endswith("+json") else {"type": "string"}
